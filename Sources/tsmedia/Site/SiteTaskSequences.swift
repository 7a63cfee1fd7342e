// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site task-sequences`.
struct SiteTaskSequences: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "task-sequences", abstract: "Lists the task sequences of a site.",
        required: "--site",
        examples: [
            #"tsmedia site task-sequences --site https://cm01 --like "windows 11""#
        ])

    static let none = "the site has no task sequence"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SiteTaskSequence] { try service.taskSequences() }
}

extension SiteTaskSequence: SiteListing {
    static let key = "taskSequences"
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
