// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// How a drive is divided.
public enum PartitionScheme: String, Sendable, Codable, CaseIterable {
    /// A master boot record with one active partition: a BIOS starts it, and UEFI does.
    case mbr
    /// A GUID partition table: UEFI starts it.
    case gpt

    /// Where the last partition may end on a drive of `byteCount` bytes, on a mebibyte.
    func endOfPartitions(onDriveOf byteCount: Int64) -> Int64 {
        let tail = self == .gpt ? GUIDPartitionTable.backupSectorCount : 0
        return Alignment.down((byteCount / Int64(Sector.byteCount) - tail) * Int64(Sector.byteCount))
    }

    /// How far partitions may reach, on a mebibyte: a master boot record counts sectors in 32 bits.
    var reach: Int64 {
        switch self {
        case .mbr: Alignment.down(Int64(UInt32.max) * Int64(Sector.byteCount))
        case .gpt: .max
        }
    }
}

/// A file as the layout sees it: it has a size, its bytes come later.
public struct DiskFile: Sendable, Equatable {
    /// Where the file is on the drive.
    public let path: MediaPath
    /// Its size in bytes.
    public let byteCount: Int64
    /// Its modification time; FAT keeps it to two seconds, from 1980 to 2107, and we write it in UTC.
    public let modified: Timestamp
    /// The directory records that a file has already, which is not ours and stays as it is; empty for one of ours.
    var records: [UInt8] = []

    /// Describes a file.
    public init(path: MediaPath, byteCount: Int64, modified: Timestamp) {
        self.path = path
        self.byteCount = byteCount
        self.modified = modified
    }
}

/// Everything that decides the bytes of a drive besides the content of its files.
public struct DiskDescription: Sendable, Equatable {
    /// How the drive is divided.
    public var scheme: PartitionScheme
    /// The label of the boot partition's volume.
    public var label: FATLabel
    /// The numbers by which operating systems know the drive.
    public var identity: DiskIdentity
    /// The files, in the order in which their content lies on the drive.
    public var files: [DiskFile]
    /// Folders that must exist even when they are empty.
    public var folders: [MediaPath]
    /// The time of the folders and of the volume label.
    public var created: Timestamp
    /// The size of the drive in bytes.
    public var deviceByteCount: Int64
    /// The size of a logical sector of the drive in bytes; only 512 can be laid out.
    public var sectorByteCount: Int
    /// The size of the boot partition in bytes, rounded up to mebibytes; the rest of the drive becomes a data
    /// partition.
    ///
    /// Nil for a boot partition that takes the whole drive.
    public var bootPartitionByteCount: Int64?

    /// Describes a drive.
    public init(
        scheme: PartitionScheme, label: FATLabel, identity: DiskIdentity, files: [DiskFile], folders: [MediaPath],
        created: Timestamp, deviceByteCount: Int64, sectorByteCount: Int = 512, bootPartitionByteCount: Int64? = nil
    ) {
        self.scheme = scheme
        self.label = label
        self.identity = identity
        self.files = files
        self.folders = folders
        self.created = created
        self.deviceByteCount = deviceByteCount
        self.sectorByteCount = sectorByteCount
        self.bootPartitionByteCount = bootPartitionByteCount
    }
}
