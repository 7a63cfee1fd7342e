// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// How many bits an entry of a FAT has.
enum FATKind: Sendable {
    case fat12
    case fat16
    case fat32

    /// True for what a table has for the last cluster of a chain (page 18).
    func isEnd(_ entry: UInt32) -> Bool {
        switch self {
        case .fat12: entry >= 0xFF8
        case .fat16: entry >= 0xFFF8
        case .fat32: entry >= 0x0FFF_FFF8
        }
    }
}

extension FATVolume {
    /// Which FAT it is.
    public var title: String {
        switch shape.kind {
        case .fat12: "FAT12"
        case .fat16: "FAT16"
        case .fat32: "FAT32"
        }
    }
}

extension FATVolume.Shape {
    /// Which FAT it is goes by the count of clusters ("FAT: General Overview of On-Disk Format" 1.03, page 14).
    private static let fat12ClusterLimit: Int64 = 4_085
    private static let fat16ClusterLimit: Int64 = 65_525

    /// The shape that the parameter block in `sector` describes, or nil when it is none.
    init?(_ sector: ByteReader, at offset: Int64, sourceByteCount: Int64) {
        guard let sectorSize: UInt16 = sector.littleEndian(at: 11), [512, 1024, 2048, 4096].contains(sectorSize),
            let perCluster: UInt8 = sector.littleEndian(at: 13), perCluster.nonzeroBitCount == 1,
            let reserved: UInt16 = sector.littleEndian(at: 14), reserved > 0,
            let tableCount: UInt8 = sector.littleEndian(at: 16), tableCount > 0,
            let rootEntries: UInt16 = sector.littleEndian(at: 17),
            let small: UInt16 = sector.littleEndian(at: 19), let smallTable: UInt16 = sector.littleEndian(at: 22),
            let large: UInt32 = sector.littleEndian(at: 32), let largeTable: UInt32 = sector.littleEndian(at: 36),
            let root: UInt32 = sector.littleEndian(at: 44)
        else { return nil }
        // The largest products have 32 + 8 + 12 bits.
        let unit = Int64(sectorSize)
        let tableSectors = smallTable > 0 ? Int64(smallTable) : Int64(largeTable)
        let sectors = small > 0 ? Int64(small) : Int64(large)
        clusterByteCount = Int64(perCluster) * unit
        tableOffset = offset + Int64(reserved) * unit
        rootOffset = tableOffset + Int64(tableCount) * tableSectors * unit
        rootByteCount = Int64(rootEntries) * Int64(FATDirectoryEntry.byteCount)
        dataOffset = rootOffset + (rootByteCount + unit - 1) / unit * unit
        rootCluster = root
        let claimed = max(0, offset + sectors * unit - dataOffset) / clusterByteCount
        if smallTable == 0 {
            kind = .fat32
        } else {
            kind = claimed < Self.fat12ClusterLimit ? .fat12 : .fat16
        }
        // No more clusters than the bytes and the table hold, whatever the boot sector claims: every chain ends then.
        let present = max(0, min(offset + sectors * unit, sourceByteCount) - dataOffset) / clusterByteCount
        let entryBits: Int64 = kind == .fat12 ? 12 : kind == .fat16 ? 16 : 32
        clusterCount = min(present, tableSectors * unit * 8 / entryBits - FATGeometry.firstCluster)
        guard tableSectors > 0, clusterCount > 0,
            kind == .fat32 ? rootEntries == 0 : rootEntries > 0 && claimed < Self.fat16ClusterLimit
        else { return nil }
    }

    /// The bytes of a cluster, or nil for a number that no cluster has: the end of a chain, or damage.
    func range(ofCluster cluster: UInt32) -> Range<Int64>? {
        let index = Int64(cluster) - FATGeometry.firstCluster
        guard index >= 0, index < clusterCount else { return nil }
        let start = dataOffset + index * clusterByteCount
        return start..<start + clusterByteCount
    }
}

/// The first FAT of a volume, read through a window.
struct FATTable {
    /// More than a FAT12 has, whose entries may lie across any border of bytes.
    private var windowByteCount: Int64 = 64 << 10
    /// The upper four bits of an entry of a FAT32 are reserved.
    static let entryMask: UInt32 = 0x0FFF_FFFF

    private let source: any ByteSource
    private let shape: FATVolume.Shape
    private var window = ByteReader([])
    private var windowNumber: Int64 = -1

    init(_ source: any ByteSource, _ shape: FATVolume.Shape) {
        self.source = source
        self.shape = shape
    }

    /// What the table has for a cluster: the next of its chain or a mark of its end; nil when it cannot be had.
    mutating func next(after cluster: UInt32) throws(FileError) -> UInt32? {
        switch shape.kind {
        case .fat12:
            let pair: UInt16? = try value(at: Int64(cluster) * 3 / 2)
            return pair.map { UInt32(cluster.isMultiple(of: 2) ? $0 & 0xFFF : $0 >> 4) }
        case .fat16:
            let entry: UInt16? = try value(at: Int64(cluster) * 2)
            return entry.map { UInt32($0) }
        case .fat32:
            let entry: UInt32? = try value(at: Int64(cluster) * 4)
            return entry.map { $0 & Self.entryMask }
        }
    }

    /// True when a chain ends with `cluster`.
    ///
    /// Most files are asked about with nothing read yet: a sector is enough then.
    mutating func ends(at cluster: UInt32) throws(FileError) -> Bool {
        if windowNumber < 0, shape.kind != .fat12 { windowByteCount = Int64(Sector.byteCount) }
        return try next(after: cluster).map(shape.kind.isEnd) ?? false
    }

    private mutating func value<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(at offset: Int64)
        throws(FileError)
        -> Value?
    {
        let number = offset / windowByteCount
        if number != windowNumber {
            let start = shape.tableOffset + number * windowByteCount
            let length = max(0, min(windowByteCount, source.byteCount - start))
            window = ByteReader(try source.bytes(at: start, length: Int(length)) ?? [])
            windowNumber = number
        }
        return window.littleEndian(at: Int(offset % windowByteCount))
    }
}
