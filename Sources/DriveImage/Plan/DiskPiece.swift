// SPDX-License-Identifier: GPL-3.0-or-later

/// Bytes for one place of a drive.
public struct DiskPiece: Sendable, Equatable {
    /// Bytes from the start of the drive.
    public let offset: Int64
    /// What belongs there.
    public let bytes: [UInt8]
}

extension DiskLayout {
    /// Pieces of a file allocation table have so many bytes.
    private static let tablePieceByteCount: Int64 = 1 << 20

    /// How many bytes all that ``forEachPiece(_:)`` shows has together.
    public var structureByteCount: Int64 {
        fatVolumes.reduce(Int64(firstBlock.bytes.count + (backupTable?.bytes.count ?? 0))) { sum, volume in
            volume.body.reduce(sum) { sum, segment in
                if case .file = segment.content { sum } else { sum + Int64(segment.range.count) }
            }
        }
    }

    /// Shows everything of the drive that is no content of a file to `body`, made as it is shown; NTFS volumes are not
    /// among it.
    public func forEachPiece(_ body: (DiskPiece) throws -> Void) rethrows {
        for volume in fatVolumes {
            var structures = StructureBytes(volume)
            for segment in volume.body {
                switch segment.content {
                case .file: continue
                case .reservedSectors:
                    try body(
                        DiskPiece(
                            offset: segment.range.lowerBound,
                            bytes: volume.bootSector.start(byteCount: segment.range.count, isBootable: true)))
                case .table, .folder:
                    var position = segment.range.lowerBound
                    while position < segment.range.upperBound {
                        let count = Swift.min(Self.tablePieceByteCount, segment.range.upperBound - position)
                        let bytes = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
                            let raw = UnsafeMutableRawBufferPointer(buffer)
                            structures.fill(raw, with: segment.content, from: position - segment.range.lowerBound)
                            initialized = raw.count
                        }
                        try body(DiskPiece(offset: position, bytes: bytes))
                        position += count
                    }
                }
            }
        }
        for piece in [backupTable].compactMap({ $0 }) + [firstBlock] { try body(piece) }
    }
}

extension DiskLayout {
    /// What is zeroed before anything else: every structure that could make the drive boot, or be taken for something
    /// else, at its start and at its end.
    ///
    /// The first mebibyte holds old partition tables and most signatures of file systems, volume managers and RAIDs;
    /// the second the old boot record of a volume like ours; the last the backup of a GUID partition table and the
    /// signatures that lie at the end.
    var wipedRanges: [Range<Int64>] {
        let end = Alignment.down(deviceByteCount, to: Int64(Sector.byteCount))
        let front = 0..<Swift.min(2 * Alignment.byteCount, end)
        let back = Swift.max(front.upperBound, Alignment.down(end - Alignment.byteCount, to: pageByteCount))..<end
        return back.isEmpty ? [front] : [front, back]
    }

    private var pageByteCount: Int64 { Int64(DiskBody.bootBlockByteCount) }

    /// The first mebibyte of each partition: an old volume there would be taken for the new one.
    var partitionStarts: [Range<Int64>] {
        partitionTable.partitions.map { $0.offset..<$0.offset + Swift.min($0.byteCount, Alignment.byteCount) }
    }

    /// What makes the drive boot, each step to be safe on the drive before the next begins: the boot records of the
    /// FAT32 volumes, the backup of the partition table, and last the block that holds the first sector.
    var bootPieces: [DiskPiece] {
        fatVolumes.map { volume in
            DiskPiece(
                offset: volume.range.lowerBound,
                bytes: volume.bootSector.start(byteCount: DiskBody.bootBlockByteCount, isBootable: true))
        } + [backupTable].compactMap { $0 } + [firstBlock]
    }

    /// The block that holds the first sector, and with a GUID partition table the entries that are in use.
    var firstBlock: DiskPiece {
        let code = BootSectors.masterBootRecord ?? []
        switch partitionTable.scheme {
        case .mbr:
            let record = MasterBootRecord(
                code: code, diskSignature: identity.diskSignature, partitions: partitionTable.partitions)
            return block(0, record.bytes)
        case .gpt:
            // The entries of the primary copy that are in use lie in the first block, with both headers.
            let primary = guidTable.protectiveRecord(code: code).bytes + guidTable.primary
            return block(0, Array(primary.prefix(DiskBody.bootBlockByteCount)))
        }
    }

    /// The copy of a GUID partition table at the end of the drive.
    var backupTable: DiskPiece? {
        guard partitionTable.scheme == .gpt else { return nil }
        let backup = guidTable.backup
        let end = guidTable.deviceSectorCount * Int64(Sector.byteCount)
        return block(end - Int64(backup.count), backup)
    }

    private var guidTable: GUIDPartitionTable {
        GUIDPartitionTable(
            disk: identity.disk, deviceSectorCount: deviceByteCount / Int64(Sector.byteCount),
            partitions: partitionTable.partitions)
    }

    /// `bytes` at `offset`, with zeros before them so that they begin on a page, and behind them at the start of the
    /// drive.
    private func block(_ offset: Int64, _ bytes: [UInt8]) -> DiskPiece {
        let start = Alignment.down(offset, to: pageByteCount)
        let front = [UInt8](repeating: 0, count: Int(offset - start))
        let back = offset == 0 ? [UInt8](repeating: 0, count: DiskBody.bootBlockByteCount - bytes.count) : []
        return DiskPiece(offset: start, bytes: front + bytes + back)
    }
}
