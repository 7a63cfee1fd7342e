// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia sequence`: makes, fetches, shows, formats, compares, documents and checks task sequences.
struct SequenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence",
        abstract: "Make, show, format, compare, document and check task sequences.",
        subcommands: [
            SequenceNew.self,
            SequenceShow.self,
            SequenceFormat.self,
            SequenceDiff.self,
            SequenceDocument.self,
            SequenceLint.self,
            SequenceReferences.self,
            SequenceFetch.self,
        ])
}
