// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Site
import Support
import TaskSequence

/// `tsmedia site catalog`.
struct SiteCatalogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "catalog", abstract: "Writes the catalog of a site that --catalog reads: then no site is needed.",
        discussion: """
            Names, versions and contents of packages and applications, what applications need, and what they supersede. \
            Every application is read on its own, so that it takes minutes on a large site.
            """,
        required: "--site",
        examples: [
            #"tsmedia site catalog --site https://cm01 --output site.yaml"#
        ])

    @OptionGroup var output: SequenceOutput
    @OptionGroup var asked: AskedSite
    @OptionGroup var program: ProgramOptions

    func validate() throws {
        if program.json { throw ValidationError("site catalog writes YAML; leave out --json") }
    }

    func run() throws {
        try asked.start("site catalog", output, program)
        let catalog = try asked.service().catalog()
        try output.write(try SiteCatalogFile.bytes(of: catalog))
    }
}
