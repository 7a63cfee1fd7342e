// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site applications`.
struct SiteApplications: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "applications", abstract: "Lists the applications of a site in their latest revisions.",
        required: "--site",
        examples: [
            #"tsmedia site applications --site https://cm01 --like reader"#
        ])

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site applications")
        try options.print(try options.asked.service().applications(), none: "the site has no application", program) {
            Report(applications: $0)
        }
    }

    private struct Report: Encodable {
        let applications: [SiteApplication]
    }
}

extension SiteApplication: SiteListing {
    static let header = ["REVISION", "CONTENT", "STATE", "MODEL NAME", "NAME"]
    static let numeric: Set = [0]
    var cells: [String] {
        [
            revision.map { String($0) } ?? "-", hasContent ? "yes" : "no",
            isExpired ? "retired" : isSuperseded ? "superseded" : "-", id, name,
        ]
    }
    var names: [String] { [id, name] }
}
