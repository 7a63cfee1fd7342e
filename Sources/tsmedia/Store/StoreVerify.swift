// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import Support

/// `tsmedia store verify`.
struct StoreVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "verify", abstract: "Hashes every file that the store keeps again.",
        discussion: """
            A file that is damaged is removed, so that it is fetched again when it is needed; the command then ends with 65, \
            and with 74 when a file cannot be read.
            """,
        examples: [
            #"tsmedia store verify"#
        ])

    @OptionGroup var options: StoreOptions

    @Option(help: "Threads that hash (default: one per processor).")
    var jobs: Int?

    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("store verify")
        let store = try options.open()
        let verification = try store.verify(
            threadCount: try jobs.map(FieldValue.threadCount) ?? WorkerThreads.processorCount,
            interruption: Signals.interruption, progress: Console.shared)
        // Only speed is lost.
        try? store.save()
        if program.json {
            try StandardOutput.printJSON(Report(verification))
        } else {
            for digest in verification.damaged { try StandardOutput.print("damaged  \(digest)") }
            for text in verification.unreadable { try StandardOutput.print("unreadable  \(text)") }
            if verification.damaged.isEmpty, verification.unreadable.isEmpty {
                try StandardOutput.success(
                    "verified \(Amounts.files(verification.fileCount)), \(Amounts.bytes(verification.byteCount))")
            }
        }
        guard verification.damaged.isEmpty, verification.unreadable.isEmpty else {
            throw UnsoundStore(store: store.folder.string, verification: verification)
        }
    }

    private struct Report: Encodable {
        let fileCount: Int
        let size: Int64
        let damaged: [String]
        let unreadable: [String]

        init(_ verification: ContentStore.Verification) {
            (fileCount, size) = (verification.fileCount, verification.byteCount)
            damaged = verification.damaged.map(\.description)
            unreadable = verification.unreadable
        }
    }

    private struct UnsoundStore: DiagnosticError {
        let store: String
        let verification: ContentStore.Verification

        var failureClass: FailureClass { verification.damaged.isEmpty ? .io : .malformed }
        var object: DiagnosticText { "store \(store)" }
        var problem: DiagnosticText {
            verification.damaged.isEmpty
                ? "has \(verification.unreadable.count) files that cannot be read"
                : "had \(verification.damaged.count) damaged files, which were removed"
        }
        var nextStep: DiagnosticText? {
            verification.damaged.isEmpty
                ? "remove them, or look after the disk" : "nothing; they are fetched again when they are needed"
        }
    }
}
