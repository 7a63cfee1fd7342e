// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The first sector of a drive: boot code, disk signature and four entries (UEFI 2.10, 5.2.1).
struct MasterBootRecord: Equatable {
    private static let codeByteCount = 440
    private static let tableOffset = 446
    private static let entryByteCount = 16
    private static let entryCount = 4
    /// The last two bytes of every boot sector.
    static let signature: [UInt8] = [0x55, 0xAA]
    static let signatureOffset = 510

    private static let active: UInt8 = 0x80
    /// The geometry that BIOSes give to drives that are too large for a real one: 255 heads, 63 sectors.
    static let headCount: Int64 = 255
    static let sectorsPerTrack: Int64 = 63
    private static let cylinderLimit: Int64 = 1024

    let code: [UInt8]
    let diskSignature: UInt32
    let partitions: [Partition]

    init(code: [UInt8], diskSignature: UInt32, partitions: [Partition]) {
        self.code = code
        self.diskSignature = diskSignature
        self.partitions = partitions
    }

    /// The record in a sector, or nil when that is none: a FAT volume without partitions begins with such a sector too,
    /// but its entries would have boot flags that no table has.
    init?(_ bytes: [UInt8]) {
        let reader = ByteReader(bytes)
        guard reader.slice(at: Self.signatureOffset, length: 2).map(Array.init) == Self.signature,
            let diskSignature: UInt32 = reader.littleEndian(at: Self.codeByteCount)
        else { return nil }
        var partitions: [Partition] = []
        for number in 0..<Self.entryCount {
            let offset = Self.tableOffset + number * Self.entryByteCount
            guard let flag: UInt8 = reader.littleEndian(at: offset), flag & 0x7F == 0,
                let type: UInt8 = reader.littleEndian(at: offset + 4),
                let first: UInt32 = reader.littleEndian(at: offset + 8),
                let count: UInt32 = reader.littleEndian(at: offset + 12)
            else { return nil }
            guard type != 0 else { continue }
            partitions.append(
                Partition(
                    type: .mbr(type), offset: Int64(first) * Int64(Sector.byteCount),
                    byteCount: Int64(count) * Int64(Sector.byteCount), isActive: flag == Self.active))
        }
        self.init(
            code: Array(bytes.prefix(Self.codeByteCount)), diskSignature: diskSignature, partitions: partitions)
    }

    /// The bytes of the sector.
    var bytes: [UInt8] {
        var bytes = Array(code.prefix(Self.codeByteCount))
        bytes += [UInt8](repeating: 0, count: Self.codeByteCount - bytes.count)
        bytes.append(littleEndian: diskSignature)
        bytes += [0, 0]
        for partition in partitions.prefix(Self.entryCount) { bytes += Self.entry(partition) }
        bytes += [UInt8](repeating: 0, count: Self.signatureOffset - bytes.count)
        return bytes + Self.signature
    }

    private static func entry(_ partition: Partition) -> [UInt8] {
        guard case .mbr(let type) = partition.type else { return [UInt8](repeating: 0, count: entryByteCount) }
        var bytes: [UInt8] = [partition.isActive ? active : 0]
        bytes += address(ofSector: partition.firstSector)
        bytes.append(type)
        bytes += address(ofSector: partition.firstSector + partition.sectorCount - 1)
        bytes.append(littleEndian: UInt32(clamping: partition.firstSector))
        bytes.append(littleEndian: UInt32(clamping: partition.sectorCount))
        return bytes
    }

    /// Cylinder, head and sector in three bytes; the highest values stand for everything beyond 8 GiB.
    private static func address(ofSector sector: Int64) -> [UInt8] {
        let cylinder = sector / (headCount * sectorsPerTrack)
        guard cylinder < cylinderLimit else { return [0xFE, 0xFF, 0xFF] }
        let head = sector / sectorsPerTrack % headCount
        let number = sector % sectorsPerTrack + 1
        return [UInt8(head), UInt8(number | (cylinder >> 8) << 6), UInt8(truncatingIfNeeded: cylinder)]
    }
}
