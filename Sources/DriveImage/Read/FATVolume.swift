// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The files of a FAT12, FAT16 or FAT32 volume, read without trusting it: a drive's, or that of efisys.bin, inside
/// which lies what UEFI starts from a disc ("FAT: General Overview of On-Disk Format", version 1.03).
///
/// Damaged volumes give fewer files, never a crash, and ``listing(_:)`` tells what is damaged.
public struct FATVolume: Sendable {
    /// A file or folder of the volume.
    public struct Entry: Sendable, Equatable {
        /// Its place, names joined by `/`: long names where there are any, and short ones in the case they have.
        ///
        /// It comes from outside, and may be anything.
        public let path: String
        /// Its place in short names, upper case, which is what loaders know.
        public let shortPath: String
        /// True for a folder.
        public let isFolder: Bool
        /// Its size in bytes; 0 for a folder.
        public let byteCount: Int64
        /// Its modification time, taken for UTC.
        public let modified: Timestamp
        let firstCluster: UInt32
        /// Its directory records as they are, those of a long name first; empty unless they were asked for.
        let records: [UInt8]
    }

    /// Where the bytes of a file begin, and how many there are: what of an ``Entry`` is needed to read it.
    public struct Contents: Sendable, Equatable {
        let firstCluster: UInt32
        let byteCount: Int64

        /// Those of a file.
        public init(of entry: Entry) { (firstCluster, byteCount) = (entry.firstCluster, entry.byteCount) }
    }

    /// How much of a volume is listed: a hostile one may claim anything, since folders can share their clusters.
    public struct Limits: Sendable {
        let entryCount: Int
        let folderCount: Int
        let depth: Int
        /// Bytes of all directories together.
        let directoryByteCount: Int64

        /// For an image that holds a few loaders: `EFI\BOOT` and what a vendor may add.
        public static let bootImage = Limits(
            entryCount: 10_000, folderCount: 100, depth: 8, directoryByteCount: 64 << 20)
        /// For a drive with any media on it.
        public static let drive = Limits(
            entryCount: 1_000_000, folderCount: 200_000, depth: 128, directoryByteCount: 512 << 20)
    }

    /// Where the parts of the volume lie, in bytes from the start of its source.
    struct Shape: Sendable {
        let kind: FATKind
        let tableOffset: Int64
        let rootOffset: Int64
        let rootByteCount: Int64
        let dataOffset: Int64
        let clusterByteCount: Int64
        let clusterCount: Int64
        let rootCluster: UInt32
    }

    /// So many pieces has a file of 4 GiB in clusters of 4 KiB, none beside another.
    private static let extentLimit = 1 << 20

    let source: any ByteSource
    /// Where the volume begins in its source, in bytes.
    let offset: Int64
    let shape: Shape
    /// The serial number; 0 when the volume has none.
    public let serial: UInt32

    /// The volume that begins `offset` bytes into `source`, or nil when there is none.
    ///
    /// - Throws: `FileError` when the source cannot be read.
    public init?(_ source: any ByteSource, at offset: Int64 = 0) throws(FileError) {
        guard let sector = try source.bytes(at: offset, length: Sector.byteCount),
            let shape = Shape(ByteReader(sector), at: offset, sourceByteCount: source.byteCount)
        else { return nil }
        self.source = source
        self.offset = offset
        self.shape = shape
        serial = ByteReader(sector).littleEndian(at: shape.kind == .fat32 ? 67 : 39) ?? 0
    }

    /// The label in the root directory; nil when there is none.
    ///
    /// - Throws: `FileError` when the source cannot be read.
    public func label() throws(FileError) -> String? { try labelRecord()?.labelText }

    /// The record of the label; nil when there is none.
    func labelRecord() throws(FileError) -> FATDirectoryEntries.Record? {
        var table = FATTable(source, shape)
        return FATDirectoryEntries(try root(&table).bytes, isRoot: true).first { $0.isLabel }
    }

    /// Every file and folder, each folder before what is in it.
    ///
    /// - Throws: `FileError` when the source cannot be read.
    public func entries(_ limits: Limits = .drive) throws(FileError) -> [Entry] { try listing(limits).entries }

    /// What a volume holds, as far as its directories lead to it.
    public struct Listing: Sendable {
        /// Every file and folder, each folder before what is in it.
        public fileprivate(set) var entries: [Entry] = []
        /// The folders of which not all is listed, the root without names.
        public fileprivate(set) var damages: [Damage] = []

        /// True when all is listed.
        public var isWhole: Bool { damages.isEmpty }
    }

    /// A folder of which not all can be read.
    public struct Damage: Sendable, Equatable {
        /// Its place, as of an ``Entry``; empty for the root.
        public let path: String
        /// What is wrong with it, to follow its name.
        public let problem: String
    }

    /// Every file and folder, and what is damaged.
    ///
    /// - Throws: `FileError` when the source cannot be read.
    public func listing(_ limits: Limits = .drive) throws(FileError) -> Listing { try list(limits) }

