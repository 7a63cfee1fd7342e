// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site
import TaskSequence

/// `tsmedia site operating-system-images`.
struct SiteOperatingSystemImages: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "operating-system-images", abstract: "Lists the operating system images and upgrade packages of a site.",
        required: "--site",
        examples: [
            #"tsmedia site operating-system-images --site https://cm01 --like 24H2"#
        ])

    static let none = "the site has no operating system image"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SitePackage] {
        try service.packages(.operatingSystemImage) + service.packages(.operatingSystemUpgradePackage)
    }
}

/// `tsmedia site packages`.
struct SitePackages: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "packages", abstract: "Lists the packages of a site.",
        required: "--site",
        examples: [
            #"tsmedia site packages --site https://cm01 --like tools"#
        ])

    static let none = "the site has no package"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SitePackage] { try service.packages(.package) }
}

/// `tsmedia site driver-packages`.
struct SiteDriverPackages: SiteListCommand {
    static let configuration = CommandConfiguration(
        name: "driver-packages", abstract: "Lists the driver packages of a site.",
        required: "--site",
        examples: [
            #"tsmedia site driver-packages --site https://cm01 --like latitude"#
        ])

    static let none = "the site has no driver package"

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func elements(_ service: AdminService) throws -> [SitePackage] { try service.packages(.driverPackage) }
}

extension SitePackage: SiteListing {
    static let key = "packages"
    static let header = ["ID", "VERSION", "SIZE", "TYPE", "CALLED", "NAME"]
    static let numeric: Set = [1, 2]
    var cells: [String] {
        [id.description, String(version), size.map(Amounts.bytes) ?? "-", type, displayVersion ?? "-", name]
    }
    var names: [String] { [id.description, name] }
}
