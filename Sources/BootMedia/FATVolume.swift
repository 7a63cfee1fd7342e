// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The files of a FAT12 or FAT16 volume in memory, as efisys.bin is one: what UEFI starts from a disc lies inside it.
///
/// Reads short names only, which is what loaders have ("FAT: General Overview of On-Disk Format", version 1.03).
/// Damaged volumes give fewer files, never a crash.
public struct FATVolume: Sendable {
    /// A file of the volume.
    public struct File: Sendable, Equatable {
        /// Its place, names joined by `/`, as stored: upper case.
        public let path: String
        /// Its size in bytes.
        public let byteCount: Int
        fileprivate let firstCluster: Int
    }

    private let volume: ByteReader
    private let sectorsPerCluster: Int
    private let tableOffset: Int
    private let rootOffset: Int
    private let rootEntryCount: Int
    private let dataOffset: Int
    private let clusterCount: Int
    private let sectorByteCount: Int
    private let isFAT12: Bool

    /// Directories nest this deep at most: `EFI\BOOT` and what a vendor may add.
    private static let depthLimit = 8
    /// More files than this are not listed: directories may share their clusters and so claim any number.
    private static let fileLimit = 10_000
    private static let folderLimit = 100
    /// A directory has at most 65,536 records.
    private static let folderByteLimit = 2 << 20
    private static let recordByteCount = 32

    /// The volume in `bytes`, or nil when they are no FAT12 or FAT16 volume.
    public init?(_ bytes: [UInt8]) {
        volume = ByteReader(bytes)
        guard let sector: UInt16 = volume.littleEndian(at: 11), [512, 1024, 2048, 4096].contains(sector),
            let perCluster: UInt8 = volume.littleEndian(at: 13), perCluster > 0,
            let reserved: UInt16 = volume.littleEndian(at: 14), reserved > 0,
            let tableCount: UInt8 = volume.littleEndian(at: 16), tableCount > 0,
            let rootEntries: UInt16 = volume.littleEndian(at: 17), rootEntries > 0,
            let small: UInt16 = volume.littleEndian(at: 19), let tableSectors: UInt16 = volume.littleEndian(at: 22),
            tableSectors > 0, let large: UInt32 = volume.littleEndian(at: 32)
        else { return nil }
        sectorByteCount = Int(sector)
        sectorsPerCluster = Int(perCluster)
        tableOffset = Int(reserved) * sectorByteCount
        rootEntryCount = Int(rootEntries)
        rootOffset = tableOffset + Int(tableCount) * Int(tableSectors) * sectorByteCount
        let rootSectors = (rootEntryCount * Self.recordByteCount + sectorByteCount - 1) / sectorByteCount
        dataOffset = rootOffset + rootSectors * sectorByteCount
        let sectorCount = small > 0 ? Int(small) : Int(large)
        // No more clusters than the bytes hold, whatever the boot sector claims: every chain ends then.
        let volumeByteCount = min(sectorCount * sectorByteCount, bytes.count)
        clusterCount = max(0, volumeByteCount - dataOffset) / (sectorsPerCluster * sectorByteCount)
        // Which FAT it is goes by the count of clusters; from 65,525 on it is FAT32.
        let claimed = max(0, sectorCount * sectorByteCount - dataOffset) / (sectorsPerCluster * sectorByteCount)
        isFAT12 = claimed < 4_085
        guard clusterCount > 0, claimed < 65_525 else { return nil }
    }

    /// Every file.
    public func files() -> [File] {
        guard let root = volume.slice(at: rootOffset, length: rootEntryCount * Self.recordByteCount) else { return [] }
        var visited: Set<Int> = []
        var found: [File] = []
        addFiles(in: ByteReader(root), below: "", depth: 0, &visited, to: &found)
        return found
    }

    /// The bytes of `file`, or nil when its clusters do not hold as many as it should have.
    public func contents(of file: File) -> [UInt8]? {
        let clusterByteCount = sectorsPerCluster * sectorByteCount
        let needed = (file.byteCount + clusterByteCount - 1) / clusterByteCount
        guard needed <= clusterCount else { return nil }
        let bytes = chain(from: file.firstCluster, limit: needed)
        return bytes.count >= file.byteCount ? Array(bytes.prefix(file.byteCount)) : nil
    }

    private func addFiles(
        in directory: ByteReader, below folder: String, depth: Int, _ visited: inout Set<Int>, to found: inout [File]
    ) {
        for offset in stride(from: 0, to: directory.count, by: Self.recordByteCount) {
            guard let bytes = directory.slice(at: offset, length: Self.recordByteCount), bytes.first != 0 else { break }
            let record = ByteReader(bytes)
            guard let attributes: UInt8 = record.littleEndian(at: 11),
                found.count < Self.fileLimit, let cluster: UInt16 = record.littleEndian(at: 26),
                let byteCount: UInt32 = record.littleEndian(at: 28), let name = Self.name(record)
            else { continue }
            let isFolder = attributes & 0x10 != 0
            // 0x08 marks the volume label and the parts of long names.
            guard attributes & 0x08 == 0 else { continue }
            if isFolder {
                guard depth < Self.depthLimit, visited.count < Self.folderLimit,
                    visited.insert(Int(cluster)).inserted
                else { continue }
                let limit = max(1, Self.folderByteLimit / (sectorsPerCluster * sectorByteCount))
                let inner = ByteReader(chain(from: Int(cluster), limit: min(limit, clusterCount)))
                addFiles(in: inner, below: folder + name + "/", depth: depth + 1, &visited, to: &found)
            } else {
                found.append(File(path: folder + name, byteCount: Int(byteCount), firstCluster: Int(cluster)))
            }
        }
    }

    /// The bytes of up to `limit` clusters of a chain.
    private func chain(from first: Int, limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var cluster = first
        var count = 0
        while count < limit, cluster >= 2, cluster < clusterCount + 2 {
            let length = sectorsPerCluster * sectorByteCount
            guard let piece = volume.slice(at: dataOffset + (cluster - 2) * length, length: length) else { break }
            bytes += piece
            count += 1
            guard let next = next(after: cluster) else { break }
            cluster = next
        }
        return bytes
    }

    /// FAT12 packs two entries into three bytes; a volume of fewer than 4,085 clusters is FAT12.
    private func next(after cluster: Int) -> Int? {
        guard isFAT12 else {
            return volume.littleEndian(UInt16.self, at: tableOffset + cluster * 2).map(Int.init)
        }
        guard let pair: UInt16 = volume.littleEndian(at: tableOffset + cluster * 3 / 2) else { return nil }
        return Int(cluster.isMultiple(of: 2) ? pair & 0xFFF : pair >> 4)
    }

    /// The name of a record; nil for deleted records and the two dots.
    private static func name(_ record: ByteReader) -> String? {
        guard let stem = record.slice(at: 0, length: 8), let type = record.slice(at: 8, length: 3),
            stem.first != 0xE5, stem.first != UInt8(ascii: ".")
        else { return nil }
        func text(_ bytes: ArraySlice<UInt8>) -> String {
            String(decoding: bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        }
        return type.first == UInt8(ascii: " ") ? text(stem) : "\(text(stem)).\(text(type))"
    }
}
