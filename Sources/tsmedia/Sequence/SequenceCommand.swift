// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia sequence`: shows, formats, compares, documents and checks task sequences.
struct SequenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence",
        abstract: "Show, format, compare, document and check task sequences.",
        subcommands: [
            SequenceShow.self,
            SequenceFormat.self,
            SequenceDiff.self,
            SequenceDocument.self,
            SequenceLint.self,
            SequenceReferences.self,
        ])
}
