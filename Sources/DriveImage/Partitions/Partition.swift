// SPDX-License-Identifier: GPL-3.0-or-later

/// What a partition is for.
public enum PartitionType: Sendable, Equatable {
    /// The type byte of a master boot record's entry.
    case mbr(UInt8)
    /// The type GUID of an entry in a GUID partition table.
    case gpt(PartitionGUID)

    /// FAT32, read by sector number (Microsoft's PARTITION_FAT32_XINT13).
    static let fat32LBA = PartitionType.mbr(0x0C)
    /// NTFS or exFAT (Microsoft's PARTITION_IFS).
    static let installableFileSystem = PartitionType.mbr(0x07)
    /// The recovery environment of Windows (Microsoft's PARTITION_MSFT_RECOVERY).
    static let recovery = PartitionType.mbr(0x27)
    /// All of a drive that a GUID partition table describes (UEFI 2.10, table 5.4).
    static let protective = PartitionType.mbr(0xEE)
}

/// A partition of a drive.
public struct Partition: Sendable, Equatable {
    /// What it is for.
    public let type: PartitionType
    /// Its first byte on the drive.
    public let offset: Int64
    /// Its size in bytes.
    public let byteCount: Int64
    /// True for the partition that a BIOS starts.
    public let isActive: Bool
    /// Its own GUID in a GUID partition table.
    public let guid: PartitionGUID?
    /// Its name in a GUID partition table.
    public let name: String
    /// Its attributes in a GUID partition table (UEFI 2.10, table 5.8).
    let attributes: UInt64

    init(
        type: PartitionType, offset: Int64, byteCount: Int64, isActive: Bool = false, guid: PartitionGUID? = nil,
        name: String = "", attributes: UInt64 = 0
    ) {
        self.type = type
        self.offset = offset
        self.byteCount = byteCount
        self.isActive = isActive
        self.guid = guid
        self.name = name
        self.attributes = attributes
    }

    /// The same with another name.
    func renamed(_ name: String) -> Partition {
        Partition(
            type: type, offset: offset, byteCount: byteCount, isActive: isActive, guid: guid, name: name,
            attributes: attributes)
    }

    /// True for the partition that UEFI looks for.
    public var isEFISystem: Bool { type == .gpt(.efiSystem) }

    /// True for one whose volume users see: for Windows or data.
    public var isForData: Bool {
        switch type {
        case .mbr: [.installableFileSystem, .fat32LBA].contains(type) && !isActive
        case .gpt(let guid): guid == .basicData
        }
    }

    /// The bytes of the drive that it takes.
    public var range: Range<Int64> { offset..<offset + byteCount }

    /// Its first sector.
    var firstSector: Int64 { offset / Int64(Sector.byteCount) }
    /// Its number of sectors.
    var sectorCount: Int64 { byteCount / Int64(Sector.byteCount) }
}

/// The unit that drives are read and written in.
enum Sector {
    /// Bytes of a sector: the only size that a BIOS reads and that our boot sectors know.
    static let byteCount = 512
}

/// The unit that partitions and the data of volumes begin and end on.
enum Alignment {
    /// One mebibyte, as Windows aligns since Vista and as every flash drive's blocks divide.
    static let byteCount: Int64 = 1 << 20
    /// The same in sectors.
    static let sectorCount = byteCount / Int64(Sector.byteCount)

    /// `value` rounded down to a multiple of `unit`.
    static func down(_ value: Int64, to unit: Int64 = byteCount) -> Int64 { value - value % unit }
    /// `value` rounded up to a multiple of `unit`; far below the limits of its type.
    static func up(_ value: Int64, to unit: Int64 = byteCount) -> Int64 { down(value + unit - 1, to: unit) }
}
