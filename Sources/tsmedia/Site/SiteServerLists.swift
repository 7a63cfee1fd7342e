// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site distribution-points`.
struct SiteDistributionPoints: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "distribution-points", abstract: "Lists the distribution points of a site.",
        required: "--site",
        examples: [
            #"tsmedia site distribution-points --site https://cm01"#
        ])

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site distribution-points")
        try options.print(
            try options.asked.service().distributionPoints(), none: "the site has no distribution point", program
        ) { Report(distributionPoints: $0) }
    }

    private struct Report: Encodable {
        let distributionPoints: [SiteDistributionPoint]
    }
}

/// `tsmedia site management-points`.
struct SiteManagementPoints: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "management-points", abstract: "Lists the management points of a site.",
        required: "--site",
        examples: [
            #"tsmedia site management-points --site https://cm01"#
        ])

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site management-points")
        try options.print(
            try options.asked.service().managementPoints(), none: "the site has no management point", program
        ) { Report(managementPoints: $0) }
    }

    private struct Report: Encodable {
        let managementPoints: [SiteManagementPoint]
    }
}

extension SiteDistributionPoint: SiteListing {
    static let header = ["SITE", "SCHEME", "PULLS", "SERVER"]
    var cells: [String] { [siteCode, scheme ?? "-", isPull ? "yes" : "no", serverName] }
    var names: [String] { [serverName] }
}

extension SiteManagementPoint: SiteListing {
    static let header = ["SITE", "SERVER"]
    var cells: [String] { [siteCode ?? "-", serverName] }
    var names: [String] { [serverName] }
}
