// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SequenceTools
import TaskSequence

/// `tsmedia sequence document`.
struct SequenceDocument: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "document",
        abstract: "Documents a task sequence as one HTML page or as Markdown.",
        discussion: """
            The HTML page needs nothing else: no scripts, no other files, no network. It reads on a phone, in light and \
            in dark, and prints with everything unfolded. Every task sequence of an export is on the page, the one that \
            calls the others first; --task-sequence-id chooses one. Passwords, keys and tokens are hidden; what is a \
            secret in a command line or script is a guess: read the page before you publish it.
            """,
        required: "<file>",
        examples: [
            #"tsmedia sequence document "Windows 11.zip" --output win11.html"#
        ])

    @Argument(
        help: ArgumentHelp("An export zip, object.xml, wrapper, bare sequence or folder.", valueName: "file"),
        completion: .file())
    var file: String

    @Option(help: "What to write; by default what the output's name says: markdown for .md, else html.")
    var format: Format?

    @OptionGroup var output: SequenceOutput
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var program: ProgramOptions

    /// The kinds of page.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case html
        case markdown
    }

    func validate() throws {
        if program.json {
            throw ValidationError("--json is for sequence show, and document writes html or markdown; leave it out")
        }
    }

    func run() throws {
        let files = output.files(reading: [file])
        _ = try program.start("sequence document", files)
        try files.check()
        let outlines = try reading.packages(in: file).map { SequenceOutline(of: $0, secrecy: reading.secrecy) }
        let isSecret = outlines.contains(where: \.showsSecrets)
        let name = output.output?.lowercased() ?? ""
        let isMarkdown = name.hasSuffix(".md") || name.hasSuffix(".markdown")
        switch format ?? (isMarkdown ? .markdown : .html) {
        case .html: try output.write(HTMLDocument.page(of: outlines), isSecret: isSecret)
        case .markdown: try output.write(MarkdownDocument.page(of: outlines), isSecret: isSecret)
        }
    }
}
