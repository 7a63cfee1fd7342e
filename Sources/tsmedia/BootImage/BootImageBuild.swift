// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BootMedia
import DistributionPoints
import MediaBuilder
import OpenBootImage
import Support
import SystemPackage

/// `tsmedia bootimage build`.
struct BootImageBuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "build",
        abstract: "Make a boot image of Debian's packages that runs task sequences without Windows PE.",
        discussion: """
            The packages are fetched through apt, which checks their signatures, unless --packages names a folder of them. \
            Nothing is installed. The same packages give the same boot image, byte for byte.
            """,
        required: "--output",
        examples: [
            #"tsmedia bootimage build --output open-boot.wim"#,
            #"tsmedia bootimage build --output boot.wim --packages packages --keyboard de"#,
        ])

    @Option(name: .shortAndLong, help: ArgumentHelp("The WIM to write.", valueName: "file.wim"), completion: .file())
    var output: String

    @OptionGroup var choice: PackageOptions

    @Option(help: "Which drivers it gets.")
    var hardware: HardwareSupport = .all

    @Option(
        help: ArgumentHelp("Folder of packages that bootimage fetch made; no server is asked.", valueName: "folder"),
        completion: .directory)
    var packages: String?

    @Option(
        name: .customLong("include"),
        help: ArgumentHelp(
            "File for the environment, which is in /include there, or where path says (repeatable).",
            valueName: "file[=path]"),
        completion: .file())
    var inclusions: [String] = []

    @Option(
        help: ArgumentHelp(
            "Layout of the keyboard, as the console of Linux knows it: de, fr-latin9.", valueName: "layout"))
    var keyboard: String?

    @Option(
        help: ArgumentHelp("The program that runs task sequences (default: that of tsmedia).", valueName: "file"),
        completion: .file())
    var engine: String?

    @Flag(help: "Replace an existing file, once the new one is whole.")
    var force = false

    @Flag(help: "Say what it would be made of, and write nothing but packages to the cache.")
    var dryRun = false

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        for (value, option) in [
            (output, "--output"), (packages, "--packages"), (engine, "--engine"),
        ] { try ForeignPath.refuse(value, option) }
        if output.isEmpty { throw ValidationError("--output names no file") }
    }

    func run() throws {
        let target = FilePath(output)
        let enginePath = engine.map { FilePath($0) } ?? EngineProgram.place
        let inclusions = try inclusions.map(Self.inclusion)
        var files = RunFiles(
            reading: [enginePath.string] + inclusions.map(\.source.string) + [packages].compactMap { $0 })
        files.write(target)
        let logger = try program.start("bootimage build \(output)", files)
        try files.check()
        _ = try PendingOutput.check(target, kind: .file, replacesExisting: force)
        let phases = BuildPhases()
        defer { phases.finish() }
        let folder = try packages.map { FilePath($0) } ?? choice.fetch(phases)
        var request = OpenBootImageRequest(packages: folder, engine: enginePath)
        request.architecture = choice.architecture
        request.kernel = choice.kernel
        request.hardware = hardware
        request.inclusions = inclusions
        request.includesFirmware = choice.firmwarePackages
        request.keyboard = keyboard
        let plan = try OpenBootImagePlan(request, interruption: Signals.interruption, progress: phases.begin)
        if !dryRun {
            let image = try plan.image(interruption: Signals.interruption, progress: phases.begin)
            phases.finish()
            try image.write(
                to: target, replacesExisting: force, interruption: Signals.interruption, observer: Console.shared)
        }
        phases.finish()
        let size = dryRun ? nil : try FileIdentity(of: target).byteCount
        logger.info("boot image of kernel \(plan.facts.kernel) with \(plan.facts.moduleCount) drivers")
        let report = OpenBootImageReport(output: dryRun ? nil : output, size: size, openBootImage: plan.facts)
        guard !program.json else { return try StandardOutput.printJSON(report) }
        try StandardOutput.print(OpenBootImageReport.lines(of: plan.facts))
        if let size { try StandardOutput.success("wrote \(output): \(Amounts.bytes(size))") }
    }

    /// FILE or FILE=PATH.
    private static func inclusion(_ text: String) throws -> OpenBootImageRequest.Inclusion {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let source = parts.first, !source.isEmpty else {
            throw ValidationError("--include '\(text)' names no file; give a file, or file=path")
        }
        return try OpenBootImageRequest.Inclusion(
            source: FilePath(source), target: parts.count > 1 ? parts[1] : nil)
    }
}

extension HardwareSupport: ExpressibleByArgument {}
