// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A GUID of a partition table: of a type, a disk or a partition.
public struct PartitionGUID: Sendable, Hashable, CustomStringConvertible {
    /// The GUID itself.
    public let guid: GUID

    /// The partition holds data that Windows gives a drive letter: EBD0A0A2-B9E5-4433-87C0-68B6B72699C7
    /// (PARTITION_BASIC_DATA_GUID of the Windows SDK).
    public static let basicData = PartitionGUID(
        [0xEB, 0xD0, 0xA0, 0xA2, 0xB9, 0xE5, 0x44, 0x33, 0x87, 0xC0, 0x68, 0xB6, 0xB7, 0x26, 0x99, 0xC7])
    /// UEFI looks for loaders in the partition: C12A7328-F81F-11D2-BA4B-00A0C93EC93B (UEFI 2.10, table 5.7).
    static let efiSystem = PartitionGUID(
        [0xC1, 0x2A, 0x73, 0x28, 0xF8, 0x1F, 0x11, 0xD2, 0xBA, 0x4B, 0x00, 0xA0, 0xC9, 0x3E, 0xC9, 0x3B])
    /// The partition is kept for Windows: E3C9E316-0B5C-4DB8-817D-F92DF00215AE (PARTITION_MSFT_RESERVED_GUID).
    static let microsoftReserved = PartitionGUID(
        [0xE3, 0xC9, 0xE3, 0x16, 0x0B, 0x5C, 0x4D, 0xB8, 0x81, 0x7D, 0xF9, 0x2D, 0xF0, 0x02, 0x15, 0xAE])
    /// The partition holds the recovery environment of Windows: DE94BBA4-06D1-4D40-A16A-BFD50179D6AC
    /// (PARTITION_MSFT_RECOVERY_GUID).
    static let recovery = PartitionGUID(
        [0xDE, 0x94, 0xBB, 0xA4, 0x06, 0xD1, 0x4D, 0x40, 0xA1, 0x6A, 0xBF, 0xD5, 0x01, 0x79, 0xD6, 0xAC])
    /// The entry of the table is not in use (UEFI 2.10, table 5.7).
    static let unused = PartitionGUID([UInt8](repeating: 0, count: GUID.byteCount))

    private init(_ bytes: [UInt8]) { guid = GUID(bytes) }

    /// A GUID of version 8, which is for values of one's own making (RFC 9562 5.8), from the first 16 of `bytes`.
    init(custom bytes: [UInt8]) { guid = GUID(custom: bytes) }

    /// The GUID that is stored in `stored`, or nil when these are not 16 bytes.
    init?(stored: ArraySlice<UInt8>) {
        guard let guid = GUID(stored: stored) else { return nil }
        self.guid = guid
    }

    /// The bytes as they are stored: the first three groups are little-endian (UEFI 2.10, appendix A).
    var stored: [UInt8] { guid.stored }

    /// The text form, upper case.
    public var description: String { guid.text(.upper) }
}
