// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SequenceTools
import Site
import Support
import TaskSequence

/// `tsmedia sequence fetch`.
struct SequenceFetch: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "fetch", abstract: "Fetches a task sequence from a site.",
        discussion: """
            A name that ends in .zip gets an export as the console makes it, with what the site says of each content; any \
            other the bare sequence as the site has it. A file with secrets in it is for its owner alone.
            """,
        required: "<id-or-name>, --site",
        examples: [
            #"tsmedia sequence fetch "Windows 11" --site https://cm01 --output win11.zip"#
        ])

    @Argument(help: ArgumentHelp("The task sequence: its package ID or its name.", valueName: "id-or-name"))
    var taskSequence: String

    @Flag(help: "Fetch the task sequences that it calls too; for an export.")
    var includeDependencies = false

    @OptionGroup var output: SequenceOutput
    @OptionGroup var asked: AskedSite
    @OptionGroup var program: ProgramOptions

    private var isExport: Bool { SequenceContainer(output: output.output) == .export }

    func validate() throws {
        if program.json { throw ValidationError("sequence fetch writes a task sequence; leave out --json") }
        if includeDependencies, !isExport {
            throw ValidationError("--include-dependencies needs an export to hold several; end --output in .zip")
        }
    }

    func run() throws {
        try asked.start("sequence fetch", output, program)
        let packages = try asked.service().taskSequence(taskSequence, includingChildren: includeDependencies)
        let bytes =
            switch SequenceContainer(output: output.output) {
            case .export: try TaskSequenceExport.zip(of: packages)
            case .objectXml: try SequenceContainer.objectXML(of: packages)
            case .sequence: packages[0].sequenceXML
            }
        try output.write(bytes, isSecret: packages.contains { SequenceOutline(of: $0).hidesSecrets })
    }
}
