// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
import Support
import SystemPackage

/// `tsmedia content remove`.
struct ContentRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "remove",
        abstract: "Removes a package from a content library, with the files that nothing else uses.",
        discussion: """
            Somebody at a terminal is told what goes, and asked; --force asks nothing.
            """,
        required: "<id>, --library",
        examples: [
            #"tsmedia content remove ABC00011 --version 1 \"#,
            #"    --library /srv/SCCMContentLib --dry-run"#,
        ])

    @Argument(help: ArgumentHelp("The package.", valueName: "id"))
    var id: PackageID?

    @Option(help: ArgumentHelp("The package, as content add names it.", valueName: "id"))
    var packageID: PackageID?

    @Option(
        name: .customLong("version"), help: ArgumentHelp("Only this version; all by default.", valueName: "n"))
    var contentVersion: Int?

    @Option(help: ArgumentHelp("The content library.", valueName: "path"), completion: .directory)
    var library: String

    @Flag(name: [.long], help: "Say what would be removed; remove nothing.")
    var dryRun = false

    @Flag(help: "Ask nothing.")
    var force = false

    @OptionGroup var program: ProgramOptions

    func validate() throws {
        guard (id == nil) != (packageID == nil) else {
            throw ValidationError(
                id == nil ? "<id> is missing; name a package" : "<id> and --package-id are both given; name one package"
            )
        }
    }

    func run() throws {
        _ = try program.start("content remove")
        guard let package = id ?? packageID else { return }
        try LibraryPlace.check(library)
        let opened = try ContentLibrary(locations: [FilePath(library)])
        func planned() throws -> RemovedContent { try opened.plannedRemoval(of: package, version: contentVersion) }
        if dryRun { return try tell(planned(), of: package, "would remove") }
        // Who is not asked does not wait for what the question says.
        if !force, Terminal.input.isSeen {
            let planned = try planned()
            try Confirmation(
                names: names(planned), question: "remove \(names(planned)), \(Amounts.bytes(planned.freedByteCount))?"
            ).ask()
        }
        let writer = try LibraryPlace.writer(library)
        try tell(writer.remove(packageID: package, version: contentVersion), of: package, "removed")
    }

    private func tell(_ removed: RemovedContent, of package: PackageID, _ verb: String) throws {
        for warning in removed.warnings { Console.shared.warning(DiagnosticText(warning)) }
        guard !program.json else {
            return try StandardOutput.printJSON(
                Report(
                    packageId: package, contentIds: removed.contentIDs, freedSize: removed.freedByteCount,
                    warnings: removed.warnings))
        }
        try StandardOutput.success("\(verb) \(names(removed)): \(Amounts.bytes(removed.freedByteCount)) freed")
    }

    /// `ABC00001.1, ABC00001.2`: which versions, in full.
    private func names(_ removed: RemovedContent) -> String {
        removed.contentIDs.map(\.description).joined(separator: ", ")
    }

    private struct Report: Encodable {
        let packageId: PackageID
        let contentIds: [ContentID]
        let freedSize: Int64
        let warnings: [String]
    }
}
