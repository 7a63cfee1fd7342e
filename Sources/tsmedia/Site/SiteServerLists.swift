// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site distribution-points`.
struct SiteDistributionPoints: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "distribution-points", abstract: "Lists the distribution points of a site.",
        required: "--site",
        examples: [
            #"tsmedia site distribution-points --site https://cm01"#
        ])

    static let none = "the site has no distribution point"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SiteDistributionPoint] { try service.distributionPoints() }
}

/// `tsmedia site management-points`.
struct SiteManagementPoints: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "management-points", abstract: "Lists the management points of a site.",
        required: "--site",
        examples: [
            #"tsmedia site management-points --site https://cm01"#
        ])

    static let none = "the site has no management point"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SiteManagementPoint] { try service.managementPoints() }
}

extension SiteDistributionPoint: SiteListing {
    static let key = "distributionPoints"
    static let header = ["SITE", "SCHEME", "PULLS", "SERVER"]
    var cells: [String] { [siteCode, scheme ?? "-", isPull ? "yes" : "no", serverName] }
    var names: [String] { [serverName] }
}

extension SiteManagementPoint: SiteListing {
    static let key = "managementPoints"
    static let header = ["SITE", "SERVER"]
    var cells: [String] { [siteCode ?? "-", serverName] }
    var names: [String] { [serverName] }
}
