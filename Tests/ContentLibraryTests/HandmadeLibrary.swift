// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport

/// A library written by hand, so that the reader is not tested against our own writer.
struct HandmadeLibrary {
    let folder: TestFolder
    let root: FilePath

    init(name: String = "SCCMContentLib") throws {
        folder = try TestFolder()
        root = folder.appending(name)
        for part in ["PkgLib", "DataLib", "FileLib"] { try folder.makeFolder(root.appending(part)) }
    }

    var library: ContentLibrary { get throws { try ContentLibrary(locations: [root]) } }

    /// Writes lines with CRLF to a file below the library.
    func ini(_ path: String, _ lines: String...) throws {
        try TestFolder.write((lines.joined(separator: "\r\n") + "\r\n").utf8, to: root.pushing(FilePath(path)))
    }

    /// Lists contents in PkgLib.
    func package(_ id: String, _ contents: String..., version: String? = nil) throws {
        let lines = ["[Packages]"] + contents.map { "\($0)=" } + (version.map { ["[Info]", "Version=\($0)"] } ?? [])
        try ini("PkgLib/\(id).INI", lines.joined(separator: "\r\n"))
    }

    /// The lines of a file's INI.
    static func fileINI(_ text: String) -> String {
        let digest = SHA256.digest(of: text.utf8)
        return [
            "[File]", "Attributes=00000020", "Hash=\(digest.upperCase)", "Size=\(text.utf8.count)",
            "TimeModified=133500000000000000",
        ].joined(separator: "\r\n")
    }

    /// Puts the bytes of `text` into a FileLib.
    @discardableResult
    func bytes(_ text: String, in fileLib: FilePath? = nil) throws -> FilePath {
        let name = SHA256.digest(of: text.utf8).upperCase
        let folder = (fileLib ?? root.appending("FileLib")).appending(String(name.prefix(4)))
        return try TestFolder.write(text.utf8, to: folder.appending(name))
    }

    /// Puts a whole content of text files into the library.
    func content(_ id: String, _ files: [String: String]) throws {
        try folder.makeFolder(root.pushing(FilePath("DataLib/\(id)")))
        for (path, text) in files {
            try ini("DataLib/\(id)/\(path).INI", Self.fileINI(text))
            try bytes(text)
        }
    }
}
