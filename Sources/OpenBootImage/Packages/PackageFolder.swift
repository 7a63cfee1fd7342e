// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import JSON
import Support
import SystemPackage

/// A package in a folder of packages.
public struct OpenBootImagePackage: Sendable, Equatable, Encodable {
    /// The name of its file.
    public let file: String
    /// Its name.
    public let name: String
    /// Its version.
    public let version: String
    /// The architecture it is for.
    public let architecture: String
    /// The SHA-256 of the file.
    public let sha256: SHA256Digest
}

/// A folder of Debian packages with the list of what was fetched into it.
struct PackageFolder {
    typealias Entry = OpenBootImagePackage

    /// The name of the list.
    static let listName = "tsmedia-packages.json"
    private static let format = 1
    private static let byteCountLimit = 1 << 20
    private static let valueLimit = 20_000
    private static let packageByteCountLimit = Int64(1) << 30

    let path: FilePath
    let entries: [Entry]

    /// The list as it is written.
    private struct List: Encodable {
        let format: Int
        let packages: [Entry]
    }

    /// Reads the list of the folder at `path`.
    ///
    /// - Throws: ``OpenBootImageError`` `.missingPackage` without a list, `.badPackage`; `FileError`.
    init(_ path: FilePath) throws {
        self.path = path
        let list = path.appending(Self.listName)
        let bytes: [UInt8]
        do throws(FileError) { bytes = try SmallFile.read(list, limit: Self.byteCountLimit) } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            throw OpenBootImageError(
                .missingPackage, "folder \(path)", "has no \(Self.listName)",
                nextStep: "collect the packages with \"tsmedia bootimage fetch\" and copy the whole folder")
        }
        var reader = JSONReader(bytes)
        guard let node = try? reader.node(limit: Self.valueLimit), (try? reader.end()) != nil,
            node["format"] == .number(String(Self.format)), case .list(let packages)? = node["packages"]
        else {
            throw OpenBootImageError(
                .badPackage, "file \(list)", "is not a list of packages", nextStep: "fetch the packages anew")
        }
        entries = packages.compactMap { node in
            guard case .text(let file)? = node["file"], !file.contains("/"), file != "..",
                case .text(let name)? = node["name"], case .text(let version)? = node["version"],
                case .text(let architecture)? = node["architecture"], case .text(let digits)? = node["sha256"],
                let sha256 = SHA256Digest(hexadecimal: digits)
            else { return nil }
            return Entry(file: file, name: name, version: version, architecture: architecture, sha256: sha256)
        }
    }

    /// Writes the list of the packages that lie in the folder at `path`.
    ///
    /// - Parameter names: the file names of the packages.
    /// - Returns: the list; what an earlier list has and this one has not is removed.
    @discardableResult
    static func write(_ names: [String], in path: FilePath, interruption: Interruption) throws -> [Entry] {
        let earlier = (try? PackageFolder(path))?.entries.map(\.file) ?? []
        let entries = try names.sorted(by: { $0.precedesByBytes($1) }).map { name in
            try interruption.check()
            let package = try DebianPackage(path.appending(name))
            return Entry(
                file: name, name: package.control.name, version: package.control.version,
                architecture: package.control.architecture, sha256: try digest(of: package.path))
        }
        let bytes = try JSON.bytes(of: List(format: format, packages: entries))
        try AtomicFile.write(bytes, to: path.appending(listName))
        for file in earlier where file.hasSuffix(".deb") && !names.contains(file) {
            try? Folder.removeFile(path.appending(file))
        }
        return entries
    }

    /// The packages of the list whose names `isWanted` accepts, each proved by its hash.
    ///
    /// - Throws: ``OpenBootImageError`` `.badPackage` for one that is not what the list says; `FileError`.
    func packages(
        _ isWanted: (Entry) -> Bool, interruption: Interruption
    ) throws -> [(entry: Entry, package: DebianPackage)] {
        try entries.filter(isWanted).map { entry in
            try interruption.check()
            let file = path.appending(entry.file)
            guard try Self.digest(of: file) == entry.sha256 else {
                throw DebianPackage.bad(file, "is not what \(Self.listName) says: its SHA-256 is another")
            }
            return (entry, try DebianPackage(file))
        }
    }

    private static func digest(of path: FilePath) throws -> SHA256Digest {
        let descriptor = try FileError.wrap("opened", path) { try InputFile.open(path) }
        return try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: path)
            guard source.byteCount <= packageByteCountLimit else { throw DebianPackage.bad(path, "is too large") }
            let hash = SHA256()
            var offset: Int64 = 0
            while offset < source.byteCount {
                let count = Int(min(1 << 20, source.byteCount - offset))
                guard let block = try source.bytes(at: offset, length: count) else { break }
                hash.update(block)
                offset += Int64(count)
            }
            return hash.finalize()
        }
    }
}
