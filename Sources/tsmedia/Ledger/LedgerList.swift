// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Glibc
import MediaBuilder
import MediaFormat
import Servers
import Support

/// `tsmedia ledger list`.
struct LedgerList: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "list", abstract: "Lists the media that was made, the oldest first.",
        examples: [
            #"tsmedia ledger list --expiring 30"#,
            #"tsmedia ledger list --outdated --site https://cm01"#,
            #"tsmedia ledger list --outdated --against /srv/SCCMContentLib"#,
        ])

    @Option(help: ArgumentHelp("Only what has expired, or will within so many days.", valueName: "days"))
    var expiring: Int?

    @Flag(help: "Only what has a content of which --site or --against has a newer version.")
    var outdated = false

    @Option(
        name: .customLong("against"),
        help: ArgumentHelp(
            "Distribution point to compare with: a path, or http://host (repeatable).", valueName: "location"),
        completion: .directory)
    var locations: [String] = []

    @OptionGroup var options: LedgerOptions
    @OptionGroup var asked: AskedSite
    @OptionGroup var program: ProgramOptions

    private static let dayLimit = 36_500
    private static let secondsPerDay: Int64 = 86_400

    func validate() throws {
        if let expiring, !(0...Self.dayLimit).contains(expiring) {
            throw ValidationError("--expiring is \(expiring); give a number of days from 0 to \(Self.dayLimit)")
        }
        let hasSource = !locations.isEmpty || asked.site.site != nil
        if outdated, !hasSource {
            throw ValidationError("--outdated compares with something; add --site or --against")
        }
        if !outdated, hasSource { throw ValidationError("--site and --against are for --outdated; add it") }
        if !locations.isEmpty, asked.site.site != nil {
            throw ValidationError("--site and --against are both given; compare with one of them")
        }
    }

    func run() throws {
        _ = try program.start("ledger list")
        var entries = try options.contents()
        if let expiring {
            let now = FileIdentity.Instant.now.timestamp
            let end = CivilTime(Timestamp(unixSeconds: now.unixSeconds + Int64(expiring) * Self.secondsPerDay)).text
            // Times of one form and of UTC: their order is that of their texts.
            entries = entries.filter { entry in entry.expiresAt.map { ExactText($0) <= ExactText(end) } ?? false }
        }
        let comparison = try comparison()
        var rows = try entries.map { Row(media: $0, outdated: try comparison?.outdated($0) ?? []) }
        if outdated { rows = rows.filter { !$0.outdated.isEmpty } }
        if program.json {
            try StandardOutput.printJSON(Report(ledger: options.ledger.path.string, entries: rows))
        } else if rows.isEmpty {
            let isThere = access(options.ledger.path.string, F_OK) == 0
            Console.shared.note(
                "\(isThere ? "the ledger" : "there is no ledger") \(options.ledger.path)\(isThere ? " has no such media" : "")"
            )
        } else {
            try TextTable(
                header: ["MADE", "KIND", "EXPIRES", "MEDIA GUID"] + (outdated ? ["OUTDATED"] : []) + ["WHERE"],
                rows: rows.map { row in
                    [row.media.madeAt, row.media.kind, row.media.expiresAt ?? "-", row.media.mediaGuid]
                        + (outdated ? [row.newer] : []) + [row.media.place]
                }
            ).print()
        }
    }

    private func comparison() throws -> LedgerComparison? {
        guard outdated else { return nil }
        guard locations.isEmpty else {
            return LedgerComparison(
                try DistributionPoints.ofProgram(try asked.access.input().access()).open(
                    locations: locations, store: ContentStore(folder: ContentStore.defaultFolder)))
        }
        return try LedgerComparison(try asked.service())
    }

    private struct Report: Encodable {
        let ledger: String
        let entries: [Row]
    }

    private struct Row: Encodable {
        let media: LedgerEntry
        let outdated: [OutdatedContent]

        /// What there is a newer version of.
        var newer: String { outdated.map { "\($0.id) \($0.version) < \($0.newestVersion)" }.joined(separator: ", ") }
    }
}

extension LedgerEntry {
    /// The kind of media in words.
    var kind: String { MediaType(rawValue: mediaType)?.title ?? mediaType }

    /// Where it went.
    var place: String {
        let drives = drives.map { "\($0.path)\($0.serial.map { " (\($0))" } ?? "")" }
        return (drives + outputs).joined(separator: ", ")
    }
}
