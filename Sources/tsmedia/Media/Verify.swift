// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import MediaFormat
import Support
import SystemPackage

/// `tsmedia verify`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare every file of media with the manifest on it.",
        discussion: """
            Of several volumes it also proves that together they are one whole set. Exits 65 when a file is missing, \
            damaged, unreadable or foreign, or when a volume is missing or of another set. With --against it tells \
            instead which contents a client would find current, without reading them, and exits 65 when one is not.
            """)

    @Argument(help: "An .iso, .img or .wim, a drive, or a folder; for a set, all its volumes.", completion: .file())
    var media: [String]

    @Option(
        name: .customLong("against"),
        help: ArgumentHelp(
            "Content library to compare contents with: the path of an SCCMContentLib folder (repeatable; asked in order).",
            valueName: "location"))
    var distributionPoints: [String] = []

    @Option(
        help: "With --against: a task sequence, to tell also what it needs and the media lacks.", completion: .file())
    var taskSequence: String?

    @Option(help: "Threads that hash (default: one per processor).")
    var jobs: Int?

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        if taskSequence != nil, distributionPoints.isEmpty {
            throw ValidationError("--task-sequence needs --against")
        }
    }

    func run() throws {
        let names = media.joined(separator: ", ")
        let logger = try program.start("verify \(names)", RunFiles(reading: media))
        guard distributionPoints.isEmpty else { return try compare() }
        let verifier = MediaVerifier(
            workerCount: try jobs.map(FieldValue.threadCount) ?? WorkerThreads.processorCount,
            interruption: Signals.interruption,
            progress: Console.shared)
        let result = try verifier.verify(media.map { FilePath($0) })
        for volume in result.volumes {
            logger.info("verified \(volume.media): \(volume.findings.count) findings in \(volume.fileCount) files")
        }
        if media.count == 1, let volume = result.volumes.first {
            if program.json { try StandardOutput.printJSON(volume) } else { try report(volume) }
            if volume.volumeCount > 1 {
                Console.shared.note(
                    "volume \(volume.volume) of \(volume.volumeCount): name all volumes to verify the set")
            }
            try requireIntact(volume)
        } else {
            if program.json { try StandardOutput.printJSON(result) } else { try report(result) }
            for volume in result.volumes { try requireIntact(volume) }
            try requireComplete(result.membership)
        }
    }

    // MARK: Against distribution points

    private func compare() throws {
        let points = try DistributionPoints.ofProgram().open(
            locations: distributionPoints, store: ContentStore(folder: ContentStore.defaultFolder))
        let comparison = try ContentComparer(points, interruption: Signals.interruption, progress: Console.shared)
            .compare(media.map { FilePath($0) }, taskSequence: taskSequence.map { FilePath($0) })
        if program.json {
            try StandardOutput.printJSON(comparison)
        } else {
            let rows = comparison.contents.map { entry in
                [entry.status.rawValue, entry.id, entry.version.map { String($0) } ?? "", entry.reason ?? ""]
            }
            try TextTable(header: ["status", "content", "version", ""], numeric: [2], rows: rows).print()
        }
        let others = comparison.contents.filter { $0.status != .current }
        guard let first = others.first else { return }
        throw MediaFormatError(
            .verificationFailed, DiagnosticText(media.joined(separator: ", ")),
            "differs from the distribution points in \(others.count) of \(comparison.contents.count) contents, the first"
                + " of which is \(first.id) (\(first.status.rawValue))",
            nextStep: "build it again, or let clients download what differs")
    }

    // MARK: Reports

    private func report(_ volume: MediaVerification) throws {
        for finding in volume.findings {
            let reason = finding.reason.map { ": \($0)" } ?? ""
            try StandardOutput.print("\(finding.problem.rawValue)  \(finding.path)\(reason)")
        }
        guard volume.isIntact else { return }
        let number = volume.volumeCount > 1 ? " (volume \(volume.volume) of \(volume.volumeCount))" : ""
        let size = Amounts.bytes(volume.size)
        try StandardOutput.print("\(volume.media)\(number): intact, \(volume.fileCount) files, \(size)")
    }

    private func report(_ set: MediaSetVerification) throws {
        for volume in set.volumes {
            if !volume.isIntact { try StandardOutput.print("\(volume.media): not intact") }
            try report(volume)
        }
        // A volume that is not intact may look like one of another set: what is wrong with it was told.
        guard set.isComplete || !set.membership.isComplete else { return }
        for line in SetReport(set.membership).lines { try StandardOutput.print(line) }
    }

    // MARK: Verdicts

    private func requireIntact(_ volume: MediaVerification) throws {
        guard volume.isIntact else {
            throw MediaFormatError(
                .verificationFailed, DiagnosticText(volume.media),
                "differs from its manifest in \(Amounts.files(volume.findings.count))",
                nextStep: "build or copy it again")
        }
    }

    private func requireComplete(_ set: MediaSetMembership) throws {
        if let foreign = set.foreign.first {
            throw MediaFormatError(
                .verificationFailed, DiagnosticText(foreign.media), "\(foreign.reason), so it is not of this set",
                nextStep: "take it away, or replace it by the right volume")
        }
        if !set.missing.isEmpty {
            let numbers = set.missing.map(String.init).joined(separator: ", ")
            throw MediaFormatError(
                .verificationFailed, "the set of \(set.volumeCount) volumes",
                "lacks volume\(set.missing.count == 1 ? "" : "s") \(numbers)", nextStep: "find or build what is missing"
            )
        }
        if let content = set.incomplete.first {
            throw MediaFormatError(
                .verificationFailed, "content \(content)", "is not whole on these volumes",
                nextStep: "build the set again")
        }
    }
}
