// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What leads to the files of a drive: boot code, partitions and tables.
public enum DriveStructures {
    private static let jumpByteCount = 3
    /// FAT32 by cylinders, which some formatters write (Microsoft's PARTITION_FAT32).
    private static let fat32 = PartitionType.mbr(0x0B)

    /// The parts that are damaged, each once.
    ///
    /// Boot code and the type of the partition are looked at on drives that we wrote; both copies of a GUID partition
    /// table and of a file allocation table, and what every FAT32 volume says of itself, on every drive.
    ///
    /// - Parameters:
    ///   - source: a drive, a partition, or the image of one.
    ///   - volumes: the FAT volumes in it.
    ///   - identities: those with which we would have written it.
    ///   - comparesTables: whether the copies of file allocation tables are compared.
    /// - Throws: `FileError`.
    public static func damagedParts(
        of source: some ByteSource, volumes: [FATVolume], identities: [DiskIdentity], comparesTables: Bool = true
    ) throws(FileError) -> [DrivePart] {
        var parts = try damagedStart(of: source, identities)
        if let copies = try GUIDPartitionTable.soundCopies(of: source) {
            if !copies.primary { parts.append(.primaryTable) }
            if !copies.backup { parts.append(.backupTable) }
        }
        let frames = volumes.compactMap { try? VolumeFrame($0) }
        for frame in frames where try !FATSectorCheck(frame).isSound(in: source) {
            parts.append(.volumeSectors)
            break
        }
        for frame in frames where comparesTables {
            if try !frame.unequalTableRanges(in: source).isEmpty {
                parts.append(.tableCopies)
                break
            }
        }
        return parts
    }

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

    /// The parts by which a BIOS starts the drive that are not as we write them; none for a drive that has none of
    /// `identities`, which others wrote.
    private static func damagedStart(
        of source: some ByteSource, _ identities: [DiskIdentity]
    ) throws(FileError) -> [DrivePart] {
        guard let first = try source.bytes(at: 0, length: Sector.byteCount), let record = MasterBootRecord(first),
            try PartitionTable(source)?.scheme == .mbr,
            try isOurs(identities, record, source), let code = BootSectors.masterBootRecord,
            let volumeCode = BootSectors.fat32
        else { return [] }
        // Without an active partition the code starts nothing.
        guard let active = record.partitions.first(where: \.isActive) else { return [.masterBootRecord] }
        var damaged: [DrivePart] = []
        let padded = code + [UInt8](repeating: 0, count: record.code.count - code.count)
        if record.code != padded { damaged.append(.masterBootRecord) }
        // Volumes of other file systems bring their own.
        guard try FATVolume(source, at: active.offset) != nil else { return damaged }
        if ![.fat32LBA, fat32].contains(active.type) { damaged.append(.partitionType) }
        let third = Int64(FATBootSector.secondSector * Sector.byteCount)
        guard let start = try source.bytes(at: active.offset, length: Sector.byteCount),
            let rest = try source.bytes(at: active.offset + third, length: volumeCode.count - Sector.byteCount)
        else { return damaged }
        let range = FATBootSector.codeOffset..<MasterBootRecord.signatureOffset
        if start.prefix(jumpByteCount) != FATBootSector.jump[...] || start[range] != volumeCode[range]
            || rest[...] != volumeCode[Sector.byteCount...]
        {
            damaged.append(.bootRecord)
        }
        return damaged
    }
}
