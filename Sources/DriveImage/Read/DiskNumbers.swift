// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The numbers by which operating systems know a disk that somebody has divided.
public struct DiskNumbers: Sendable, Equatable {
    private static let signatureOffset: Int64 = 440
    /// The disk's GUID in the header of a GUID partition table (UEFI 2.10, table 5.5).
    private static let guidOffset: Int64 = 56

    /// The signature in the master boot record; 0 where there is none.
    public let signature: UInt32
    /// The GUID of a disk with a GUID partition table; nil for another.
    public let guid: PartitionGUID?

    /// Reads the numbers of the disk in `source`.
    ///
    /// - Throws: `FileError` when it cannot be read.
    public init(_ source: some ByteSource) throws(FileError) {
        let signature = try source.bytes(at: Self.signatureOffset, length: 4)
        self.signature = signature.flatMap { ByteReader($0).littleEndian(at: 0) } ?? 0
        let header = GUIDPartitionTable.primaryHeaderSector
        guard try GUIDPartitionTable.isSigned(source, header: header) else {
            guid = nil
            return
        }
        let place = header * Int64(Sector.byteCount) + Self.guidOffset
        guid = try source.bytes(at: place, length: GUID.byteCount).flatMap { PartitionGUID(stored: $0[...]) }
    }
}
