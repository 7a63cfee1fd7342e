// SPDX-License-Identifier: GPL-3.0-or-later

/// Where the parts of a FAT32 volume lie, in sectors of 512 bytes from its start.
public struct FATGeometry: Sendable, Equatable {
    /// The sectors of the volume.
    public let sectorCount: Int64
    /// The sectors of a cluster.
    public let sectorsPerCluster: Int64
    /// The sectors before the first FAT: 32 or more, so that the data begins on a mebibyte.
    public let reservedSectorCount: Int64
    /// The sectors of one FAT; may be more than its entries need, so that all parts begin on 4 KiB.
    public let sectorsPerFAT: Int64
    /// The clusters of the data area.
    public let clusterCount: Int64

    /// Windows' own count of reserved sectors: boot record, FSInfo, the copies of both.
    static let smallestReservedSectorCount: Int64 = 32
    /// Two FATs, as everything expects.
    static let fatCount: Int64 = 2
    /// The first cluster of the data area ("FAT: General Overview of On-Disk Format" 1.03, page 14).
    static let firstCluster: Int64 = 2
    private static let entriesPerSector: Int64 = 128
    /// Sectors of 4 KiB, the unit of nearly every medium beneath its sectors.
    private static let pageSectorCount: Int64 = 8
    /// The same, page 15: a volume of fewer than 65,525 clusters is FAT16, and one should stay 16 clusters away from
    /// that.
    static let smallestClusterCount: Int64 = 65_525 + 16
    /// The number of sectors has 32 bits; rounded down to a mebibyte it is 2 TiB less that.
    static let largestSectorCount = Alignment.down(Int64(UInt32.max), to: Alignment.sectorCount)

    /// The largest volumes of each cluster size, both in sectors (the same, page 20, table for FAT32; Windows formats
    /// by it up to 32 GiB and uses 32 KiB beyond).
    private static let clusterSizes: [(largestSectorCount: Int64, sectorsPerCluster: Int64)] = [
        (532_480, 1), (16_777_216, 8), (33_554_432, 16), (67_108_864, 32), (largestSectorCount, 64),
    ]

    /// The largest clusters, in bytes.
    private static var largestClusterByteCount: Int64 {
        (clusterSizes.map(\.sectorsPerCluster).max() ?? 1) * Int64(Sector.byteCount)
    }

    /// The largest file of a volume with any of these clusters, so that the limit does not depend on the drive.
    static var largestFileByteCount: Int64 { largestFileByteCount(inClustersOf: largestClusterByteCount) }

    /// The largest file in clusters of this size: what its clusters hold must be less than 4 GiB.
    ///
    /// The size of a file has 32 bits, so that a larger one is valid; but fsck.fat (4.2 and before) counts the bytes of
    /// its clusters in 32 bits too, and would cut such a file to nothing.
    static func largestFileByteCount(inClustersOf clusterByteCount: Int64) -> Int64 { (1 << 32) - clusterByteCount }

    /// The bytes of a cluster.
    public var clusterByteCount: Int64 { sectorsPerCluster * Int64(Sector.byteCount) }
    /// The first sector of the data area.
    public var firstDataSector: Int64 { reservedSectorCount + Self.fatCount * sectorsPerFAT }

    /// The geometry of a volume of `sectorCount` sectors that begins on a mebibyte, or nil when that is too small or
    /// too large for FAT32.
    init?(sectorCount: Int64) {
        guard let size = Self.clusterSizes.first(where: { sectorCount <= $0.largestSectorCount }) else { return nil }
        self.init(sectorCount: sectorCount, sectorsPerCluster: size.sectorsPerCluster)
    }

    /// The geometry of such a volume with clusters of another size, or nil.
    init?(sectorCount: Int64, sectorsPerCluster: Int64) {
        // A larger start of the data leaves fewer clusters, which need no larger FAT: this ends.
        var firstDataSector = Alignment.sectorCount
        while true {
            let clusterCount = (sectorCount - firstDataSector) / sectorsPerCluster
            guard clusterCount >= Self.smallestClusterCount else { return nil }
            let entries = clusterCount + Self.firstCluster
            let sectorsPerFAT = Alignment.up(
                (entries + Self.entriesPerSector - 1) / Self.entriesPerSector, to: Self.pageSectorCount)
            let needed = Self.smallestReservedSectorCount + Self.fatCount * sectorsPerFAT
            if needed <= firstDataSector {
                self.sectorCount = sectorCount
                self.sectorsPerCluster = sectorsPerCluster
                reservedSectorCount = firstDataSector - Self.fatCount * sectorsPerFAT
                self.sectorsPerFAT = sectorsPerFAT
                self.clusterCount = clusterCount
                return
            }
            firstDataSector = Alignment.up(needed, to: Alignment.sectorCount)
        }
    }

    /// The smallest volume, in whole mebibytes, that has as many clusters as `clusterCount` says for their size in
    /// bytes.
    ///
    /// Nil when no FAT32 volume is large enough.
    static func smallest(holding clusterCount: (Int64) -> Int64) -> FATGeometry? {
        var smallest = Alignment.sectorCount
        for (largest, sectorsPerCluster) in clusterSizes {
            let needed = max(clusterCount(sectorsPerCluster * Int64(Sector.byteCount)), smallestClusterCount)
            // What the clusters take is a lower bound; the FATs are never more than a 64th of it and a few mebibytes.
            let data = needed.multipliedReportingOverflow(by: sectorsPerCluster)
            guard !data.overflow else { return nil }
            var sectorCount = max(smallest, Alignment.up(min(data.partialValue, largest), to: Alignment.sectorCount))
            while sectorCount <= largest {
                if let geometry = FATGeometry(sectorCount: sectorCount), geometry.clusterCount >= needed {
                    return geometry
                }
                sectorCount += Alignment.sectorCount
            }
            smallest = Alignment.up(largest + 1, to: Alignment.sectorCount)
        }
        return nil
    }
}
