// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site applications`.
struct SiteApplications: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "applications", abstract: "Lists the applications of a site in their latest revisions.",
        required: "--site",
        examples: [
            #"tsmedia site applications --site https://cm01 --like reader"#
        ])

    static let none = "the site has no application"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SiteApplication] { try service.applications() }
}

extension SiteApplication: SiteListing {
    static let key = "applications"
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
