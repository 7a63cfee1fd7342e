// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site task-sequences`.
struct SiteTaskSequences: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "task-sequences", abstract: "Lists the task sequences of a site.",
        required: "--site",
        examples: [
            #"tsmedia site task-sequences --site https://cm01 --like "windows 11""#
        ])

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site task-sequences")
        try options.print(try options.asked.service().taskSequences(), none: "the site has no task sequence", program) {
            Report(taskSequences: $0)
        }
    }

    private struct Report: Encodable {
        let taskSequences: [SiteTaskSequence]
    }
}

extension SiteTaskSequence: SiteListing {
    static let header = ["ID", "VERSION", "CHANGED", "NAMES", "NAME"]
    static let numeric: Set = [1, 3]
    var cells: [String] {
        [
            id.description, version.map { String($0) } ?? "-", changedAt ?? "-",
            referenceCount.map { String($0) } ?? "-", name,
        ]
    }
    var names: [String] { [id.description, name] }
}
