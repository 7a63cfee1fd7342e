// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What makes a drive of the image of a disc (``HybridDisk``), read without trusting it.
public struct HybridStructures: Sendable {
    /// The image, without what is behind it on a drive that has more bytes.
    private let source: Image
    /// The bytes of all of the drive.
    private let driveByteCount: Int64
    private let primary: [Partition]?
    private let backup: [Partition]?
    /// The volume that a drive is read through; nil when nothing leads to it.
    public let volume: FATVolume?

    /// As many bytes of a drive as the image has.
    private struct Image: ByteSource {
        let source: any ByteSource
        let byteCount: Int64

        func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]? {
            guard length >= 0, offset <= byteCount, Int64(length) <= byteCount - offset else { return nil }
            return try source.bytes(at: offset, length: length)
        }
    }

    /// Looks at the first `byteCount` bytes of `source`; nil for a disc that is no drive.
    ///
    /// One trace is enough, so that no damage to one part makes a plain disc of it: a protective record, or the signature of
    /// one of the two tables.
    ///
    /// - Throws: `FileError` when it cannot be read.
    public init?(_ source: any ByteSource, byteCount: Int64) throws(FileError) {
        let image = Image(source: source, byteCount: min(byteCount, source.byteCount))
        let last = image.byteCount / Int64(Sector.byteCount) - 1
        let record = try image.bytes(at: 0, length: Sector.byteCount).flatMap { MasterBootRecord($0) }
        let isProtected = record?.partitions.contains { $0.type == .protective } ?? false
        let isSigned = try GUIDPartitionTable.isSigned(image, header: GUIDPartitionTable.primaryHeaderSector)
        let isSignedAtEnd = try GUIDPartitionTable.isSigned(image, header: last)
        guard isProtected || isSigned || isSignedAtEnd else { return nil }
        self.source = image
        driveByteCount = source.byteCount
        primary = try GUIDPartitionTable.partitions(of: image, header: GUIDPartitionTable.primaryHeaderSector)
        // Somebody may have moved it to the end of a larger drive.
        backup =
            primary == nil
            ? try GUIDPartitionTable.partitions(of: image, header: last)
            : try GUIDPartitionTable.backup(of: Image(source: source, byteCount: source.byteCount))
        let partition = (primary ?? backup)?.first
        volume = try partition.flatMap { partition throws(FileError) in
            try FATVolume(image, at: partition.offset)
        }
    }

    /// The parts that are not as we write them, on a disc with `identity`; each once.
    ///
    /// - Throws: `FileError` when it cannot be read.
    public func damagedParts(_ identity: DiskIdentity) throws(FileError) -> [DrivePart] {
        var parts: [DrivePart] = []
        if try !hasRecord(identity) { parts.append(.protectiveRecord) }
        let isPrimarySound = primary.map { Self.isOurs($0, identity) } ?? false
        if !isPrimarySound { parts.append(.primaryTable) }
        if backup == nil || isPrimarySound && backup != primary { parts.append(.backupTable) }
        guard let volume, volume.shape.kind == .fat32, let frame = try? VolumeFrame(volume),
            volume.serial == UInt32(truncatingIfNeeded: identity.volumeSerial(ofPartition: 1)), try isBootRecordSound()
        else { return parts + [.volume] }
        if try !frame.unequalTableRanges(in: source).isEmpty { parts.append(.tableCopies) }
        return parts
    }

    private static func isOurs(_ partitions: [Partition], _ identity: DiskIdentity) -> Bool {
        partitions.count == 1 && partitions[0].type == .gpt(.basicData) && partitions[0].guid == identity.partition(1)
    }

    /// True when the first sector says what keeps others from taking the drive for empty (UEFI 2.10, 5.2.3).
    private func hasRecord(_ identity: DiskIdentity) throws(FileError) -> Bool {
        guard let first = try source.bytes(at: 0, length: Sector.byteCount) else { return false }
        return [source.byteCount, driveByteCount].contains { byteCount in
            let table = GUIDPartitionTable(
                disk: identity.disk, deviceSectorCount: byteCount / Int64(Sector.byteCount), partitions: [])
            // A program that was built for no PC has no code.
            return [BootSectors.masterBootRecord ?? [], []].contains {
                table.protectiveRecord(code: $0).bytes == first
            }
        }
    }

    /// True when the boot record is what its copy is, and the sector that it goes on in; FSInfo changes.
    private func isBootRecordSound() throws(FileError) -> Bool {
        guard let volume else { return false }
        for sector in [0, FATBootSector.secondSector] {
            let offset = volume.offset + Int64(sector * Sector.byteCount)
            let copy = offset + Int64(FATBootSector.copyOffset * Sector.byteCount)
            guard let bytes = try source.bytes(at: offset, length: Sector.byteCount),
                try source.bytes(at: copy, length: Sector.byteCount) == bytes
            else { return false }
        }
        return true
    }
}
