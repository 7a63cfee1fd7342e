// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// A Configuration Manager content library, opened for reading (content-library.md section 1).
///
/// Names are found without case. A symbolic link below the library's folder is never followed: NTFS libraries hold none,
/// and one that was planted could lead anywhere (docs/content-library.md).
public struct ContentLibrary: Sendable {
    /// The drives: the first holds PkgLib and DataLib, each may hold a FileLib.
    public let drives: [FilePath]

    let pkgLib: FilePath
    let dataLib: FilePath
    /// The FileLib of each drive that has one, in order.
    let fileLibs: [FilePath]
    /// Threads that read lists of files.
    let threadCount: Int
    let lookup = FolderLookup()
    let users = UserListIndex()

    /// Opens the library on `drives`, the one with the metadata first; `threadCount` threads read its lists of files.
    ///
    /// - Throws: ``ContentLibraryError`` `.notALibrary` when a folder is missing or the drives hold no FileLib at all.
    public init(
        drives: [FilePath], threadCount: Int = WorkerThreads.processorCount
    ) throws(ContentLibraryError) {
        guard let first = drives.first else {
            throw ContentLibraryError(
                .notALibrary, .usage, "the content library", "has no folder", nextStep: "name its folder")
        }
        self.drives = drives
        self.threadCount = threadCount
        let lookup = self.lookup
        func part(_ name: String, of drive: FilePath) throws(ContentLibraryError) -> FilePath? {
            let found = try ContentLibraryError.wrap { try lookup.find(name, in: drive) }
            guard let found else { return nil }
            guard found.status.type == .directory else { throw .malformed(found.path, "is not a folder") }
            return found.path
        }
        guard let pkgLib = try part("PkgLib", of: first), let dataLib = try part("DataLib", of: first) else {
            _ = try ContentLibraryError.wrap { try FileIdentity(of: first) }
            throw ContentLibraryError(
                .notALibrary, .malformed, "\(first)", "is not a content library: it has no PkgLib and DataLib",
                nextStep: "name the SCCMContentLib folder or the folder that holds it")
        }
        self.pkgLib = pkgLib
        self.dataLib = dataLib
        var fileLibs: [FilePath] = []
        for drive in drives {
            if let fileLib = try part("FileLib", of: drive) { fileLibs.append(fileLib) }
        }
        self.fileLibs = fileLibs
    }

    /// Opens the one library that `paths` name, the drive with the metadata first.
    ///
    /// - Throws: ``ContentLibraryError`` `.notALibrary` when there is none or more than one.
    public init(locations paths: [FilePath]) throws(ContentLibraryError) {
        let libraries = try LibraryLocation.libraries(at: paths)
        guard libraries.count <= 1 else {
            throw ContentLibraryError(
                .notALibrary, .usage, DiagnosticText(libraries[1][0].string), "is a second content library",
                nextStep: "name one at a time"
            )
        }
        try self.init(drives: libraries.first ?? [])
    }

    /// The packages that PkgLib lists, in order; files that are not named after a package are passed over.
    public func packageIDs() throws(ContentLibraryError) -> [PackageID] {
        let entries = try ContentLibraryError.wrap { try FolderEntry.entries(of: pkgLib) }
        let ids = entries.compactMap { $0.name?.withoutINIExtension.flatMap { PackageID($0) } }
        return Array(Set(ids)).sorted()
    }

    /// What PkgLib says of `id`.
    ///
    /// - Throws: ``ContentLibraryError`` `.packageMissing` when it is not listed, `.malformed` when its INI is.
    public func package(_ id: PackageID) throws(ContentLibraryError) -> LibraryPackage {
        guard let found = try ContentLibraryError.wrap({ try lookup.find("\(id).INI", in: pkgLib) }) else {
            throw ContentLibraryError(
                .packageMissing, .notFound, "package \(id)", "is not in the content library \(drives[0])",
                nextStep: "distribute it, or see what is there with tsmedia content list")
        }
        let (version, listed) = try Self.listing(in: try INIDocument(path: found.path), found.path)
        guard !listed.isEmpty else { throw .malformed(found.path, "lists no content") }
        if let version, !listed.contains(where: { $0.version == version }) {
            // The version and DataLib both say that a line is lost; an older content must not stand in for it.
            let current = ContentID(package: id, version: version)
            guard try ContentLibraryError.wrap({ try lookup.find(current.description, in: dataLib) }) == nil else {
                throw .malformed(found.path, "does not list \(current), which is its Version and which DataLib holds")
            }
        }
        return LibraryPackage(id: id, version: version, listed: listed)
    }

    /// The version and the contents that a package INI names.
    static func listing(
        in document: INIDocument, _ path: FilePath
    ) throws(ContentLibraryError) -> (version: Int?, contents: [ContentID]) {
        var listed: [ContentID] = []
        for entry in document.entries(in: "Packages") {
            guard let content = ContentID(entry.key) else {
                throw .malformed(path, "has a malformed line \(entry.line): '\(entry.key)' is not a content ID")
            }
            listed.append(content)
        }
        var version: Int?
        if let entry = document.entry("Version", in: "Info"), !entry.value.isEmpty {
            guard let number = Int(entry.value), (0...Int(Int32.max)).contains(number) else {
                throw .malformed(path, "has a malformed line \(entry.line): '\(entry.value)' is not a version")
            }
            version = number
        }
        return (version, listed)
    }

    /// Where the bytes of `hash` are: the first drive whose FileLib has them, or nil.
    public func location(of hash: SHA256Digest) -> FilePath? {
        (try? find(hash))?.path
    }

    /// Where the bytes of `file` are.
    ///
    /// - Throws: ``ContentLibraryError`` `.fileMissing` when no drive has them, `.corrupt` when their number is not the
    ///   file's, `.malformed` when something else has their name, `.accessDenied`.
    public func locate(_ file: MediaFile, of content: ContentID) throws(ContentLibraryError) -> FilePath {
        let noun = "file '\(file.path)' of \(content.noun)"
        let found = try Self.namingDenied(noun) { () throws(ContentLibraryError) in
            try ContentLibraryError.wrap { try find(file.sha256) }
        }
        guard let found else {
            throw ContentLibraryError(
                .fileMissing, .notFound, "\(noun)",
                "is missing: \(file.sha256.upperCase) is in the FileLib of none of the drives \(fileLibs.listed)",
                nextStep: "distribute the content again or name the drive that holds it")
        }
        guard found.status.type == .regular else {
            throw found.status.type == .symbolicLink
                ? .link(found.path) : .malformed(found.path, "is not a regular file")
        }
        guard found.status.size == file.byteCount else {
            throw ContentLibraryError(
                .corrupt, .malformed, "\(noun)",
                "has \(found.status.size) bytes instead of \(file.byteCount) in \(found.path)",
                nextStep: "distribute the content again")
        }
        return found.path
    }

    func find(_ hash: SHA256Digest) throws(FileError) -> (path: FilePath, status: Stat)? {
        let name = hash.upperCase
        for fileLib in fileLibs {
            guard let folder = try lookup.find(String(name.prefix(4)), in: fileLib), folder.status.type == .directory,
                let file = try lookup.find(name, in: folder.path)
            else { continue }
            return file
        }
        return nil
    }
}

extension [FilePath] {
    fileprivate var listed: String { map(\.string).joined(separator: ", ") }
}

extension String {
    /// The name without `.INI` in either case, or nil when it does not end so.
    var withoutINIExtension: String? {
        guard String(decoding: utf8.suffix(4), as: UTF8.self).uppercased() == ".INI" else { return nil }
        return String(Substring(utf8.dropLast(4)))
    }
}
