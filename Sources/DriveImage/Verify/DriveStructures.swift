// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The code by which a BIOS starts a drive that we wrote.
public enum BootCode {
    /// A part of it.
    public enum Part: String, Sendable, CaseIterable {
        /// The first sector of the drive.
        case masterBootRecord = "master boot record"
        /// The first and the third sector of the volume that is started.
        case volume = "boot record"
    }

    private static let jumpByteCount = 3

    /// True when the drive has the signature of one of `identities`, or no code at all and a volume with their serial
    /// number: who wipes the first sector wipes the signature with the code.
    private static func isOurs(
        _ identities: [DiskIdentity], _ record: MasterBootRecord, _ source: some ByteSource
    ) throws(FileError) -> Bool {
        if identities.contains(where: { $0.diskSignature == record.diskSignature }) { return true }
        // Others who divide a drive bring code of their own.
        guard record.code.allSatisfy({ $0 == 0 }) else { return false }
        for (index, partition) in record.partitions.enumerated() where partition.isActive {
            guard let volume = try FATVolume(source, at: partition.offset) else { continue }
            return identities.contains {
                UInt32(truncatingIfNeeded: $0.volumeSerial(ofPartition: index + 1)) == volume.serial
            }
        }
        return false
    }

    /// The parts that are not as we write them; none for a drive that has none of `identities`, which others wrote.
    ///
    /// - Parameter source: a drive with a master boot record; of other drives nothing is said.
    /// - Throws: `FileError`.
    public static func damagedParts(
        of source: some ByteSource, identities: [DiskIdentity]
    ) throws(FileError) -> [Part] {
        guard let first = try source.bytes(at: 0, length: Sector.byteCount), let record = MasterBootRecord(first),
            try PartitionTable(source)?.scheme == .mbr,
            try isOurs(identities, record, source), let code = BootSectors.masterBootRecord,
            let volumeCode = BootSectors.fat32
        else { return [] }
        // Without an active partition the code starts nothing.
        guard let active = record.partitions.first(where: \.isActive) else { return [.masterBootRecord] }
        var damaged: [Part] = []
        let padded = code + [UInt8](repeating: 0, count: record.code.count - code.count)
        if record.code != padded { damaged.append(.masterBootRecord) }
        // Volumes of other file systems bring their own.
        guard try FATVolume(source, at: active.offset) != nil else { return damaged }
        let third = Int64(FATBootSector.secondSector * Sector.byteCount)
        guard let start = try source.bytes(at: active.offset, length: Sector.byteCount),
            let rest = try source.bytes(at: active.offset + third, length: volumeCode.count - Sector.byteCount)
        else { return damaged }
        let range = FATBootSector.codeOffset..<MasterBootRecord.signatureOffset
        if start.prefix(jumpByteCount) != FATBootSector.jump[...] || start[range] != volumeCode[range]
            || rest[...] != volumeCode[Sector.byteCount...]
        {
            damaged.append(.volume)
        }
        return damaged
    }
}
