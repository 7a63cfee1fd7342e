// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Where a path leads, told by devices and inodes: another name, a link or another mount of a folder changes nothing.
struct FilePlace: Sendable {
    /// What is at a path that exists.
    struct Node: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64

        init?(_ path: FilePath) {
            guard let status = try? Stat(path) else { return nil }
            let identity = FileIdentity(status)
            (device, inode) = (identity.device, identity.inode)
        }
    }

    /// A name in a folder, whether or not something has it.
    struct Slot: Sendable, Hashable {
        let folder: Node
        let name: ComparedName
    }

    /// The path as it was named.
    let path: FilePath
    /// The path without links, as far as it exists.
    let resolved: FilePath
    /// What is there; nil when nothing is.
    let node: Node?
    let isFolder: Bool
    /// The folders that it lies in, the nearest first.
    let folders: [Node]

    /// Follows `path` as far as it exists.
    init(_ path: FilePath) {
        self.path = path
        resolved = Self.resolve(path)
        node = Node(path)
        isFolder = (try? Stat(path))?.type == .directory
        var folders: [Node] = []
        var folder = AtomicFile.parent(of: resolved)
        while true {
            if let node = Node(folder) { folders.append(node) }
            guard folder.lastComponent != nil, folder.isAbsolute else { break }
            folder.removeLastComponent()
        }
        self.folders = folders
    }

    /// Its name in the nearest of them.
    var name: FilePath.Component? { resolved.lastComponent }

    /// The name in its folder; nil for the root, and where the folder does not exist.
    var slot: Slot? {
        guard let folder = folders.first, let name else { return nil }
        return Slot(folder: folder, name: ComparedName(name.string))
    }

    private static func resolve(_ path: FilePath) -> FilePath {
        if let resolved = realpath(path.string, nil) {
            defer { free(resolved) }
            return FilePath(String(cString: resolved))
        }
        guard let name = path.lastComponent, let folder = realpath(AtomicFile.parent(of: path).string, nil) else {
            return path.lexicallyNormalized()
        }
        defer { free(folder) }
        return FilePath(String(cString: folder)).appending(name)
    }
}

/// A file name compared as the coarsest file system compares it.
///
/// Which one an output is on need not be known, and it may be copied to another: names that differ in case or in how
/// their letters are composed are one name here. That never keeps two files apart that some file system takes for one.
struct ComparedName: Sendable, Hashable {
    // The equality of String is canonical equivalence.
    private let key: String

    init(_ name: String) { key = name.uppercased().lowercased() }
}
