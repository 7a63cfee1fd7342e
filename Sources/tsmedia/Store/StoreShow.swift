// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Support

/// `tsmedia store show`.
struct StoreShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "show", abstract: "Shows where the store is, what it keeps, and how much it remembers.",
        examples: [
            #"tsmedia store show"#
        ])

    @OptionGroup var options: StoreOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("store show")
        let store = try options.open()
        let files = store.index.files
        let stock = try store.stock(Signals.interruption)
        let report = Report(
            folder: store.folder.string, verifiedFileCount: files.count,
            verifiedSize: ByteTotal.clampedSum(files.lazy.map { max(0, $0.identity.byteCount) }),
            keptFileCount: stock.keptFileCount, keptSize: stock.keptByteCount,
            partialFileCount: stock.partialFileCount, partialSize: stock.partialByteCount)
        guard !program.json else { return try StandardOutput.printJSON(report) }
        try StandardOutput.print("store           \(report.folder)")
        try StandardOutput.print(
            "verified files  \(report.verifiedFileCount), \(Amounts.bytes(report.verifiedSize))")
        try StandardOutput.print("kept files      \(report.keptFileCount), \(Amounts.bytes(report.keptSize))")
        if report.partialFileCount > 0 {
            try StandardOutput.print(
                "begun files     \(report.partialFileCount), \(Amounts.bytes(report.partialSize))")
        }
    }

    private struct Report: Encodable {
        let folder: String
        let verifiedFileCount: Int
        let verifiedSize: Int64
        let keptFileCount: Int
        let keptSize: Int64
        let partialFileCount: Int
        let partialSize: Int64
    }
}
