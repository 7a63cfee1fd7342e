// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

extension ContentLibrary {
    /// The files and folders of content `id`, with the oddities that do not keep it from being used.
    ///
    /// - Throws: ``ContentLibraryError`` `.contentMissing`, `.malformed` for anything the format forbids,
    ///   `.accessDenied` when the library's rights keep it from us.
    public func content(_ id: ContentID) throws(ContentLibraryError) -> Content {
        try Self.namingDenied(id.noun) { () throws(ContentLibraryError) in try readContent(id) }
    }

    /// Runs `body` and names `noun` in the error when access is denied.
    ///
    /// Rights in a library are how a site protects a package: we say which, and leave it at that.
    static func namingDenied<Result>(
        _ noun: String, _ body: () throws(ContentLibraryError) -> Result
    ) throws(ContentLibraryError) -> Result {
        do {
            return try body()
        } catch {
            guard error.code == .accessDenied else { throw error }
            throw ContentLibraryError(
                .accessDenied, .refused, noun, "may not be read: \(error.object) \(error.problem)",
                nextStep: "ask for the right to read it, or use another account", underlying: error)
        }
    }

    private func readContent(_ id: ContentID) throws(ContentLibraryError) -> Content {
        let folder = try ContentLibraryError.wrap { try lookup.find(id.description, in: dataLib) }
        guard let folder else {
            throw ContentLibraryError(
                .contentMissing, .notFound, id.noun, "is not in \(dataLib)", nextStep: "distribute the content again")
        }
        guard folder.status.type == .directory else { throw .malformed(folder.path, "is not a folder") }
        var walk = DataLibWalk(library: self, id: id)
        try walk.run(folder.path)
        let files = walk.files.sorted { $0.path < $1.path }
        let folders = walk.folders.sorted()
        let hash = try contentHash(of: id, warnings: &walk.warnings)
        if let hash, ContentHash.compute(files: files, folders: folders) != hash.uppercased() {
            walk.warnings.append("\(id.noun): its files do not add up to the content hash \(hash)")
        }
        return Content(id: id, contentHash: hash, files: files, folders: folders, warnings: walk.warnings)
    }

    /// The hash that the content's own INI names, when it is of the kind we know.
    private func contentHash(of id: ContentID, warnings: inout [String]) throws(ContentLibraryError) -> String? {
        guard let found = try ContentLibraryError.wrap({ try lookup.find("\(id).INI", in: dataLib) }) else {
            warnings.append("\(id.noun): there is no \(id).INI in DataLib, so its content hash is not known")
            return nil
        }
        let document = try INIDocument(path: found.path)
        if let algorithm = document.entry("HashAlgorithm", in: "Info")?.value, Int(algorithm) != ContentHash.algorithm {
            warnings.append("\(id.noun): hash algorithm '\(algorithm)' is not known, its content hash is not checked")
            return nil
        }
        guard let entry = document.entry("Hash", in: "Info"), SHA256Digest(hexadecimal: entry.value) != nil else {
            warnings.append("\(id.noun): \(found.path) holds no content hash of 64 digits")
            return nil
        }
        return entry.value
    }
}

/// One walk through the tree of a content.
private struct DataLibWalk {
    let library: ContentLibrary
    let id: ContentID
    var files: [ContentFile] = []
    var folders: [MediaPath] = []
    var warnings: [String] = []
    private var byteCount: Int64 = 0

    init(library: ContentLibrary, id: ContentID) {
        self.library = library
        self.id = id
    }

