// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SequenceTools
import TaskSequence

/// `tsmedia sequence show`.
struct SequenceShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "show",
        abstract: "Shows a task sequence as an indented tree, its conditions in words.",
        discussion: """
            Every task sequence of an export is shown, the one that calls the others first; --task-sequence-id chooses \
            one. Passwords, keys and tokens are hidden; what is a secret in a command line or script is a guess.
            """,
        required: "<file>",
        examples: [
            #"tsmedia sequence show "Windows 11.zip""#
        ])

    @Argument(
        help: ArgumentHelp("An export zip, object.xml, wrapper, bare sequence or folder.", valueName: "file"),
        completion: .file())
    var file: String

    @Flag(help: "Show descriptions, command lines, properties and scripts too.")
    var details = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("sequence show")
        let outlines = try reading.packages(in: file).map { SequenceOutline(of: $0, secrecy: reading.secrecy) }
        guard !program.json else { return try StandardOutput.printJSON(Report(taskSequences: outlines)) }
        let texts = outlines.map { $0.lines(showsDetails: details) }
        try StandardOutput.print(Array(texts.joined(separator: [""])))
    }

    private struct Report: Encodable {
        let taskSequences: [SequenceOutline]
    }
}
