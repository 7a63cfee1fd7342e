// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The parts of a FAT32 volume that an update changes besides clusters: boot sector, FSInfo and tables
/// ("FAT: General Overview of On-Disk Format" 1.03, pages 9 to 12 and 21).
struct VolumeFrame: Sendable {
    /// Clusters have 28 bits, and the highest values are marks (the same, page 16).
    private static let largestClusterCount: Int64 = 0x0FFF_FFF5
    private static let mirroringDisabled: UInt16 = 0x80
    private static let rootClusterOffset = 44
    private static let labelOffset = 71
    /// So many bytes of each table are compared at once.
    private static let comparedByteCount: Int64 = 1 << 20
    private static let informationSignature = Array("RRaA".utf8)
    private static let freeCountOffset = 488

    /// Where the volume begins on the drive, in bytes.
    let offset: Int64
    let shape: FATVolume.Shape
    /// Where each table begins, in bytes; the first is the one that everybody reads.
    let tableOffsets: [Int64]
    /// The bytes of a table that say something.
    let tableByteCount: Int64
    let informationSector: Int64
    let copySector: Int64

    /// Reads the boot sector of `volume`.
    ///
    /// - Throws: ``DriveImageError`` `.damaged` for a volume that we cannot update.
    init(_ volume: FATVolume) throws {
        func refuse(_ problem: DiagnosticText) -> DriveImageError {
            DriveImageError(.damaged, "the volume of the drive", problem, nextStep: DriveUpdate.writeAnew)
        }
        guard volume.shape.kind == .fat32,
            let sector = try volume.source.bytes(at: volume.offset, length: Sector.byteCount)
        else { throw refuse("is not FAT32") }
        let reader = ByteReader(sector)
        guard let sectorSize: UInt16 = reader.littleEndian(at: 11), Int(sectorSize) == Sector.byteCount,
            let flags: UInt16 = reader.littleEndian(at: 40), flags & Self.mirroringDisabled == 0,
            let version: UInt16 = reader.littleEndian(at: 42), version == 0,
            let reserved: UInt16 = reader.littleEndian(at: 14), let tableCount: UInt8 = reader.littleEndian(at: 16),
            let sectorCount: UInt32 = reader.littleEndian(at: 32),
            let sectorsPerTable: UInt32 = reader.littleEndian(at: 36),
            let information: UInt16 = reader.littleEndian(at: 48), let copy: UInt16 = reader.littleEndian(at: 50)
        else { throw refuse("is of a kind that is not updated") }
        offset = volume.offset
        shape = volume.shape
        let unit = Int64(Sector.byteCount)
        let claimed = (offset + Int64(sectorCount) * unit - shape.dataOffset) / shape.clusterByteCount
        guard claimed == shape.clusterCount, claimed <= Self.largestClusterCount else {
            throw refuse("is larger than the drive or its tables")
        }
        tableOffsets = (0..<Int64(tableCount)).map { number in
            volume.shape.tableOffset + number * Int64(sectorsPerTable) * unit
        }
        tableByteCount = (shape.clusterCount + FATGeometry.firstCluster) * ClusterMap.entryByteCount
        // 0 and all ones say that there is none.
        func inside(_ sector: UInt16) -> Int64 { sector > 0 && sector < reserved ? Int64(sector) : 0 }
        informationSector = inside(information)
        copySector = inside(copy)
    }

    /// The bytes of the tables in which a further one is not what the first is: whole pages, neighbours together.
    ///
    /// The first two entries belong to no cluster and hold marks that some systems set in one table only.
    func unequalTableRanges(in source: some ByteSource) throws(FileError) -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        var start: Int64 = 0
        while start < tableByteCount {
            let length = Int(min(Self.comparedByteCount, tableByteCount - start))
            let tables = try tableOffsets.map { offset throws(FileError) in
                try source.bytes(at: offset + start, length: length) ?? []
            }
            for page in stride(from: 0, to: length, by: Int(ChainLinks.pageByteCount)) {
                let marks = start + Int64(page) == 0 ? Int(FATGeometry.firstCluster * ClusterMap.entryByteCount) : 0
                let bytes = page + marks..<min(page + Int(ChainLinks.pageByteCount), length)
                func part(_ table: [UInt8]) -> ArraySlice<UInt8> { table.count == length ? table[bytes] : [] }
                if tables.dropFirst().contains(where: { part($0) != part(tables[0]) }) {
                    TableRanges.append(
                        start + Int64(bytes.lowerBound)..<start + Int64(bytes.upperBound), to: &ranges,
                        in: tableByteCount)
                }
            }
            start += Int64(length)
        }
        return ranges
    }

    /// Bytes to be changed in a sector of the volume.
    struct Edit {
        let sector: Int64
        let offset: Int
        let bytes: [UInt8]
    }

    /// What makes `root` the root directory, and `label` the label: in the boot sector, then in its copy.
    func switching(to root: UInt32, label: FATLabel) -> [Edit] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: root)
        return [0, copySector].prefix(copySector > 0 ? 2 : 1).flatMap { sector in
            [
                Edit(sector: sector, offset: Self.rootClusterOffset, bytes: bytes),
                Edit(sector: sector, offset: Self.labelOffset, bytes: label.bytes()),
            ]
        }
    }

    /// What FSInfo and its copy in `source` say after it; nil numbers for not known.
    func information(free: UInt32?, next: UInt32?, in source: any ByteSource) throws(FileError) -> [Edit] {
        guard informationSector > 0 else { return [] }
        var bytes: [UInt8] = []
        bytes.append(littleEndian: free ?? .max)
        bytes.append(littleEndian: next ?? .max)
        var edits: [Edit] = []
        for sector in [informationSector, informationSector + copySector].prefix(copySector > 0 ? 2 : 1) {
            let place = offset + sector * Int64(Sector.byteCount)
            // Not every formatter copies it.
            guard try source.bytes(at: place, length: Self.informationSignature.count) == Self.informationSignature
            else { continue }
            edits.append(Edit(sector: sector, offset: Self.freeCountOffset, bytes: bytes))
        }
        return edits
    }
}
