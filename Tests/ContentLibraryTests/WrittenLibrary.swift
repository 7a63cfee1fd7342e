// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A library that our writer makes, and sources for it.
struct WrittenLibrary {
    let folder: TestFolder
    let root: FilePath

    init() throws {
        folder = try TestFolder()
        root = folder.appending("lib")
    }

    var writer: ContentLibraryWriter { get throws { try ContentLibraryWriter(path: root) } }
    var library: ContentLibrary { get throws { try ContentLibrary(locations: [root]) } }

    /// Makes a source folder of text files; a name that ends in `/` is an empty folder.
    func source(_ name: String, _ files: [String: String]) throws -> FilePath {
        let source = folder.appending(name)
        try folder.makeFolder(source)
        for (path, text) in files {
            if path.hasSuffix("/") {
                try folder.makeFolder(source.pushing(FilePath(path)))
            } else {
                try TestFolder.write(text.utf8, to: source.pushing(FilePath(path)))
            }
        }
        return source
    }

    @discardableResult
    func add(
        _ files: [String: String], _ id: String, version: Int? = nil, base: ContentBase = .package,
        replacing: Bool = false
    ) throws -> Content {
        let source = try source("source", files)
        defer { _ = try? Program.run("rm", ["-rf", source.string]) }
        return try writer.add(
            source: source, packageID: try #require(PackageID(id)), version: version, contentBase: base,
            replacing: replacing
        ).content
    }

    /// What the independent reader finds: package, content and path of each file, with its hash or "folder".
    func independently() throws -> [String: String] { try IndependentLibraryReader.read(root) }

    /// The files of FileLib with their sizes and user lists' keys.
    func fileLib() throws -> [String: [String]] {
        var files: [String: [String]] = [:]
        for prefix in try FolderEntry.entries(of: root.appending("FileLib")) {
            let folder = root.appending("FileLib").appending(prefix.component)
            for entry in try FolderEntry.entries(of: folder) where !entry.component.string.hasSuffix(".INI") {
                let users = try SmallFile.read(folder.appending(entry.component.string + ".INI"))
                files[entry.component.string] = String(decoding: users, as: UTF8.self)
                    .split(separator: "\r\n").filter { $0.hasSuffix("=") }.map { String($0.dropLast()) }
            }
        }
        return files
    }

    /// True when nothing of a writer is left but its lock.
    func isTidy() throws -> Bool {
        try FolderEntry.entries(of: root.appending(".tsmedia")).map(\.component.string) == ["lock"]
    }
}

extension String {
    var hash: String { SHA256.digest(of: utf8).upperCase }
}
