// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia ledger`.
struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Tell which media was made here: what is on it, where it went, when it expires.",
        discussion: """
            Every create and every update that succeeds leaves a line in a file beside the store, unless --no-ledger is given. No \
            password, key or variable is in it.
            """,
        subcommands: [LedgerList.self, LedgerShow.self, LedgerForget.self])
}

/// Which ledger is meant.
struct LedgerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The store that the ledger is beside; $XDG_CACHE_HOME/tsmedia by default.", valueName: "folder"),
        completion: .directory)
    var store: String?

    func validate() throws {
        if store?.isEmpty == true { throw ValidationError("--store names no folder") }
    }

    /// The ledger.
    var ledger: Ledger { Ledger(besideStore: store.map { FilePath($0) } ?? ContentStore.defaultFolder) }

    /// What is in it; lines that are none of ours are told.
    func contents() throws -> [LedgerEntry] {
        let contents = try ledger.contents()
        if contents.damagedLineCount > 0 {
            Console.shared.warning(
                "\(DiagnosticText(ledger.path.string)) has \(contents.damagedLineCount) lines that cannot be read")
        }
        return contents.entries
    }
}

/// Whether what was made is noted.
struct LedgerChoice: ParsableArguments {
    @Flag(help: "Do not note in the ledger what was made.")
    var noLedger = false

    /// Notes what was made as `plan` says; what cannot be noted is told, for the media is whole.
    ///
    /// - Parameter place: what a file is called by whoever looks for it, when that is not where it was made.
    func record(
        _ plan: MediaPlan, _ outcomes: [DriveOutcome]? = nil, _ content: ContentOptions,
        place: ((FilePath) -> String)? = nil
    ) {
        change(content) { try $0.record(plan, outcomes, at: FileIdentity.Instant.now.timestamp, place: place) }
    }

    /// Notes what media was brought up to, as `plan` says; what cannot be noted is told, for the media is whole.
    func record(update plan: MediaPlan, _ content: ContentOptions) {
        change(content) { try $0.record(update: plan, at: FileIdentity.Instant.now.timestamp) }
    }

    /// Notes what is on media that was up to date, when the ledger says something else of it.
    func settle(upToDate plan: MediaPlan, _ content: ContentOptions) {
        change(content) { try $0.settle(upToDate: plan, at: FileIdentity.Instant.now.timestamp) }
    }

    /// The ledger; nil when nothing is to be noted.
    func ledger(_ content: ContentOptions) -> Ledger? {
        noLedger ? nil : Ledger(besideStore: content.store.map { FilePath($0) } ?? ContentStore.defaultFolder)
    }

    private func change(_ content: ContentOptions, _ body: (Ledger) throws -> Void) {
        ledger(content).map { Self.change($0, body) }
    }

    /// Changes `ledger`; what cannot be noted is told.
    static func change(_ ledger: Ledger, _ body: (Ledger) throws -> Void) {
        do {
            try body(ledger)
        } catch {
            Console.shared.warning("the media is whole, and the ledger does not know it: \(DiagnosticText(error))")
        }
    }
}

/// There is no such media in the ledger.
struct NoLedgerEntry: DiagnosticError {
    let guid: String
    let ledger: FilePath

    var failureClass: FailureClass { .notFound }
    var object: DiagnosticText { "media \(guid)" }
    var problem: DiagnosticText { "is not in the ledger \(ledger)" }
    var nextStep: DiagnosticText? { "tsmedia ledger list shows what is" }
}
