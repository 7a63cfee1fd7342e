// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia site`.
struct SiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site",
        abstract: "Ask a site what it has, through its AdminService: names, IDs, versions, servers.",
        discussion: """
            Nothing is written to the site. What a user may see in the console is listed, nothing else.
            """,
        subcommands: [
            SiteShow.self, SiteTaskSequences.self, SiteBootImages.self, SiteOperatingSystemImages.self,
            SitePackages.self, SiteDriverPackages.self, SiteApplications.self, SiteDistributionPoints.self,
            SiteManagementPoints.self, SiteCertificates.self, SiteCatalogCommand.self,
        ])
}
