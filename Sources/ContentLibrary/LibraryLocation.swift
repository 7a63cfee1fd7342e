// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// What a path that somebody named turns out to be.
///
/// The library is the folder with PkgLib and DataLib. It may be named itself or through the folder that holds it as
/// `SCCMContentLib` or `SCCMContentLib$`. Further drives hold only a FileLib: as `SCCMContentLib<letter>`, with or
/// without `$`, beside the library they are found by themselves, elsewhere they are named after it.
public enum LibraryLocation: Sendable, Equatable {
    /// A library: the drive with the metadata first, then the drives found beside it.
    case library(drives: [FilePath])
    /// A drive with a FileLib and no metadata.
    case furtherDrive(FilePath)

    private static let folderName = "SCCMCONTENTLIB"

    /// Finds out what `path` is.
    public init(_ path: FilePath) throws(ContentLibraryError) {
        let lookup = FolderLookup()
        let parts = try ContentLibraryError.wrap { () throws -> Set<String> in
            // The one place where a link is followed: the user named it.
            guard try FileError.wrap("read", path, { try Stat(path) }).type == .directory else {
                throw FileError("read", path, .notDirectory)
            }
            return try Self.parts(of: path, lookup)
        }
        if parts.isSuperset(of: ["PKGLIB", "DATALIB"]) {
            self = .library(drives: [path] + Self.siblingDrives(of: path, lookup))
            return
        }
        for name in ["SCCMContentLib", "SCCMContentLib$"] {
            let inner = try ContentLibraryError.wrap { try lookup.find(name, in: path) }
            guard let inner, inner.status.type == .directory else { continue }
            self = try Self(inner.path)
            return
        }
        guard parts.contains("FILELIB") else {
            throw ContentLibraryError(
                .notALibrary, .malformed, "\(path)", "is not a content library: it has no PkgLib and DataLib",
                nextStep: "name the SCCMContentLib folder or the folder that holds it")
        }
        self = .furtherDrive(path)
    }

    /// The drives of each library that `paths` name, in order.
    ///
    /// - Throws: ``ContentLibraryError`` when the first path is only a further drive, or a path is neither.
    public static func libraries(at paths: [FilePath]) throws(ContentLibraryError) -> [[FilePath]] {
        var libraries: [[FilePath]] = []
        for path in paths {
            switch try LibraryLocation(path) {
            case .library(let drives): libraries.append(drives)
            case .furtherDrive(let drive):
                guard !libraries.isEmpty else {
                    throw ContentLibraryError(
                        .notALibrary, .malformed, "\(drive)", "holds only a FileLib, which is a further drive",
                        nextStep: "name the drive with PkgLib and DataLib before it")
                }
                if !libraries[libraries.count - 1].contains(where: { isSame($0, drive) }) {
                    libraries[libraries.count - 1].append(drive)
                }
            }
        }
        return libraries
    }

    /// Which of the three folders of a library `folder` has, in upper case.
    static func parts(of folder: FilePath, _ lookup: FolderLookup) throws(FileError) -> Set<String> {
        var parts: Set<String> = []
        for name in ["PkgLib", "DataLib", "FileLib"] {
            if let part = try lookup.find(name, in: folder), part.status.type == .directory {
                parts.insert(name.uppercased())
            }
        }
        return parts
    }

    /// The folders `SCCMContentLib<letter>` beside `library` that hold a FileLib only, by letter.
    private static func siblingDrives(of library: FilePath, _ lookup: FolderLookup) -> [FilePath] {
        guard let real = library.resolved, let own = real.lastComponent?.string.uppercased(),
            own == folderName || own == folderName + "$"
        else { return [] }
        // A parent that may not be listed has no drives for us.
        guard let entries = try? FolderEntry.entries(of: real.removingLastComponent()) else { return [] }
        var drives: [(letter: String, path: FilePath)] = []
        for entry in entries where entry.kind == .folder {
            guard var name = entry.name?.uppercased(), name.hasPrefix(folderName) else { continue }
            if name.hasSuffix("$") { name.removeLast() }
            let letter = String(name.dropFirst(folderName.count))
            guard letter.utf8.count == 1,
                letter.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
            else { continue }
            let path = real.removingLastComponent().appending(entry.component)
            guard (try? parts(of: path, lookup)) == ["FILELIB"] else { continue }
            drives.append((letter, path))
        }
        return drives.sorted { ($0.letter, $0.path.string) < ($1.letter, $1.path.string) }.map(\.path)
    }

    private static func isSame(_ first: FilePath, _ second: FilePath) -> Bool {
        guard let first = first.resolved else { return false }
        return first == second.resolved
    }
}

extension FilePath {
    /// The path without links and dots, or nil when it does not exist.
    var resolved: FilePath? {
        guard let real = realpath(string, nil) else { return nil }
        defer { free(real) }
        return FilePath(platformString: real)
    }
}
