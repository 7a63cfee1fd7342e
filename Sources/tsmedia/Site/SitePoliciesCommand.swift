// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Site
import Support

/// `tsmedia site policies`.
struct SitePoliciesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "policies", abstract: "Writes the policies of a site for stand-alone media, as --policies reads them.",
        discussion: """
            Those of a task sequence, of those that it calls, and of the settings of clients. They hold secrets of the site, \
            so that the file is for its owner alone.
            """,
        required: "<id-or-name>, --site",
        examples: [
            #"tsmedia site policies "Windows 11" --site https://cm01 --output win11.policies"#
        ])

    @Argument(help: ArgumentHelp("The task sequence: its package ID or its name.", valueName: "id-or-name"))
    var taskSequence: String

    @OptionGroup var output: SequenceOutput
    @OptionGroup var asked: AskedSite
    @OptionGroup var program: ProgramOptions

    func validate() throws {
        if program.json { throw ValidationError("site policies writes XML; leave out --json") }
    }

    func run() throws {
        try asked.start("site policies", output, program)
        let found = try SiteCompletion(try asked.service()).policies(ofTaskSequence: taskSequence)
        try output.write(Array(found.policies.text.utf8), isSecret: true)
    }
}
