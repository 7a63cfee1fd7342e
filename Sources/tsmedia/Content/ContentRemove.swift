// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
import Support
import SystemPackage

/// `tsmedia content remove`.
struct ContentRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes a package from a content library, with the files that nothing else uses.")

    @Argument(help: ArgumentHelp("The package.", valueName: "id"))
    var id: PackageID?

    @Option(help: ArgumentHelp("The package, as content add names it.", valueName: "id"))
    var packageID: PackageID?

    @Option(
        name: .customLong("version"), help: ArgumentHelp("Only this version; all by default.", valueName: "n"))
    var contentVersion: Int?

    @Option(help: ArgumentHelp("The content library.", valueName: "path"))
    var library: String

    @OptionGroup var program: ProgramOptions

    func validate() throws {
        guard (id == nil) != (packageID == nil) else { throw ValidationError("Name one package.") }
    }

    func run() throws {
        _ = try program.start("content remove")
        guard let package = id ?? packageID else { return }
        // The writer makes a library where none is; there is nothing to remove from one.
        _ = try ContentLibrary(locations: [FilePath(library)])
        let writer = try ContentLibraryWriter(path: FilePath(library), interruption: Signals.interruption)
        let removed = try writer.remove(packageID: package, version: contentVersion)
        for warning in removed.warnings { Console.shared.warning(DiagnosticText(warning)) }
        guard !program.json else {
            return try StandardOutput.printJSON(
                Report(
                    packageId: package, contentIds: removed.contentIDs, freedSize: removed.freedByteCount,
                    warnings: removed.warnings))
        }
        let names = removed.contentIDs.map(\.description).joined(separator: ", ")
        try StandardOutput.print("removed \(names): \(Amounts.bytes(removed.freedByteCount)) freed")
    }

    private struct Report: Encodable {
        let packageId: PackageID
        let contentIds: [ContentID]
        let freedSize: Int64
        let warnings: [String]
    }
}
