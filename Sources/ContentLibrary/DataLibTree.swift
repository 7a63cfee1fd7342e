// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// The tree of a content in DataLib: a folder for each folder, an INI for each file.
///
/// Read on several threads: first all folders, a level at a time, then all files. Results and errors are those of one
/// thread: of all that is wrong with folders, the first is told, then the first of what is wrong with files.
struct DataLibTree {
    /// The files, ordered by path.
    let files: [ContentFile]
    /// Every folder, ordered by path.
    let folders: [MediaPath]
    /// What is odd but does not keep the content from being used.
    let warnings: [String]
    /// What has a name that media cannot hold: folders, then files; nothing of what lies below such a folder.
    let refused: [RefusedMember]

    /// Files that a thread takes at a time.
    private static let portionCount = 256

    /// Reads the content `id` of `library`, whose folder is `root`.
    init(of id: ContentID, in library: ContentLibrary, at root: FilePath) throws(ContentLibraryError) {
        let threadCount = library.threadCount
        var level = [DataLibFolder(path: root, media: nil)]
        var folders: [MediaPath] = []
        var warnings: [String] = []
        var portions: [Portion] = []
        var refused: [RefusedMember] = []
        while !level.isEmpty {
            let parents = level
            let listings = try WorkerThreads.map(count: parents.count, threadCount: threadCount) {
                number throws(ContentLibraryError) in try parents[number].list()
            }
            level = listings.flatMap(\.folders)
            folders += level.compactMap(\.media)
            for (folder, listing) in zip(parents, listings) {
                refused += listing.refused
                warnings += listing.strangers.map { "\(id.noun): \($0) is not an INI and was passed over" }
                for start in stride(from: 0, to: listing.names.count, by: Self.portionCount) {
                    let end = min(start + Self.portionCount, listing.names.count)
                    portions.append(Portion(folder: folder, names: listing.names[start..<end]))
                }
            }
        }
        let reader = FileReader(library: library, id: id)
        let order = portions
        let parts = try WorkerThreads.map(count: order.count, threadCount: threadCount) {
            number throws(ContentLibraryError) in try reader.read(order[number])
        }
        var files: [ContentFile] = []
        files.reserveCapacity(parts.reduce(0) { $0 + $1.files.count })
        for part in parts {
            files += part.files
            refused += part.refused
        }
        try Self.checkSize(files, id, root)
        files.sort { $0.path < $1.path }
        self.files = files
        self.folders = folders.sorted()
        self.warnings = warnings
        self.refused = refused
    }

    private static func checkSize(
        _ files: [ContentFile], _ id: ContentID, _ root: FilePath
    ) throws(ContentLibraryError) {
        var byteCount: Int64 = 0
        for file in files {
            // Both are at most 2^50, so the sum cannot overflow.
            byteCount += file.byteCount
            guard byteCount <= Content.maximumByteCount else {
                throw .malformed(
                    root.pushing(FilePath("\(file.path).INI")), "makes the content larger than 1 PiB")
            }
        }
    }

    /// Some files of a folder.
    private struct Portion: Sendable {
        let folder: DataLibFolder
        /// The names of their INIs.
        let names: ArraySlice<String>
    }

    /// Reads the INIs of files.
    private struct FileReader: Sendable {
        let library: ContentLibrary
        let id: ContentID

        func read(
            _ portion: Portion
        ) throws(ContentLibraryError) -> (files: [ContentFile], refused: [RefusedMember]) {
            let folder: OpenFolder
            do {
                folder = try OpenFolder(portion.folder.path)
            } catch {
                throw ContentLibraryError(error)
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            var files: [ContentFile] = []
            files.reserveCapacity(portion.names.count)
            var refused: [RefusedMember] = []
            for name in portion.names {
                guard let path = portion.folder.path(of: name.withoutINIExtension ?? name, spelled: name, &refused)
                else { continue }
                let record = try FileRecord.read(name, in: folder, &buffer)
                files.append(
                    ContentFile(
                        MediaFile(
                            path: path, byteCount: try size(record, path), sha256: record.sha256,
                            modified: record.modified), attributes: record.attributes))
            }
            return (files, refused)
        }

        /// The size of the file at `path`: that in FileLib when its INI names none.
        private func size(_ record: FileRecord, _ path: MediaPath) throws(ContentLibraryError) -> Int64 {
            if let byteCount = record.byteCount { return byteCount }
            let found = try ContentLibraryError.wrap { try library.find(record.sha256) }
            if let found, found.status.type == .regular, found.status.size <= Content.maximumByteCount {
                return found.status.size
            }
            let unknown = MediaFile(path: path, byteCount: 0, sha256: record.sha256, modified: record.modified)
            _ = try library.locate(unknown, of: id)
            throw .malformed(library.dataLib.appending(id.description), "names no size for '\(path)'")
        }
    }
}

/// A folder of a content in DataLib.
struct DataLibFolder: Sendable {
    let path: FilePath
    /// Its place in the content; nil for the content itself.
    let media: MediaPath?

    /// What a folder holds, by name.
    struct Listing: Sendable {
        var folders: [DataLibFolder] = []
        /// The names of the files' INIs.
        var names: [String] = []
        /// Files that are no INIs.
        var strangers: [FilePath] = []
        /// Folders whose names media cannot hold.
        var refused: [RefusedMember] = []
    }

    /// Lists the folder.
    ///
    /// - Throws: ``ContentLibraryError`` `.malformed` for what a content cannot hold.
    func list() throws(ContentLibraryError) -> Listing {
        let entries = try ContentLibraryError.wrap { try FolderEntry.entries(of: path) }
        var listing = Listing()
        var seen: Set<CaseFoldedName> = []
        seen.reserveCapacity(entries.count)
        for entry in entries {
            func entryPath() -> FilePath { path.appending(entry.component) }
            guard let name = entry.name else { throw .malformed(entryPath(), "has a name that is not UTF-8") }
            var target = name
            switch entry.kind {
            case .folder:
                if let media = self.path(of: name, spelled: name, &listing.refused) {
                    listing.folders.append(DataLibFolder(path: entryPath(), media: media))
                }
            case .file:
                guard let withoutExtension = name.withoutINIExtension else {
                    listing.strangers.append(entryPath())
                    continue
                }
                target = withoutExtension
                listing.names.append(name)
            case .symbolicLink: throw .link(entryPath())
            case .special: throw .malformed(entryPath(), "is neither a file nor a folder")
            }
            guard seen.insert(target.caseFolded).inserted else {
                throw .malformed(entryPath(), "has the same name, without case, as another entry of its folder")
            }
        }
        return listing
    }

    /// The place in the content of the file or folder `name` that DataLib spells `spelling`; nil when media cannot hold its
    /// name, which `refused` takes note of.
    func path(of name: String, spelled spelling: String, _ refused: inout [RefusedMember]) -> MediaPath? {
        do throws(MediaPathError) {
            return try MediaPath(name: name, in: media)
        } catch {
            refused.append(
                RefusedMember(
                    name, in: media,
                    ContentLibraryError.malformed(path.appending(spelling), "\(error.problem)", underlying: error)))
            return nil
        }
    }
}
