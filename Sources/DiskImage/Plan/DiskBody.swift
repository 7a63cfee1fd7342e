// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A run of bytes that the front-to-back pass writes.
struct DiskSegment: Equatable {
    /// What the bytes are.
    enum Content: Equatable {
        /// The first sectors of the volume, without what makes it bootable.
        case reservedSectors
        /// The used start of a FAT.
        case table
        /// The directory of a folder.
        case folder(Int)
        /// A file, which may be empty.
        case file(Int)
    }

    let content: Content
    let range: Range<Int64>
}

/// The one pass over the boot partition: reserved sectors, FATs, directories, contents, in the order of the drive.
///
/// Every byte of ``range`` is written; what lies between segments is zero.
struct DiskBody: Sequence {
    let layout: DiskLayout

    /// Bytes at the start of a volume that are written once more, whole, when all else is safe: its boot record and the
    /// copy of that lie in it.
    static let bootBlockByteCount = 4096
    /// The reserved sectors that say something end here; with the boot record's code and its copy.
    static let reservedByteCount = 2 * bootBlockByteCount

    /// From the start of the boot partition to the end of the last file, in whole pages.
    var range: Range<Int64> {
        let start = layout.bootPartition.lowerBound
        return start..<start + Alignment.up(layout.endOfUsedClusters - start, to: Int64(Self.bootBlockByteCount))
    }

    /// The bytes of it that are not zero for sure.
    var segmentByteCount: Int64 { reduce(0) { $0 + Int64($1.range.count) } }

    func makeIterator() -> AnyIterator<DiskSegment> {
        let layout = layout
        let start = layout.bootPartition.lowerBound
        let tables = (0..<FATGeometry.fatCount).lazy.map { number in
            let sector = layout.geometry.reservedSectorCount + number * layout.geometry.sectorsPerFAT
            let offset = start + sector * Int64(Sector.byteCount)
            return DiskSegment(content: .table, range: offset..<offset + layout.clusters.tableByteCount)
        }
        let folders = layout.tree.folders.indices.lazy.map {
            DiskSegment(content: .folder($0), range: layout.range(ofFolder: $0))
        }
        let files = layout.description.files.indices.lazy.map {
            DiskSegment(content: .file($0), range: layout.range(ofFile: $0))
        }
        let reserved = DiskSegment(content: .reservedSectors, range: start..<start + Int64(Self.reservedByteCount))
        return AnyIterator(
            [[reserved], Array(tables)].joined().makeIterator().followed(by: folders).followed(by: files))
    }
}

extension IteratorProtocol {
    /// The elements of this iterator, then those of `other`.
    fileprivate func followed<Other: Sequence>(by other: Other) -> AnyIterator<Element>
    where Other.Element == Element {
        var first = self
        var second = other.makeIterator()
        return AnyIterator { first.next() ?? second.next() }
    }
}

/// Bytes for one place of a drive.
struct DiskPiece: Equatable {
    let offset: Int64
    let bytes: [UInt8]
}

extension DiskLayout {
    /// The one pass over the boot partition.
    var body: DiskBody { DiskBody(layout: self) }

    /// What is zeroed before anything else: every structure that could make the drive boot, or be taken for something
    /// else, at its start and at its end.
    ///
    /// The first mebibyte holds old partition tables and most signatures of file systems, volume managers and RAIDs;
    /// the second the old boot record of a volume like ours; the last the backup of a GUID partition table and the
    /// signatures that lie at the end.
    var wipedRanges: [Range<Int64>] {
        let end = Alignment.down(description.deviceByteCount, to: Int64(Sector.byteCount))
        let front = 0..<min(2 * Alignment.byteCount, end)
        let back = Swift.max(front.upperBound, Alignment.down(end - Alignment.byteCount, to: pageByteCount))..<end
        return back.isEmpty ? [front] : [front, back]
    }

    private var pageByteCount: Int64 { Int64(DiskBody.bootBlockByteCount) }

    /// What makes the drive boot, each step to be safe on the drive before the next begins: the boot record of the
    /// volume, the backup of the partition table, and last the block that holds the first sector.
    var bootPieces: [DiskPiece] {
        let volume = DiskPiece(
            offset: bootPartition.lowerBound,
            bytes: bootSector.start(byteCount: DiskBody.bootBlockByteCount, isBootable: true))
        let code = BootSectors.masterBootRecord ?? []
        switch partitionTable.scheme {
        case .mbr:
            let record = MasterBootRecord(
                code: code, diskSignature: description.identity.diskSignature, partitions: partitionTable.partitions)
            return [volume, block(0, record.bytes)]
        case .gpt:
            let sectorCount = description.deviceByteCount / Int64(Sector.byteCount)
            let table = GUIDPartitionTable(
                disk: description.identity.disk, deviceSectorCount: sectorCount,
                partitions: partitionTable.partitions)
            let backup = table.backup
            let offset = sectorCount * Int64(Sector.byteCount) - Int64(backup.count)
            // The entries of the primary copy that are in use lie in the first block, with both headers.
            let primary = table.protectiveRecord(code: code).bytes + table.primary
            return [volume, block(offset, backup), block(0, Array(primary.prefix(DiskBody.bootBlockByteCount)))]
        }
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
