// SPDX-License-Identifier: GPL-3.0-or-later

internal import CBootSectors

/// The boot code that a BIOS starts, assembled from Sources/CBootSectors.
enum BootSectors {
    /// The code of a master boot record, 440 bytes; nil when the program was built on something else than a PC.
    static let masterBootRecord = bytes(tsm_master_boot_record(), Int(TSM_MASTER_BOOT_RECORD_SIZE))

    /// The first and the third sector of a FAT32 volume, without the parameter block; nil as above.
    static let fat32 = bytes(tsm_fat32_boot_record(), Int(TSM_FAT32_BOOT_RECORD_SIZE))

    /// The first sectors of an NTFS volume, without the parameter block; nil as above.
    static let ntfs = bytes(tsm_ntfs_boot_record(), Int(TSM_NTFS_BOOT_RECORD_SIZE))

    private static func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8]? {
        start.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    }
}
