// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Support

/// The files and folders of a volume that libwim does not read, as an image will list them.
public struct CapturedTree: Sendable {
    /// A file or folder.
    public struct Entry: Sendable {
        /// The name.
        public let name: String
        /// The short name; empty where the name itself is one.
        public let shortName: String
        /// The attributes, as Windows numbers them (MS-FSCC 2.6).
        public let attributes: UInt32
        /// When it was made, read and written.
        public let created, accessed, modified: Timestamp
        /// The size in bytes; 0 for a folder.
        public let byteCount: Int64
        /// The number of the folder that it is in; nil for the root.
        public let folder: Int?
        /// Whether it is a folder.
        public let isFolder: Bool

        /// Describes a file or folder.
        public init(
            name: String, shortName: String, attributes: UInt32, created: Timestamp, accessed: Timestamp,
            modified: Timestamp, byteCount: Int64, folder: Int?, isFolder: Bool
        ) {
            self.name = name
            self.shortName = shortName
            self.attributes = attributes
            self.created = created
            self.accessed = accessed
            self.modified = modified
            self.byteCount = byteCount
            self.folder = folder
            self.isFolder = isFolder
        }
    }

    /// The files and folders, each behind the folder that it is in.
    public private(set) var entries: [Entry] = []
    private var childrenOfRoot: [Int] = []
    private var children: [Int: [Int]] = [:]
    private let rootTime: Timestamp

    /// An empty tree, whose root was made at `rootTime`.
    public init(rootTime: Timestamp) { self.rootTime = rootTime }

    /// Adds a file or folder; the folder that it is in is there already.
    public mutating func add(_ entry: Entry) {
        let number = entries.count
        precondition(entry.folder.map { $0 < number && entries[$0].isFolder } ?? true, "a folder precedes its files")
        entries.append(entry)
        if let folder = entry.folder {
            children[folder, default: []].append(number)
        } else {
            childrenOfRoot.append(number)
        }
    }

    /// The number of files.
    public var fileCount: Int { entries.count { !$0.isFolder } }
    /// The number of folders, the root included.
    public var folderCount: Int { entries.count { $0.isFolder } + 1 }
    /// The bytes of all files.
    public var byteCount: Int64 { entries.reduce(0) { $0 + $1.byteCount } }

    // MARK: Metadata

    // Fields of an entry: DIRENTRY of "Windows Imaging File Format" (Microsoft, 2007), with what libwim has besides.

    private static let fixedByteCount = 102
    private static let hashByteCount = 20
    private static let listEndByteCount = 8
    /// A table without security descriptors: its length, and their number.
    private static let securityByteCount = 8
    private static let noDescriptor = UInt32.max

    private static func byteCount(of entry: Entry) -> Int {
        (fixedByteCount + 2 * entry.name.utf16.count + 2
            + (entry.shortName.isEmpty ? 0 : 2 * entry.shortName.utf16.count + 2) + 7) & ~7
    }

    /// The metadata; `hashes` has the SHA-1 of files by their numbers.
    func metadata(hashes: [Int: [UInt8]]) -> [UInt8] {
        // The lists of folders follow the root's entry, that of the root first.
        var offset = Self.securityByteCount + ((Self.fixedByteCount + 7) & ~7) + Self.listEndByteCount
        var offsets: [Int: Int] = [:]
        let folders = entries.indices.filter { entries[$0].isFolder }
        func place(_ list: [Int]) -> Int {
            let place = offset
            offset += list.reduce(0) { $0 + Self.byteCount(of: entries[$1]) } + Self.listEndByteCount
            return place
        }
        let rootOffset = place(childrenOfRoot)
        for folder in folders { offsets[folder] = place(children[folder] ?? []) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(offset)
        bytes.append(littleEndian: UInt32(Self.securityByteCount))
        bytes.append(littleEndian: UInt32(0))
        let root = Entry(
            name: "", shortName: "", attributes: UInt32(WIMLIB_FILE_ATTRIBUTE_DIRECTORY), created: rootTime,
            accessed: rootTime, modified: rootTime, byteCount: 0, folder: nil, isFolder: true)
        Self.append(root, childrenOffset: rootOffset, hash: nil, to: &bytes)
        Self.endList(&bytes)
        for list in [childrenOfRoot] + folders.map({ children[$0] ?? [] }) {
            for number in list {
                Self.append(entries[number], childrenOffset: offsets[number] ?? 0, hash: hashes[number], to: &bytes)
            }
            Self.endList(&bytes)
        }
        return bytes
    }

    private static func endList(_ bytes: inout [UInt8]) {
        bytes += [UInt8](repeating: 0, count: listEndByteCount)
    }

    private static func append(_ entry: Entry, childrenOffset: Int, hash: [UInt8]?, to bytes: inout [UInt8]) {
        let byteCount = entry.name.isEmpty ? (fixedByteCount + 7) & ~7 : byteCount(of: entry)
        let end = bytes.count + byteCount
        bytes.append(littleEndian: UInt64(byteCount))
        bytes.append(littleEndian: entry.attributes)
        bytes.append(littleEndian: noDescriptor)
        bytes.append(littleEndian: UInt64(childrenOffset))
        bytes += [UInt8](repeating: 0, count: 16)
        for time in [entry.created, entry.accessed, entry.modified] { bytes.append(littleEndian: time.fileTime) }
        bytes += hash ?? [UInt8](repeating: 0, count: hashByteCount)
        // Unused, no hard links, no further streams.
        bytes += [UInt8](repeating: 0, count: 4 + 8 + 2)
        bytes.append(littleEndian: UInt16(clamping: 2 * entry.shortName.utf16.count))
        bytes.append(littleEndian: UInt16(clamping: 2 * entry.name.utf16.count))
        for name in [entry.name, entry.shortName] where !name.isEmpty {
            for unit in name.utf16 { bytes.append(littleEndian: unit) }
            bytes.append(littleEndian: UInt16(0))
        }
        bytes += [UInt8](repeating: 0, count: end - bytes.count)
    }
}
