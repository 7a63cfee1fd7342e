// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia sequence`: shows, formats, compares and documents task sequences.
struct SequenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence",
        abstract: "Show, format, compare and document task sequences.",
        subcommands: [
            SequenceShow.self,
            SequenceFormat.self,
            SequenceDiff.self,
            SequenceDocument.self,
        ])
}
