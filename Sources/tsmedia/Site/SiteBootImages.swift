// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// `tsmedia site boot-images`.
struct SiteBootImages: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "boot-images", abstract: "Lists the boot images of a site.",
        required: "--site",
        examples: [
            #"tsmedia site boot-images --site https://cm01 --json"#
        ])

    static let none = "the site has no boot image"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SiteBootImage] { try service.bootImages() }
}

extension SiteBootImage: SiteListing {
    static let key = "bootImages"
    static let header = ["ID", "VERSION", "ARCHITECTURE", "WINDOWS", "SIZE", "NAME"]
    static let numeric: Set = [1, 4]
    var cells: [String] {
        [
            id.description, String(version), architecture ?? "-", windowsVersion ?? "-",
            size.map(Amounts.bytes) ?? "-", name,
        ]
    }
    var names: [String] { [id.description, name] }
}
