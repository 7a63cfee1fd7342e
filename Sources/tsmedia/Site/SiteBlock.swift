// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Site
import Support

/// `tsmedia site block`.
struct SiteBlock: BlockingCommand {
    static let isBlocked = true
    static let configuration = CommandConfiguration(
        name: "block",
        abstract: "Blocks the certificate of media that was lost: no management point accepts it any more.",
        discussion: """
            Somebody at a terminal is told which certificate, and asked; --force asks nothing. tsmedia ledger list and \
            ledger show tell the thumbprint of media that was made here.
            """,
        required: "<thumbprint>, --site",
        examples: [
            #"tsmedia site block 0F3C5A7E91B24D6088AA13F7C2E45D9B70A1B2C3 \"#,
            #"    --site https://cm01"#,
        ])

    @OptionGroup var options: BlockingOptions
    @OptionGroup var program: ProgramOptions
}

/// `tsmedia site unblock`.
struct SiteUnblock: BlockingCommand {
    static let isBlocked = false
    static let configuration = CommandConfiguration(
        name: "unblock", abstract: "Lets the certificate of media in again that was blocked.",
        required: "<thumbprint>, --site",
        examples: [
            #"tsmedia site unblock 0F3C5A7E91B24D6088AA13F7C2E45D9B70A1B2C3 \"#,
            #"    --site https://cm01"#,
        ])

    @OptionGroup var options: BlockingOptions
    @OptionGroup var program: ProgramOptions
}

/// Which certificate, and whether somebody is asked.
struct BlockingOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The SHA-1 of the certificate, as inspect, ledger show and site certificates show it.",
            valueName: "thumbprint"))
    var thumbprint: String

    @Flag(name: [.long], help: "Say what would be done; do nothing.")
    var dryRun = false

    @Flag(help: "Ask nothing.")
    var force = false

    @OptionGroup var asked: AskedSite

    private static let digitCount = 40

    func validate() throws {
        let digits = thumbprint.filter { $0 != " " && $0 != ":" }
        guard digits.utf8.count == Self.digitCount, [UInt8](hexadecimal: digits) != nil else {
            throw ValidationError("<thumbprint> is no SHA-1 in hexadecimal digits; copy it from ledger show or inspect")
        }
    }
}

/// A command that blocks certificates, or lets them in again.
protocol BlockingCommand: ConfinedCommand {
    /// Whether certificates are blocked afterwards.
    static var isBlocked: Bool { get }
    var options: BlockingOptions { get }
    var program: ProgramOptions { get }
}

extension BlockingCommand {
    func run() throws {
        let word = Self.isBlocked ? "block" : "unblock"
        var files = RunFiles()
        files.read(options.asked.files)
        let logger = try program.start("site \(word) \(options.thumbprint)", files)
        let service = try options.asked.service()
        let found = try service.certificates(thumbprint: options.thumbprint)
        let changing = found.filter { $0.isBlocked != Self.isBlocked }
        guard !options.dryRun else { return try tell(found, changing, "would \(word)") }
        if !changing.isEmpty, !options.force {
            let names = changing.map(\.title).joined(separator: ", ")
            try Confirmation(names: names, question: "\(word) \(names)?").ask()
        }
        let after = try Interruption.explaining(
            "nobody knows whether the site has \(word)ed it: tsmedia site certificates shows it"
        ) {
            try found.map { $0.isBlocked == Self.isBlocked ? $0 : try service.setBlocked(Self.isBlocked, $0) }
        }
        for certificate in changing { logger.info("\(word)ed \(certificate.title)") }
        for certificate in after where certificate.isBlocked != Self.isBlocked {
            Console.shared.warning(
                "the site took it, and does not say yet that \(DiagnosticText(certificate.title)) is \(word)ed: look again with"
                    + " tsmedia site certificates")
        }
        try tell(after, changing, "\(word)ed")
    }

    private func tell(_ certificates: [SiteCertificate], _ changed: [SiteCertificate], _ verb: String) throws {
        guard !program.json else {
            return try StandardOutput.printJSON(
                BlockingReport(certificates: certificates, changedCount: changed.count))
        }
        let names = changed.map(\.id)
        for certificate in certificates {
            let isChanged = names.contains(certificate.id)
            let state = Self.isBlocked ? "is blocked already" : "is not blocked"
            try StandardOutput.success(isChanged ? "\(verb) \(certificate.title)" : "\(certificate.title) \(state)")
        }
    }
}

/// What `site block` and `site unblock` report.
private struct BlockingReport: Encodable {
    let certificates: [SiteCertificate]
    let changedCount: Int
}

extension SiteCertificate {
    /// What it is called where something is done to it.
    fileprivate var title: String {
        let facts = [issuedTo.map { "of \($0)" }, validUntil.map { "valid until \($0)" }, "media \(id)"]
        return "certificate \(thumbprint ?? "") (\(facts.compactMap { $0 }.joined(separator: ", ")))"
    }
}
