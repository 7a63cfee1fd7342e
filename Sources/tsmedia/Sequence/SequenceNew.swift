// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// `tsmedia sequence new`: makes task sequences as the console's wizard does.
struct SequenceNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a new task sequence: build and capture, capture, or install.",
        subcommands: [SequenceNewBuildAndCapture.self, SequenceNewCapture.self, SequenceNewInstall.self])

    /// What all commands say about outputs and templates.
    static let discussion = """
        The output's name decides what is written: .zip is an export for the console, object.xml is what such an \
        export holds, anything else and standard output is the bare sequence, which has no name, description and \
        boot image. Passwords come from files or standard input and stand in the result in clear text, as in genuine \
        task sequences: then only the owner may read the file.
        The task sequence is made from a template: docs/templates.md.
        """
}
