// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// A mounted volume of Windows, whose names are found without case.
///
/// Links and junctions are never followed: what they lead to is not on the volume, or not where it seems.
package struct VolumeFolder: Sendable {
    /// Where the volume is mounted.
    package let root: FilePath

    /// The volume that is mounted at `root`.
    package init(_ root: FilePath) { self.root = root }

    /// What is at `path`, as it is spelt on the volume; nil when there is nothing, or only through a link.
    ///
    /// - Throws: `FileError`.
    package func find(_ path: MediaPath) throws(FileError) -> (path: FilePath, kind: FolderEntry.Kind)? {
        var place = root
        var kind = FolderEntry.Kind.folder
        for name in path.components {
            guard kind == .folder, let entry = try Self.entry(name, in: place) else { return nil }
            place = place.appending(entry.component)
            kind = entry.kind
        }
        return (place, kind)
    }

    /// The plain file at `path`; nil when there is none.
    ///
    /// - Throws: `FileError`.
    package func file(_ path: MediaPath) throws(FileError) -> FilePath? {
        try find(path).flatMap { $0.kind == .file ? $0.path : nil }
    }

    /// The folder at `path`, which is made with those above it where it is not there.
    ///
    /// - Throws: `FileError`, `.notDirectory` when a file or a link is in its place.
    package func makeFolder(_ path: MediaPath?) throws(FileError) -> FilePath {
        guard let path else { return root }
        var place = root
        for name in path.components {
            if let entry = try Self.entry(name, in: place) {
                place = place.appending(entry.component)
                guard entry.kind == .folder else { throw FileError("created", place, .notDirectory) }
            } else {
                place = place.appending(name)
                try Folder.create(place)
                try Self.secure(place, inheritance: [.files, .containers])
            }
        }
        return place
    }

    /// Writes the file at `path`, in the place of one that is there.
    ///
    /// - Throws: `FileError`.
    package func write(_ bytes: [UInt8], to path: MediaPath) throws {
        try make(path) { file, target in
            try FileError.wrap("written", target) { _ = try file.writeAll(bytes) }
        }
    }

    /// Makes the file at `path` of what `fill` hands over, in the place of one that is there.
    ///
    /// - Throws: `FileError`; what `fill` throws.
    package func write(
        to path: MediaPath, _ fill: ((ArraySlice<UInt8>) throws -> Void) throws -> Void
    ) throws {
        try make(path) { file, target in
            try fill { bytes in try FileError.wrap("written", target) { _ = try file.writeAll(bytes) } }
        }
    }

    /// Copies the file at `source`, of any file system, to `path`, in the place of one that is there.
    ///
    /// - Throws: `FileError`, `InterruptedError`.
    package func copy(_ source: FilePath, to path: MediaPath, interruption: Interruption) throws {
        let input = try InputFile.open(source)
        try input.closeAfter {
            try make(path) { file, target in
                var buffer = [UInt8](repeating: 0, count: 1 << 20)
                while true {
                    try interruption.check()
                    let count = try FileError.wrap("read", source) {
                        try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
                    }
                    if count == 0 { return }
                    try FileError.wrap("written", target) { _ = try file.writeAll(buffer[..<count]) }
                }
            }
        }
    }

    /// Makes a new file at `path`, which only administrators and the system may use, and lets `body` fill it.
    func make(_ path: MediaPath, _ body: (FileDescriptor, FilePath) throws -> Void) throws {
        let target = try place(of: path)
        let file = try FileError.wrap("written", target) {
            try FileDescriptor.open(
                target, .writeOnly, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
                permissions: [.ownerReadWrite])
        }
        try file.closeAfter {
            // Before anything is in it: an answer file has passwords.
            try Self.secure(target, inheritance: [])
            try body(file, target)
        }
    }

    /// Lets only administrators and the system use a new file or folder, where it lies on NTFS.
    static func secure(
        _ path: FilePath, inheritance: SecurityDescriptor.Inheritance
    ) throws(FileError) {
        let descriptor = SecurityDescriptor.administration(
            rights: SecurityDescriptor.allOfFiles, inheritance: inheritance)
        let result = path.withPlatformString { path in
            descriptor.withUnsafeBytes { tsm_set_attribute(path, "system.ntfs_acl", $0.baseAddress, $0.count) }
        }
        let error = Errno(rawValue: errno)
        guard result == 0 || error == .notSupported else { throw FileError("secured", path, error) }
    }

    /// Everything that is a plain file below `folder`, as it is spelt on the volume; empty when there is no such folder.
    ///
    /// - Throws: `FileError`; `MediaPathError` for a name that no path can have.
    package func files(below folder: MediaPath) throws -> [MediaPath] {
        guard let found = try find(folder), found.kind == .folder else { return [] }
        var spelt: [String] = []
        var place = found.path
        for _ in folder.components {
            place.lastComponent.map { spelt.insert($0.string, at: 0) }
            place.removeLastComponent()
        }
        var files: [MediaPath] = []
        var waiting = [(found.path, try MediaPath(components: spelt))]
        while let (place, path) = waiting.popLast() {
            for entry in try FolderEntry.entries(of: place) {
                guard let name = entry.name else { continue }
                switch entry.kind {
                case .folder:
                    waiting.append((place.appending(entry.component), try MediaPath(name: name, in: path)))
                case .file: files.append(try MediaPath(name: name, in: path))
                default: continue
                }
            }
        }
        return files.sorted()
    }

    /// Removes what is at the root but for `kept`.
    ///
    /// - Throws: `FileError`, `InterruptedError`.
    package func removeAll(keeping kept: Set<CaseFoldedName>, interruption: Interruption) throws {
        for entry in try FolderEntry.entries(of: root) {
            try interruption.check()
            if let name = entry.name, kept.contains(name.caseFolded) { continue }
            try Folder.removeTree(root.appending(entry.component))
        }
    }

    // MARK: Parts

    /// The place for a new file at `path`, of which there is none any more.
    private func place(of path: MediaPath) throws(FileError) -> FilePath {
        let folder = try makeFolder(path.parent)
        guard let entry = try Self.entry(path.name, in: folder) else { return folder.appending(path.name) }
        let place = folder.appending(entry.component)
        try Folder.removeFile(place)
        return place
    }

    /// What is called `name` in `folder`, the one that is spelt so before one that differs in case.
    static func entry(_ name: String, in folder: FilePath) throws(FileError) -> FolderEntry? {
        let key = name.caseFolded
        let entries = try FolderEntry.entries(of: folder)
        return entries.first { $0.name?.isExactly(name) == true } ?? entries.first { $0.name?.caseFolded == key }
    }
}

extension VolumeFolder {
    /// Copies all plain files below `source`, of any file system, to the folder at `path`; what is there already stays.
    ///
    /// - Throws: `FileError`; `MediaPathError` for a name that no path can have; `InterruptedError`.
    package func copyTree(_ source: FilePath, to path: MediaPath, interruption: Interruption) throws {
        var waiting = [(source, path)]
        _ = try makeFolder(path)
        while let (place, path) = waiting.popLast() {
            for entry in try FolderEntry.entries(of: place) {
                guard let name = entry.name else {
                    throw FileError("read", place.appending(entry.component), .illegalByteSequence)
                }
                let target = try MediaPath(name: name, in: path)
                switch entry.kind {
                case .folder: waiting.append((place.appending(entry.component), target))
                case .file: try copy(place.appending(entry.component), to: target, interruption: interruption)
                default: continue
                }
            }
        }
    }
}