    /// The same, and the records of each when `keepsRecords` says so.
    func list(_ limits: Limits, keepsRecords: Bool = false) throws(FileError) -> Listing {
        var table = FATTable(source, shape)
        var listing = Listing()
        func note(_ folder: Entry?, _ problem: String) {
            listing.damages.append(Damage(path: folder?.path ?? "", problem: "is damaged: \(problem)"))
        }
        // The root is no folder of another one.
        var visited: Set<UInt32> = shape.kind == .fat32 ? [0, shape.rootCluster] : [0]
        var read: Int64 = 0
        var waiting: [(folder: Entry?, depth: Int)] = [(nil, 0)]
        while let (folder, depth) = waiting.popLast() {
            let directory = try bytes(ofFolder: folder, &table)
            if !directory.isWhole { note(folder, "its chain of clusters has no end, or is broken") }
            read += Int64(directory.bytes.count)
            var folders: [(folder: Entry?, depth: Int)] = []
            for record in FATDirectoryEntries(directory.bytes, isRoot: folder == nil) where !record.isLabel {
                guard listing.entries.count < limits.entryCount else {
                    note(folder, "the volume has more files than any media")
                    return listing
                }
                let entry = record.entry(in: folder, keepsRecords: keepsRecords)
                if entry.isFolder {
                    guard depth < limits.depth, visited.count <= limits.folderCount, read < limits.directoryByteCount
                    else {
                        note(entry, "the folders of the volume are more, deeper or larger than those of any media")
                        continue
                    }
                    guard visited.insert(entry.firstCluster).inserted else {
                        note(entry, "it leads to where another folder lies")
                        continue
                    }
                    folders.append((entry, depth + 1))
                }
                listing.entries.append(entry)
            }
            waiting += folders.reversed()
        }
        return listing
    }

    /// Where the bytes of a file lie, in bytes from the start of the source; neighbours are one run.
    ///
    /// Nil when its chain of clusters is damaged or does not hold just as many bytes as the file should have.
    ///
    /// - Throws: `FileError` when the source cannot be read.
    public func extents(of entry: Contents) throws(FileError) -> [Range<Int64>]? {
        let needed = (entry.byteCount + shape.clusterByteCount - 1) / shape.clusterByteCount
        guard needed <= shape.clusterCount else { return nil }
        var table = FATTable(source, shape)
        var extents: [Range<Int64>] = []
        var rest = entry.byteCount
        var cluster: UInt32? = entry.firstCluster
        if rest == 0 { return entry.firstCluster == 0 ? [] : nil }
        while rest > 0 {
            guard let number = cluster, let range = shape.range(ofCluster: number) else { return nil }
            let part = range.prefix(rest)
            if let last = extents.last, last.upperBound == part.lowerBound {
                extents[extents.count - 1] = last.lowerBound..<part.upperBound
            } else {
                // A chain that runs in a circle has no end.
                guard extents.count < Self.extentLimit else { return nil }
                extents.append(part)
            }
            rest -= Int64(part.count)
            if rest > 0 {
                cluster = try table.next(after: number)
            } else if try !table.ends(at: number) {
                // Too long for the file; so is one that runs in a circle, which has no end anywhere.
                return nil
            }
        }
        return extents
    }

    /// The bytes of a file, or nil when its clusters do not hold them or they are more than `limit`.
    ///
    /// - Throws: `FileError` when the source cannot be read.
    public func contents(of entry: Entry, limit: Int = SmallFile.defaultLimit) throws(FileError) -> [UInt8]? {
        guard !entry.isFolder, entry.byteCount <= Int64(limit), let extents = try extents(of: Contents(of: entry))
        else { return nil }
        var bytes: [UInt8] = []
        for extent in extents {
            guard let part = try source.bytes(at: extent.lowerBound, length: extent.count) else { return nil }
            bytes += part
        }
        return bytes
    }

    // MARK: Directories

    /// The bytes of a directory, and whether these are all.
    private typealias Directory = (bytes: [UInt8], isWhole: Bool)

    private func root(_ table: inout FATTable) throws(FileError) -> Directory {
        guard shape.kind == .fat32 else {
            let bytes = try source.bytes(at: shape.rootOffset, length: Int(shape.rootByteCount))
            return (bytes ?? [], bytes != nil)
        }
        return try directory(from: shape.rootCluster, &table)
    }

    private func bytes(ofFolder folder: Entry?, _ table: inout FATTable) throws(FileError) -> Directory {
        guard let folder else { return try root(&table) }
        return try directory(from: folder.firstCluster, &table)
    }

    /// The clusters of a directory up to the most that one can have, or up to where its chain breaks.
    private func directory(from first: UInt32, _ table: inout FATTable) throws(FileError) -> Directory {
        var bytes: [UInt8] = []
        var cluster = first
        // Those before: nothing is read twice of a chain that runs in a circle.
        var passed: Set<UInt32> = []
        while bytes.count < FATDirectoryEntry.countLimit * FATDirectoryEntry.byteCount,
            let range = shape.range(ofCluster: cluster),
            let part = try source.bytes(at: range.lowerBound, length: range.count)
        {
            bytes += part
            guard let next = try table.next(after: cluster) else { break }
            if shape.kind.isEnd(next) { return (bytes, true) }
            passed.insert(cluster)
            if passed.contains(next) { break }
            cluster = next
        }
        return (bytes, false)
    }
}

extension Range<Int64> {
    /// The first `count` of these, or all when they are fewer.
    fileprivate func prefix(_ count: Int64) -> Range<Int64> { lowerBound..<Swift.min(upperBound, lowerBound + count) }
}
