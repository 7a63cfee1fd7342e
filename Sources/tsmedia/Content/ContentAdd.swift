// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia content add`.
struct ContentAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "add",
        abstract: "Adds a folder or a file to a content library as a package.",
        discussion: """
            --create makes the library where there is none yet. An application has several contents under one \
            package ID: add each with --application-content, which derives its content ID from the package ID and the \
            name of SOURCE, or with --content-id.
            """,
        required: "<source>, --package-id, --library",
        examples: [
            #"tsmedia content add Tools/ --package-id ABC00011 \"#,
            #"    --library /srv/SCCMContentLib --create"#,
        ])

    @Argument(help: ArgumentHelp("The folder or file.", valueName: "source"), completion: .file())
    var source: String

    @Option(help: ArgumentHelp("The package: site code and number, such as ABC00001.", valueName: "id"))
    var packageID: PackageID

    @Option(
        name: .customLong("version"),
        help: ArgumentHelp("The version; the highest one there is and one by default.", valueName: "n"))
    var contentVersion: Int?

    @Option(help: ArgumentHelp("The content library.", valueName: "path"), completion: .directory)
    var library: String

    @Flag(help: "Make the content library when PATH does not exist or is an empty folder.")
    var create = false

    @Flag(help: "Add an application's content under its own content ID.")
    var applicationContent = false

    @Option(help: ArgumentHelp("The content ID without its version: Content_<guid> or <guid>.", valueName: "base"))
    var contentID: String?

    @Flag(help: "Replace the version when it exists.")
    var force = false

    @OptionGroup var program: ProgramOptions

    func validate() throws {
        if applicationContent && contentID != nil {
            throw ValidationError("--application-content makes the content ID; leave out --content-id")
        }
        if let contentVersion, contentVersion < 1 {
            throw ValidationError("--version is \(contentVersion); give 1 or more")
        }
    }

    func run() throws {
        _ = try program.start("content add", RunFiles(reading: [source, library]))
        let path = FilePath(source)
        let base: ContentBase =
            if let contentID {
                .named(contentID)
            } else if applicationContent {
                .application(name: path.lastComponent?.string ?? source)
            } else { .package }
        let writer = try LibraryPlace.writer(library)
        guard !writer.isNew || create else { throw LibraryPlace.missing(library) }
        let added = try writer.add(
            source: path, packageID: packageID, version: contentVersion, contentBase: base, replacing: force,
            progress: Console.shared)
        for warning in added.warnings { Console.shared.warning(DiagnosticText(warning)) }
        let report = Report(packageID: packageID, added)
        guard !program.json else { return try StandardOutput.printJSON(report) }
        try StandardOutput.success(
            "added \(report.contentId): \(Amounts.files(report.fileCount)), \(Amounts.bytes(report.size)), "
                + "\(Amounts.bytes(report.newSize)) of it new to the library")
    }

    private struct Report: Encodable {
        let packageId: PackageID
        let contentId: ContentID
        let version: Int
        let contentHash: String?
        let fileCount: Int
        let size: Int64
        let newSize: Int64
        let warnings: [String]

        init(packageID: PackageID, _ added: AddedContent) {
            packageId = packageID
            contentId = added.content.id
            version = added.content.id.version
            contentHash = added.content.contentHash
            fileCount = added.content.files.count
            size = added.content.byteCount
            newSize = added.newByteCount
            warnings = added.warnings
        }
    }
}
