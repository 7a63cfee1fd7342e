// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia sequence`: makes, shows, formats, compares and documents task sequences.
struct SequenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence",
        abstract: "Make, show, format, compare and document task sequences.",
        subcommands: [
            SequenceNew.self,
            SequenceShow.self,
            SequenceFormat.self,
            SequenceDiff.self,
            SequenceDocument.self,
        ])
}
