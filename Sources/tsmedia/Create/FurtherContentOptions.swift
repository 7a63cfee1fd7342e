// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
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

    func validate() throws {
        if includeApplicationDependencies, catalog == nil {
            throw ValidationError(
                "--include-application-dependencies needs --catalog: an export does not tell dependencies")
        }
        // A package ID says all; a model name may be in the export.
        if catalog == nil, let name = applications.first(where: { PackageID($0) == nil && !$0.contains("/") }) {
            throw ValidationError(
                "--application '\(name)' is a name, which is looked up in a catalog; add --catalog, or give its package ID"
            )
        }
    }

    /// What is asked for beside what a task sequence names.
    var sequence: SequenceContent {
        get throws {
            var content = SequenceContent()
            content.additionalPackages = try packageIDs()
            content.applications = applications
            content.includesApplicationDependencies = includeApplicationDependencies
            content.catalog = try siteCatalog()
            return content
        }
    }

    /// Files that these options were read from.
    var sources: [FilePath] { [catalog].compactMap { $0.map { FilePath($0) } } }

    /// The packages and driver packages.
    func packageIDs() throws -> [PackageID] {
        try OptionValues.packageIDs(packages, "--package") + OptionValues.packageIDs(driverPackages, "--driver-package")
    }

    /// The catalog, read.
    func siteCatalog() throws -> SiteCatalog? { try catalog.map { try SiteCatalogFile.read(FilePath($0)) } }
}
