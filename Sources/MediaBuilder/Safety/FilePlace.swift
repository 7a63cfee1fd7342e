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

/// The names of the parts of a split file: `NAME2.swm`, `NAME3.swm` and so on, in one folder.
struct NumberedNames: Sendable, Hashable {
    let folder: FilePlace.Node
    let stem: ComparedName
    let ending: ComparedName

    /// The parts of the file that has `place`; nil where its folder does not exist.
    init?(_ place: FilePlace) {
        guard let folder = place.folders.first, let name = place.name else { return nil }
        self.folder = folder
        stem = ComparedName(name.stem)
        ending = ComparedName(name.extension ?? "")
    }

    private init(folder: FilePlace.Node, stem: String, ending: String) {
        self.folder = folder
        self.stem = ComparedName(stem)
        self.ending = ComparedName(ending)
    }

    /// Every series that the name of `place` could be one of, with the digits that it would have there.
    ///
    /// `A12.swm` is number 12 of `A` and number 2 of `A1`. Numbers are written without zeros in front.
    static func series(of place: FilePlace) -> [(names: NumberedNames, digits: String)] {
        guard let folder = place.folders.first, let name = place.name else { return [] }
        var (stem, digits) = (name.stem, "")
        var found: [(names: NumberedNames, digits: String)] = []
        while let last = stem.last, last.isASCII, last.isNumber {
            stem.removeLast()
            digits = String(last) + digits
            if last != "0" {
                found.append((NumberedNames(folder: folder, stem: stem, ending: name.extension ?? ""), digits))
            }
        }
        return found
    }
}
