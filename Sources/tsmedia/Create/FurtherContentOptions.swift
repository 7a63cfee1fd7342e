// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SystemPackage
import TaskSequence

/// Content beside what the task sequence names, and the catalog that names are looked up in.
struct FurtherContentOptions: ParsableArguments {
    @Option(name: .customLong("package"), help: "Further package (repeatable).")
    var packages: [String] = []

    @Option(name: .customLong("driver-package"), help: "Further driver package (repeatable).")
    var driverPackages: [String] = []

    @Option(
        name: .customLong("application"),
        help: ArgumentHelp(
            "Further application: its package ID, or with --catalog its name or model name (repeatable).",
            valueName: "name-or-id"))
    var applications: [String] = []

    @Flag(help: "Also take the applications that needed applications depend on, as the catalog says.")
    var includeApplicationDependencies = false

    @Option(
        help: ArgumentHelp("What the site knows about packages and applications.", valueName: "site.yaml"),
        completion: .file(extensions: ["yaml", "yml"]))
    var catalog: String?

    /// What is asked for beside what a task sequence names.
    var sequence: SequenceContent {
        get throws {
            var content = SequenceContent()
            content.additionalPackages =
                try packages.map { try FieldValue.packageID($0, .package) }
                + driverPackages.map { try FieldValue.packageID($0, .driverPackage) }
            content.applications = try FieldValue.applications(applications, hasCatalog: catalog != nil)
            content.includesApplicationDependencies = includeApplicationDependencies
            content.catalog = try catalog.map { try SiteCatalogFile.read(FilePath($0)) }
            try content.check()
            return content
        }
    }

    /// Files that these options were read from.
    var sources: [FilePath] { [catalog].compactMap { $0.map { FilePath($0) } } }
}
