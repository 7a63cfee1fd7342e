// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support

/// `tsmedia ledger show`.
struct LedgerShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "show", abstract: "Shows what the ledger knows of media.",
        required: "<media-guid>",
        examples: [
            #"tsmedia ledger show {4F1C2D3E-0000-8000-8000-000000000001}"#
        ])

    @Argument(help: ArgumentHelp("The media GUID, as inspect and ledger list show it.", valueName: "media-guid"))
    var guid: String

    @OptionGroup var options: LedgerOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("ledger show")
        let entries = try options.contents().filter { $0.isMedia(guid) }
        guard !entries.isEmpty else { throw NoLedgerEntry(guid: guid, ledger: options.ledger.path) }
        guard !program.json else { return try StandardOutput.printJSON(Report(entries: entries)) }
        try StandardOutput.print(Array(entries.map(\.lines).joined(separator: [""])))
    }

    private struct Report: Encodable {
        let entries: [LedgerEntry]
    }
}

extension LedgerEntry {
    /// What is known, a line each.
    fileprivate var lines: [String] {
        let facts: [(String, String?)] = [
            ("media", mediaGuid), ("kind", kind), ("made", madeAt), ("label", label), ("where", place),
            ("task sequence", taskSequence.map { "\($0.name) (\($0.id.isEmpty ? "no ID" : $0.id))" }),
            ("boot image", bootImage.map { "\($0.id) version \($0.version)" }), ("site", siteCode),
            ("certificate", certificateThumbprint), ("expires", expiresAt),
        ]
        let width = facts.map(\.0.count).max() ?? 0
        return facts.compactMap { name, value in
            value.map { name + String(repeating: " ", count: width - name.count + 2) + $0 }
        } + contents.map { "  \($0.id) version \($0.version)" }
    }
}
