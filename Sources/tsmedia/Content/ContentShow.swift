// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ContentLibrary
import Identifiers
import Support

/// `tsmedia content show`.
struct ContentShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "show", abstract: "Shows the files of a package or of one content, with sizes and hashes.",
        required: "<id>, --library",
        examples: [
            #"tsmedia content show ABC00011 --library /srv/SCCMContentLib"#
        ])

    @Argument(help: ArgumentHelp("A package ID, or a content ID such as ABC00001.2.", valueName: "id"))
    var id: String

    @OptionGroup var options: LibraryOptions
    @OptionGroup var program: ProgramOptions

    func run() throws {
        _ = try program.start("content show")
        let library = try options.open()
        var package: LibraryPackage?
        let ids: [ContentID]
        if let packageID = PackageID(id) {
            let found = try library.package(packageID)
            (package, ids) = (found, found.contentIDs)
        } else if let content = ContentID(id) {
            ids = [content]
        } else {
            throw ValidationError("'\(id)' is neither a package ID nor a content ID; tsmedia content list shows both")
        }
        let contents = try ids.map { try library.content($0, keepsRefused: true) }
        for content in contents {
            for warning in content.warnings + content.refusals { Console.shared.warning(DiagnosticText(warning)) }
        }
        guard !program.json else {
            return try StandardOutput.printJSON(
                Report(
                    packageId: package?.id, version: package?.version, listedContentIds: package?.listedContentIDs,
                    contents: contents.map(ContentReport.init)))
        }
        for content in contents {
            try StandardOutput.print(
                "\(content.id): \(Amounts.files(content.files.count)), \(Amounts.bytes(content.byteCount)), "
                    + "content hash \(content.contentHash ?? "not known")")
            try TextTable(
                header: ["PATH", "SIZE", "SHA-256"], numeric: [1],
                rows: content.files.map { [$0.path.description, String($0.byteCount), $0.sha256.upperCase] }
            ).print()
        }
    }

    private struct Report: Encodable {
        let packageId: PackageID?
        let version: Int?
        let listedContentIds: [ContentID]?
        let contents: [ContentReport]
    }

    private struct ContentReport: Encodable {
        let id: ContentID
        let contentHash: String?
        let size: Int64
        let folders: [MediaPath]
        let files: [FileReport]
        let warnings: [String]

        init(_ content: Content) {
            id = content.id
            contentHash = content.contentHash
            size = content.byteCount
            folders = content.folders
            files = content.files.map(FileReport.init)
            warnings = content.warnings
        }
    }

    private struct FileReport: Encodable {
        let path: MediaPath
        let size: Int64
        let sha256: SHA256Digest
        let attributes: UInt32
        let modifiedSeconds: Int64

        init(_ file: ContentFile) {
            path = file.path
            size = file.byteCount
            sha256 = file.sha256
            attributes = file.attributes
            modifiedSeconds = file.modified.unixSeconds
        }
    }
}
