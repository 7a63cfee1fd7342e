// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import SequenceTools
import Support
import SystemPackage

/// `tsmedia bootimage show`.
struct BootImageShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "show",
        abstract: "Tell what a boot image holds, and which devices of a computer its drivers serve.",
        required: "a WIM, or a package ID with --distribution-point",
        examples: [
            #"tsmedia bootimage show boot.wim"#,
            #"tsmedia bootimage show ABC00005 --distribution-point /srv/SCCMContentLib \"#,
            #"    --for-hardware laptop.txt"#,
        ])

    @Argument(
        help: ArgumentHelp("A WIM file, or the package ID of a boot image.", valueName: "file.wim|id"),
        completion: .file(extensions: ["wim"]))
    var bootImage: String

    @Option(
        help: ArgumentHelp("The number of the image in the WIM (default: the one that is started).", valueName: "n"))
    var imageIndex: Int?

    @Option(
        name: [.customLong("distribution-point"), .customLong("library")],
        help: ArgumentHelp(
            "Distribution point that has the packages: the path of an SCCMContentLib folder, http://host or https://host"
                + " (repeatable).", valueName: "location"),
        completion: .directory)
    var distributionPoints: [String] = []

    @OptionGroup(title: "Drivers") var hardware: HardwareOptions

    @Option(
        name: .customLong("driver-package"),
        help: "Driver package whose drivers count for --for-hardware too (repeatable).")
    var driverPackages: [String] = []

    @Flag(help: "List every driver with its hardware IDs.")
    var listDrivers = false

    @Flag(help: "Show what looks like a password in the commands that run at the start.")
    var showSecrets = false

    @OptionGroup(title: "Servers") var servers: ServerOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        let reference = try reference()
        var files = RunFiles(reading: (hardware.sources + servers.files).map(\.string))
        if case .file(let path) = reference { files.read([path]) }
        let transports = try DistributionPoints.ofProgram(servers)
        files.read(transports.localPaths(of: distributionPoints))
        let logger = try program.start("bootimage show \(bootImage)", files)
        var question = BootImageQuestion(reference)
        question.imageIndex = imageIndex
        question.hardware = try hardware.list()
        question.driverPackages = try driverPackages.map { try FieldValue.packageID($0, .driverPackage) }
        if question.hardware == nil, !driverPackages.isEmpty {
            throw ValidationError(
                "--driver-package needs --for-hardware; add it, or leave both out")
        }
        var settings = BuildSettings(transports)
        settings.distributionPoints = distributionPoints
        let examination = try question.answer(settings, observer: ConsoleObserver(), logger: logger)
        logger.info("looked into boot image \(bootImage)")
        let report = BootImageReport(examination, secrecy: showSecrets ? .shown : .redacted)
        guard !program.json else { return try StandardOutput.printJSON(report.frame) }
        var output = LongOutput()
        for line in report.lines { try output.print(line) }
        if listDrivers {
            for driver in report.inspection.drivers.drivers {
                for line in report.lines(of: driver) { try output.print(line) }
            }
        }
        try output.finish()
    }

    /// A package by its ID, and a file by anything else that a file can be called.
    private func reference() throws -> BootImageReference {
        if let reference = BootImageReference(bootImage) { return reference }
        let path = FilePath(bootImage)
        guard (try? Stat(path)) != nil else {
            throw ValidationError("'\(bootImage)' is neither a package ID nor a file; check the path")
        }
        return .file(path)
    }
}
