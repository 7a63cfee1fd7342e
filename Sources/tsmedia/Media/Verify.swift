// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia verify`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare every file of media with the manifest on it.",
        discussion: """
            Of several volumes it also proves that together they are one whole set. Exits 65 when a file is missing, \
            damaged, unreadable or foreign, or when a volume is missing or of another set.
            """)

    @Argument(help: "An .iso image, a .wim, or a folder; for a set, all its volumes.", completion: .file())
    var media: [String]

    @Option(help: "Threads that hash (default: one per processor).")
    var jobs: Int?

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 256") }
    }

    func run() throws {
        let names = media.joined(separator: ", ")
        let logger = try program.start("verify \(names)")
        let verifier = MediaVerifier(
            workerCount: jobs ?? WorkerThreads.processorCount, interruption: Signals.interruption,
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

    // MARK: Reports

    private func report(_ volume: MediaVerification) throws {
        for finding in volume.findings { try StandardOutput.print("\(finding.problem.rawValue)  \(finding.path)") }
        guard volume.isIntact else { return }
        let number = volume.volumeCount > 1 ? " (volume \(volume.volume) of \(volume.volumeCount))" : ""
        let size = Amounts.bytes(volume.byteCount)
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
            throw MediaBuilderError(
                .verificationFailed, volume.media,
                "differs from its manifest in \(Amounts.files(volume.findings.count))",
                nextStep: "build or copy it again")
        }
    }

    private func requireComplete(_ set: MediaSetMembership) throws {
        if let foreign = set.foreign.first {
            throw MediaBuilderError(
                .verificationFailed, foreign.media, "\(foreign.reason), so it is not of this set",
                nextStep: "take it away, or replace it by the right volume")
        }
        if !set.missing.isEmpty {
            let numbers = set.missing.map(String.init).joined(separator: ", ")
            throw MediaBuilderError(
                .verificationFailed, "the set of \(set.volumeCount) volumes",
                "lacks volume\(set.missing.count == 1 ? "" : "s") \(numbers)", nextStep: "find or build what is missing"
            )
        }
        if let content = set.incomplete.first {
            throw MediaBuilderError(
                .verificationFailed, "content \(content)", "is not whole on these volumes",
                nextStep: "build the set again")
        }
    }
}
