// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import Support

/// `tsmedia store prune`.
struct StorePrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "prune",
        abstract: "Removes what the store keeps in vain, and forgets files that are gone or have changed.",
        discussion: """
            Without --max-size and --unused-for nothing is removed that is kept. What another tsmedia uses at the time \
            stays, whatever is asked for.
            """,
        examples: [
            #"tsmedia store prune"#,
            #"tsmedia store prune --max-size 200GB --unused-for 90"#,
        ])

    @Option(
        help: ArgumentHelp(
            "Remove what was not used for the longest time until no more than this is kept: 200GB, 50GiB.",
            valueName: "size"))
    var maxSize: String?

    @Option(help: ArgumentHelp("Remove what was not used for so many days.", valueName: "days"))
    var unusedFor: Int?

    @OptionGroup var options: StoreOptions
    @OptionGroup var program: ProgramOptions

    func validate() throws {
        if let unusedFor, unusedFor < 0 { throw ValidationError("--unused-for is \(unusedFor); give 0 or more days") }
    }

    func run() throws {
        _ = try program.start("store prune")
        var limits = ContentStore.Limits()
        limits.unusedDayCount = unusedFor
        if let maxSize {
            do {
                limits.byteCount = try ByteCountText.parse(maxSize)
            } catch {
                throw ValidationError("--max-size '\(maxSize)' \(error.problem)")
            }
        }
        let store = try options.open()
        let pruning = try store.prune(limits, interruption: Signals.interruption)
        let forgotten = store.index.prune()
        try store.save()
        let stock = try store.stock(Signals.interruption)
        let report = Report(
            forgottenFileCount: forgotten, verifiedFileCount: store.index.files.count,
            removedFileCount: pruning.removedFileCount, removedSize: pruning.removedByteCount,
            inUseFileCount: pruning.inUseFileCount, keptFileCount: stock.keptFileCount, keptSize: stock.keptByteCount)
        guard !program.json else { return try StandardOutput.printJSON(report) }
        if maxSize != nil || unusedFor != nil {
            let used = report.inUseFileCount > 0 ? ", \(report.inUseFileCount) more are in use" : ""
            try StandardOutput.success(
                "removed \(Amounts.files(report.removedFileCount)), \(Amounts.bytes(report.removedSize))\(used)")
        }
        try StandardOutput.success(
            "forgot \(Amounts.files(report.forgottenFileCount)), \(report.verifiedFileCount) remain")
    }

    private struct Report: Encodable {
        let forgottenFileCount: Int
        let verifiedFileCount: Int
        let removedFileCount: Int
        let removedSize: Int64
        let inUseFileCount: Int
        let keptFileCount: Int
        let keptSize: Int64
    }
}
