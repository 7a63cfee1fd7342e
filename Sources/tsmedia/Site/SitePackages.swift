// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site
import TaskSequence

/// `tsmedia site operating-system-images`.
struct SiteOperatingSystemImages: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "operating-system-images", abstract: "Lists the operating system images and upgrade packages of a site.",
        required: "--site",
        examples: [
            #"tsmedia site operating-system-images --site https://cm01 --like 24H2"#
        ])

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site operating-system-images")
        let service = try options.asked.service()
        try options.print(
            try service.packages(.operatingSystemImage) + service.packages(.operatingSystemUpgradePackage),
            none: "the site has no operating system image", program
        ) { Report(packages: $0) }
    }

    private struct Report: Encodable {
        let packages: [SitePackage]
    }
}

/// `tsmedia site packages`.
struct SitePackages: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "packages", abstract: "Lists the packages of a site.",
        required: "--site",
        examples: [
            #"tsmedia site packages --site https://cm01 --like tools"#
        ])

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site packages")
        try options.print(try options.asked.service().packages(.package), none: "the site has no package", program) {
            Report(packages: $0)
        }
    }

    private struct Report: Encodable {
        let packages: [SitePackage]
    }
}

/// `tsmedia site driver-packages`.
struct SiteDriverPackages: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "driver-packages", abstract: "Lists the driver packages of a site.",
        required: "--site",
        examples: [
            #"tsmedia site driver-packages --site https://cm01 --like latitude"#
        ])

    @OptionGroup var options: SiteListOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("site driver-packages")
        try options.print(
            try options.asked.service().packages(.driverPackage), none: "the site has no driver package", program
        ) { Report(packages: $0) }
    }

    private struct Report: Encodable {
        let packages: [SitePackage]
    }
}

extension SitePackage: SiteListing {
    static let header = ["ID", "VERSION", "SIZE", "TYPE", "CALLED", "NAME"]
    static let numeric: Set = [1, 2]
    var cells: [String] {
        [id.description, String(version), size.map(Amounts.bytes) ?? "-", type, displayVersion ?? "-", name]
    }
    var names: [String] { [id.description, name] }
}
