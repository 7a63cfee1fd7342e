// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia sequence`: reads, writes and judges task sequences.
struct SequenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sequence",
        abstract: "Author, show, compare, check and document task sequences.",
        subcommands: [
            // authoring

            // checking

            // reading
            SequenceShow.self,
            SequenceFormat.self,
            SequenceDiff.self,
            SequenceDocument.self,
        ])
}
