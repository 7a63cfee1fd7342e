// SPDX-License-Identifier: GPL-3.0-or-later

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
