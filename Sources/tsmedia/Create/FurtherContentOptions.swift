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
            "Further application: its package ID, or with --catalog or --site its name or model name (repeatable).",
            valueName: "name-or-id"))
    var applications: [String] = []

    @Flag(help: "Also take the applications that needed applications depend on, as the catalog says.")
    var includeApplicationDependencies = false

    @Option(
        help: ArgumentHelp("What the site knows about packages and applications.", valueName: "site.yaml"),
        completion: .file(extensions: ["yaml", "yml"]))
    var catalog: String?

    /// A task sequence, and what is asked for beside what it names.
    ///
    /// - Parameters:
    ///   - site: where names are looked up; nil for none.
    ///   - taskSequence: a file, or with a site an ID or a name.
    ///   - id: which task sequence of several.
    func sequence(
        _ site: SiteCompletion? = nil, of taskSequence: String? = nil, id: String? = nil
    ) throws -> SequenceContent {
        var content = SequenceContent()
        content.additionalPackages =
            try packages.map { try site?.package($0) ?? FieldValue.packageID($0, .package) }
            + driverPackages.map { try site?.driverPackage($0) ?? FieldValue.packageID($0, .driverPackage) }
        content.applications = try FieldValue.applications(
            applications, hasCatalog: catalog != nil || site != nil)
        content.includesApplicationDependencies = includeApplicationDependencies
        content.catalog = try catalog.map { try SiteCatalogFile.read(FilePath($0)) }
        content.taskSequenceID = id
        if let site {
            if let taskSequence { try site.addTaskSequence(taskSequence, to: &content) }
            try site.addCatalog(to: &content)
        } else {
            content.taskSequence = taskSequence.map { FilePath($0) }
        }
        try content.check()
        return content
    }

    /// Files that these options were read from.
    var sources: [FilePath] { [catalog].compactMap { $0.map { FilePath($0) } } }
}
