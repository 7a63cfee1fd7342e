// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia verify`.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare every file of media with the manifest on it.",
        discussion: "Exits 65 when a file is missing, damaged, unreadable or foreign.")

    @Argument(help: "An .iso image, or a folder.", completion: .file())
    var media: String

    @Option(help: "Threads that hash (default: one per processor).")
    var jobs: Int?

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 256") }
    }

    func run() throws {
        let logger = try program.start("verify \(media)")
        let verifier = MediaVerifier(
            workerCount: jobs ?? WorkerThreads.processorCount, interruption: Signals.interruption,
            progress: Console.shared)
        let result = try verifier.verify(FilePath(media))
        logger.info("verified \(media): \(result.findings.count) findings in \(result.fileCount) files")
        if program.json {
            try StandardOutput.printJSON(result)
        } else {
            for finding in result.findings { try StandardOutput.print("\(finding.problem.rawValue)  \(finding.path)") }
            if result.isIntact {
                let size = Amounts.bytes(result.byteCount)
                try StandardOutput.print("\(media): intact, \(result.fileCount) files, \(size)")
            }
        }
        guard result.isIntact else {
            throw MediaBuilderError(
                .verificationFailed, media, "differs from its manifest in \(Amounts.files(result.findings.count))",
                nextStep: "build or copy it again")
        }
    }
}
