// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// How large a drive says that it is, by what it begins with.
public enum ClaimedSize {
    /// Where the last partition of the drive in `source` ends, or the volume of one without partitions, in bytes; nil when
    /// it begins with neither.
    ///
    /// ``PartitionTable`` leaves out what lies beyond the end: this tells that something does.
    ///
    /// - Throws: `FileError` when the drive cannot be read.
    public static func byteCount(of source: some ByteSource) throws(FileError) -> Int64? {
        guard let sector = try source.bytes(at: 0, length: Sector.byteCount) else { return nil }
        // The sector of a volume ends like that of a table, and may be read as one without partitions.
        if let volume = volumeByteCount(ByteReader(sector)) { return volume }
        guard let record = MasterBootRecord(sector) else { return nil }
        let listed =
            try record.partitions.contains { $0.type == .protective }
            ? GUIDPartitionTable.partitions(of: source) : nil
        return (listed ?? record.partitions).map(\.range.upperBound).max()
    }

    /// The size of the FAT volume that begins with `sector`.
    private static func volumeByteCount(_ sector: ByteReader) -> Int64? {
        guard FATVolume.Shape(sector, at: 0, sourceByteCount: .max) != nil,
            let unit: UInt16 = sector.littleEndian(at: 11), let small: UInt16 = sector.littleEndian(at: 19),
            let large: UInt32 = sector.littleEndian(at: 32)
        else { return nil }
        return (small > 0 ? Int64(small) : Int64(large)) * Int64(unit)
    }
}
