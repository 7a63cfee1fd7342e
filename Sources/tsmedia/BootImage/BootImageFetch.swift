// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import OpenBootImage
import Support
import SystemPackage

/// `tsmedia bootimage fetch`.
struct BootImageFetch: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "fetch",
        abstract: "Collect the Debian packages of a boot image in a folder, for a place without a network.",
        discussion: """
            The packages come through apt from this system's own sources, and apt checks their signatures. The folder gets a \
            list with their hashes; bootimage build takes it with --packages.
            """,
        required: "--output",
        examples: [#"tsmedia bootimage fetch --output packages"#])

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder to make or to complete.", valueName: "folder"),
        completion: .directory)
    var output: String

    @OptionGroup var choice: PackageOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        try ForeignPath.refuse(output, "--output")
        if output.isEmpty { throw ValidationError("--output names no folder") }
        if program.json {
            throw ValidationError(
                "--json is for commands that report, and fetch lists the packages in tsmedia-packages.json; leave it out"
            )
        }
    }

    func run() throws {
        var files = RunFiles()
        files.use([FilePath(output)])
        let logger = try program.start("bootimage fetch \(output)", files)
        let phases = BuildPhases()
        defer { phases.finish() }
        let packages = try choice.fetch(phases, to: FilePath(output))
        phases.finish()
        logger.info("fetched \(packages.count) packages")
        try TextTable(
            header: ["PACKAGE", "VERSION", "ARCHITECTURE"],
            rows: packages.map { [$0.name, $0.version, $0.architecture] }
        ).print()
        try StandardOutput.success("\(output) holds \(packages.count) packages")
    }
}
