// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site show`.
struct SiteShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "show", abstract: "Says which site answers, and which others it knows.",
        required: "--site",
        examples: [
            #"tsmedia site show --site https://cm01"#
        ])

    @OptionGroup var asked: AskedSite
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site show")
        let service = try asked.service()
        let own = try service.identity()
        let report = Report(
            siteCode: own.siteCode, serverName: own.serverName, version: own.version, sites: try service.sites())
        guard !program.json else { return try StandardOutput.printJSON(report) }
        try StandardOutput.print(
            "site \(report.siteCode) on \(report.serverName), version \(report.version ?? "unknown")")
        let others = report.sites.filter { $0.siteCode != report.siteCode }
        guard !others.isEmpty else { return }
        try TextTable(
            header: ["SITE", "VERSION", "SERVER"], rows: others.map { [$0.siteCode, $0.version ?? "-", $0.serverName] }
        ).print()
    }

    private struct Report: Encodable {
        let siteCode: String
        let serverName: String
        let version: String?
        let sites: [SiteIdentity]
    }
}