    mutating func run(_ root: FilePath) throws(ContentLibraryError) {
        var pending: [(path: FilePath, media: MediaPath?)] = [(root, nil)]
        while let folder = pending.popLast() {
            let entries = try ContentLibraryError.wrap { try FolderEntry.entries(of: folder.path) }
            var seen: Set<String> = []
            for entry in entries {
                let path = folder.path.appending(entry.component)
                guard let name = entry.name else { throw .malformed(path, "has a name that is not UTF-8") }
                switch entry.kind {
                case .folder:
                    let media = try mediaPath(folder.media, name, path, &seen)
                    folders.append(media)
                    pending.append((path, media))
                case .file:
                    guard let target = name.withoutINIExtension else {
                        warnings.append("\(id.noun): \(path) is not an INI and was passed over")
                        continue
                    }
                    try addFile(try mediaPath(folder.media, target, path, &seen), path)
                case .symbolicLink: throw .malformed(path, "is a symbolic link, which a content library never holds")
                case .special: throw .malformed(path, "is neither a file nor a folder")
                }
            }
        }
    }

    /// The path of `name` in `parent`, which no other entry of the folder may have without case.
    private func mediaPath(
        _ parent: MediaPath?, _ name: String, _ path: FilePath, _ seen: inout Set<String>
    ) throws(ContentLibraryError) -> MediaPath {
        let media: MediaPath
        do {
            media = try MediaPath(name: name, in: parent)
        } catch {
            throw .malformed(path, "\(error.problem)", underlying: error)
        }
        guard seen.insert(name.ordinalUpperCased).inserted else {
            throw .malformed(path, "has the same name, without case, as another entry of its folder")
        }
        return media
    }

    private mutating func addFile(_ media: MediaPath, _ path: FilePath) throws(ContentLibraryError) {
        let document = try INIDocument(path: path)
        guard let hash = document.entry("Hash", in: "File") else { throw .malformed(path, "has no Hash") }
        func malformed(_ entry: INIDocument.Entry, _ what: String) -> ContentLibraryError {
            .malformed(path, "has a malformed line \(entry.line): '\(entry.value)' is not \(what)")
        }
        guard let digest = SHA256Digest(hexadecimal: hash.value) else { throw malformed(hash, "a SHA-256") }
        var attributes = ContentFile.normalAttributes
        if let entry = document.entry("Attributes", in: "File"), !entry.value.isEmpty {
            guard let value = UInt32(entry.value, radix: 16) else { throw malformed(entry, "a set of file attributes") }
            attributes = value
        }
        var modified = Self.unknownTime
        if let entry = document.entry("TimeModified", in: "File"), !entry.value.isEmpty {
            guard let value = UInt64(entry.value), value <= UInt64(Int64.max) else { throw malformed(entry, "a time") }
            modified = Timestamp(fileTime: value)
        }
        let size: Int64
        if let entry = document.entry("Size", in: "File") {
            guard let value = Int64(entry.value), (0...Content.maximumByteCount).contains(value) else {
                throw malformed(entry, "a size")
            }
            size = value
        } else {
            size = try sizeInFileLib(digest, media)
        }
        // Both are at most 2^50, so the sum cannot overflow.
        byteCount += size
        guard byteCount <= Content.maximumByteCount else {
            throw .malformed(path, "makes the content larger than 1 PiB")
        }
        files.append(
            ContentFile(path: media, byteCount: size, sha256: digest, attributes: attributes, modified: modified))
    }

    /// 1980-01-01T00:00:00Z: the earliest time that FAT can hold, for files whose INI names none.
    private static let unknownTime = Timestamp(unixSeconds: 315_532_800)

    /// The size of a file whose INI names none: readers of real libraries need only its hash [R].
    private func sizeInFileLib(_ digest: SHA256Digest, _ media: MediaPath) throws(ContentLibraryError) -> Int64 {
        let found = try ContentLibraryError.wrap { try library.find(digest) }
        if let found, found.status.type == .regular, found.status.size <= Content.maximumByteCount {
            return found.status.size
        }
        let unknown = ContentFile(path: media, byteCount: 0, sha256: digest, modified: Self.unknownTime)
        _ = try library.locate(unknown, of: id)
        throw .malformed(library.dataLib.appending(id.description), "names no size for '\(media)'")
    }
}
