// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints

/// `tsmedia store prune`.
struct StorePrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "prune", abstract: "Forgets verified files that are gone or have changed.",
        examples: [
            #"tsmedia store prune"#
        ])

    @OptionGroup var options: StoreOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("store prune")
        let store = options.open()
        let forgotten = store.index.prune()
        try store.save()
        let report = Report(forgottenFileCount: forgotten, verifiedFileCount: store.index.files.count)
        guard !program.json else { return try StandardOutput.printJSON(report) }
        try StandardOutput.success(

            "forgot \(Amounts.files(report.forgottenFileCount)), \(report.verifiedFileCount) remain")
    }

    private struct Report: Encodable {
        let forgottenFileCount: Int
        let verifiedFileCount: Int
    }
}
