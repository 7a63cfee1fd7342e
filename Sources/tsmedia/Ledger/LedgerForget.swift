// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder

/// `tsmedia ledger forget`.
struct LedgerForget: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "forget", abstract: "Takes media out of the ledger; the media stays as it is.",
        required: "<media-guid>",
        examples: [
            #"tsmedia ledger forget {4F1C2D3E-0000-8000-8000-000000000001}"#
        ])

    @Argument(help: ArgumentHelp("The media GUID, as inspect and ledger list show it.", valueName: "media-guid"))
    var guid: String

    @OptionGroup var options: LedgerOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("ledger forget")
        let count = try options.ledger.forget(guid)
        guard count > 0 else { throw NoLedgerEntry(guid: guid, ledger: options.ledger.path) }
        let report = Report(mediaGuid: guid, forgottenCount: count)
        guard !program.json else { return try StandardOutput.printJSON(report) }
        try StandardOutput.success("forgot media \(guid): \(count == 1 ? "1 entry" : "\(count) entries")")
    }

    private struct Report: Encodable {
        let mediaGuid: String
        let forgottenCount: Int
    }
}
