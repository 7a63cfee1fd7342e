// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia site`.
struct SiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site",
        abstract: "Ask a site what it has, through its AdminService: names, IDs, versions, servers.",
        discussion: """
            What a user may see in the console is listed, nothing else. Nothing is written to the site, but that register tells \
            it of certificates of media, and block and unblock do what they say.
            """,
        subcommands: [
            SiteShow.self, SiteTaskSequences.self, SiteBootImages.self, SiteOperatingSystemImages.self,
            SitePackages.self, SiteDriverPackages.self, SiteApplications.self, SiteDistributionPoints.self,
            SiteManagementPoints.self, SiteCertificates.self, SiteRegister.self, SiteBlock.self, SiteUnblock.self,
            SiteCatalogCommand.self, SitePoliciesCommand.self,
        ])
}
