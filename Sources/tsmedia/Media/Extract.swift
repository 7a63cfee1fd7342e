// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat
import Support
import SystemPackage

/// `tsmedia extract`.
struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring files of media into a folder.",
        discussion: """
            Reads discs, images, drives, WIMs and folders, whoever made them. The folder appears when all is in it. Files \
            that a manifest on the media lists are hashed on the way: when one is damaged, the command exits 65 and leaves \
            no folder.
            """,
        required: "the media, and --output or --list",
        examples: [
            #"tsmedia extract win11.iso --output win11"#,
            #"tsmedia extract win11.iso SMS/PKG/ABC00001 sources/boot.wim --output parts"#,
            #"tsmedia extract /dev/sdb --list"#,
        ])

    @Argument(help: "An .iso, .img or .wim, a drive, or a folder.", completion: .file())
    var media: String

    @Argument(
        help: ArgumentHelp(
            "Files to extract, and folders with all that is in them (default: everything).", valueName: "path"))
    var paths: [String] = []

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Folder to make.", valueName: "folder"), completion: .directory)
    var output: String?

    @Option(
        help: ArgumentHelp(
            "File to leave out, or folder with all that is in it (repeatable).", valueName: "path"))
    var skip: [String] = []

    @Flag(help: "Print what is there, with sizes and times; write nothing.")
    var list = false

    @Flag(help: "Replace a folder that holds nothing but what is extracted anew.")
    var force = false

    @Option(help: "Threads that copy (default: one per processor).")
    var jobs: Int?

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        try ForeignPath.refuseShares([media])
        try ForeignPath.refuse(output, "--output")
        if output?.isEmpty == true { throw ValidationError("--output names no folder") }
        if output == nil, !list { throw ValidationError("--output is missing; name a folder to make, or use --list") }
        if output != nil, list { throw ValidationError("--list writes nothing; leave --output out") }
    }

    func run() throws {
        var files = RunFiles(reading: [media])
        if let output { files.write(FilePath(output), kind: .folder) }
        let logger = try program.start("extract \(media)", files)
        let extractor = MediaExtractor(
            workerCount: try jobs.map(FieldValue.threadCount) ?? WorkerThreads.processorCount,
            interruption: Signals.interruption, progress: Console.shared)
        let choice = ExtractionChoice(paths: paths, skipped: skip)
        guard let output else { return try print(try extractor.list(FilePath(media), choice)) }
        try files.check()
        let extraction = try extractor.extract(
            FilePath(media), choice, to: FilePath(output), replacesExisting: force)
        logger.info(
            "extracted \(extraction.fileCount) files of \(media): \(extraction.findings.count) findings")
        try StandardOutput.afterWriting(extraction.findings.isEmpty ? "\(output) is written" : nil) {
            try report(extraction)
        }
        if let failure = extraction.failure { throw failure }
    }

    private func print(_ listing: MediaListing) throws {
        if program.json { return try StandardOutput.printJSON(listing) }
        try StandardOutput.print(listing.lines)
    }

    private func report(_ extraction: MediaExtraction) throws {
        if program.json { return try StandardOutput.printJSON(extraction) }
        for line in extraction.findingLines { try StandardOutput.print(line) }
        for warning in extraction.warnings { Console.shared.warning(DiagnosticText(warning)) }
        if extraction.findings.isEmpty { try StandardOutput.success(extraction.summary) }
    }
}
