// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A partition as boot managers name it in a BCD store.
public enum BootDevice: Sendable, Equatable {
    /// A partition of a disk with a GUID partition table.
    case gpt(disk: GUID, partition: GUID)
    /// A partition of a disk with a master boot record: the disk's signature, and where the partition begins, in bytes.
    case mbr(diskSignature: UInt32, offset: UInt64)

    /// A device that is a partition, and what is said of it: its size here is that of all but the object before it.
    private static let partitionType: UInt32 = 6
    private static let byteCount: UInt32 = 0x48
    /// The disk is named by its GUID (0) or its signature (1).
    private static let gptStyle: UInt32 = 0
    private static let mbrStyle: UInt32 = 1

    /// The value of a device element: an object's GUID (none), then the device
    /// (docs/formats/bcd.md section 3; seen in stores of Windows, tried with no real boot manager).
    var element: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: GUID.byteCount)
        for number in [Self.partitionType, 0, Self.byteCount, 0] { bytes.append(littleEndian: number) }
        switch self {
        case .gpt(let disk, let partition):
            bytes += partition.stored
            // A hard disk, and how it is named.
            for number in [0, Self.gptStyle] as [UInt32] { bytes.append(littleEndian: number) }
            bytes += disk.stored
        case .mbr(let signature, let offset):
            bytes.append(littleEndian: offset)
            bytes.append(littleEndian: UInt64(0))
            for number in [0, Self.mbrStyle, signature, 0, 0, 0] as [UInt32] { bytes.append(littleEndian: number) }
        }
        return bytes + [UInt8](repeating: 0, count: 16)
    }
}
