// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// The folders and files of a new image, and the resource that lists them.
struct ImageTree: Sendable {
    /// A file of the image.
    struct File: Sendable {
        let name: String
        let modified: Timestamp
        /// The number of its content; nil for an empty file.
        let content: Int?
    }

    /// A folder of the image.
    private struct Folder {
        let name: String
        var folders: [Int] = []
        var files: [Int] = []
        /// The entry of the tree below that it is one with; nil for a folder that only files of ours are in.
        var entry: Int?
        /// Where its entries begin in the metadata.
        var childrenOffset = 0
    }

    private var folders = [Folder(name: "")]
    private var files: [File] = []
    private var numbers: [CaseFoldedName: Int] = [:]
    /// What lies below these files; nil for nothing.
    private var base: GraftedEntries?
    /// The size of the metadata in bytes.
    private(set) var metadataByteCount = 0

    /// The number of folders, the root included.
    var folderCount: Int { folders.count(where: { $0.entry == nil }) + (base?.overlay.summary.folderCount ?? 0) }
    /// The number of files.
    var fileCount: Int { files.count + (base?.overlay.summary.fileCount ?? 0) }

    // MARK: Building

    /// Makes room for so many files.
    mutating func reserve(fileCount: Int) { files.reserveCapacity(fileCount) }

    /// Adds a folder and those above it, where they are not there yet.
    mutating func addFolder(_ path: MediaPath) { _ = number(of: path) }

    /// Adds the file `name` in `folder`, and the folders above it.
    mutating func addFile(_ name: String, in folder: MediaPath?, modified: Timestamp, content: Int?) {
        let parent = folder.map { number(of: $0) } ?? 0
        folders[parent].files.append(files.count)
        files.append(File(name: name, modified: modified, content: content))
    }

    /// Folders whose names differ in case alone are one on Windows: the first spelling counts.
    private mutating func number(of path: MediaPath) -> Int {
        let key = path.caseFolded
        if let known = numbers[key] { return known }
        let parent = path.parent.map { self.number(of: $0) } ?? 0
        let number = folders.count
        folders.append(Folder(name: path.name))
        folders[parent].folders.append(number)
        numbers[key] = number
        return number
    }

    /// Orders everything by name and decides where each entry lies, over the tree of `overlay`.
    mutating func finish(over overlay: WindowsImageOverlay?) {
        if let overlay {
            base = GraftedEntries(overlay)
            folders[0].entry = 0
            for (path, entry) in zip(overlay.sharedFolders, overlay.sharedEntries) {
                folders[number(of: path)].entry = entry
            }
        }
        numbers = [:]
        let (folderNames, fileNames) = (folders.map(\.name), files.map(\.name))
        for index in folders.indices {
            folders[index].folders.sort { folderNames[$0].precedesByBytes(folderNames[$1]) }
            folders[index].files.sort { fileNames[$0].precedesByBytes(fileNames[$1]) }
        }
        // The security data, the root's entry and the end of its list.
        var offset =
            (base?.securityByteCount ?? Self.securityByteCount) + byteCount(ofFolder: 0) + Self.listEndByteCount
        forEachFolder { tree, number in
            tree.folders[number].childrenOffset = offset
            let folder = tree.folders[number]
            offset += folder.folders.reduce(0) { $0 + tree.byteCount(ofFolder: $1) }
            offset += folder.files.reduce(0) { $0 + Self.entryByteCount(tree.files[$1].name) }
            if let entry = folder.entry, let base = tree.base { offset += base.byteCount(in: entry) }
            offset += Self.listEndByteCount
        }
        base?.placeLists(from: &offset)
        metadataByteCount = offset
    }

    private func byteCount(ofFolder number: Int) -> Int {
        guard let entry = folders[number].entry, let base else { return Self.entryByteCount(folders[number].name) }
        return base.byteCount(of: entry)
    }

    /// Visits every folder before the folders in it.
    private mutating func forEachFolder(_ body: (inout ImageTree, Int) -> Void) {
        var pending = [0]
        while let number = pending.popLast() {
            body(&self, number)
            pending += folders[number].folders.reversed()
        }
    }

    // MARK: Metadata

    /// Fields of an entry (DIRENTRY, and as libwim has them): fixed part, then the name and its end in UTF-16.
    private static let fixedByteCount = 102
    private static let securityByteCount = 8
    private static let listEndByteCount = 8

    private static func entryByteCount(_ name: String) -> Int {
        (fixedByteCount + (name.isEmpty ? 0 : 2 * name.utf16.count + 2) + 7) & ~7
    }

    /// The metadata; `created` is the time of folders, `hashes` are the SHA-1 of the contents by number.
    mutating func metadata(created: Timestamp, hashes: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(metadataByteCount)
        if let base {
            base.appendSecurity(to: &bytes)
        } else {
            // No security descriptors: the length of this table, and their number.
            bytes.append(littleEndian: UInt32(Self.securityByteCount))
            bytes.append(littleEndian: UInt32(0))
        }
        let end = [UInt8](repeating: 0, count: Self.listEndByteCount)
        append(folders[0], created, to: &bytes)
        bytes += end
        forEachFolder { tree, number in
            let folder = tree.folders[number]
            for child in folder.folders { tree.append(tree.folders[child], created, to: &bytes) }
            for file in folder.files { Self.append(tree.files[file], hashes, to: &bytes) }
            if let entry = folder.entry { tree.base?.appendList(of: entry, to: &bytes) }
            bytes += end
        }
        base?.appendLists(to: &bytes)
        return bytes
    }

    private func append(_ folder: Folder, _ created: Timestamp, to bytes: inout [UInt8]) {
        if let entry = folder.entry, let base {
            return base.append(entry, childrenOffset: folder.childrenOffset, to: &bytes)
        }
        Self.append(
            folder.name, UInt32(WIMLIB_FILE_ATTRIBUTE_DIRECTORY), folder.childrenOffset, created,
            [UInt8](repeating: 0, count: 20), to: &bytes)
    }

    private static func append(_ file: File, _ hashes: [[UInt8]], to bytes: inout [UInt8]) {
        let hash = file.content.map { hashes[$0] } ?? [UInt8](repeating: 0, count: 20)
        append(file.name, UInt32(WIMLIB_FILE_ATTRIBUTE_NORMAL), 0, file.modified, hash, to: &bytes)
    }

    private static func append(
        _ name: String, _ attributes: UInt32, _ childrenOffset: Int, _ time: Timestamp, _ hash: [UInt8],
        to bytes: inout [UInt8]
    ) {
        let byteCount = entryByteCount(name)
        let end = bytes.count + byteCount
        bytes.append(littleEndian: UInt64(byteCount))
        bytes.append(littleEndian: attributes)
        // No security descriptor.
        bytes.append(littleEndian: UInt32.max)
        bytes.append(littleEndian: UInt64(childrenOffset))
        bytes += [UInt8](repeating: 0, count: 16)
        for _ in ["created", "read", "written"] { bytes.append(littleEndian: time.fileTime) }
        bytes += hash
        // Unused, no hard links, no further streams, no short name.
        bytes += [UInt8](repeating: 0, count: 4 + 8 + 2 + 2)
        bytes.append(littleEndian: UInt16(clamping: 2 * name.utf16.count))
        for unit in name.utf16 { bytes.append(littleEndian: unit) }
        bytes += [UInt8](repeating: 0, count: end - bytes.count)
    }
}
