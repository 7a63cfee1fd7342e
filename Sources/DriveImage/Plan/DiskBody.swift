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

/// The one pass over a FAT32 volume: reserved sectors, FATs, directories, contents, in the order of the drive.
///
/// Every byte of ``range`` is written; what lies between segments is zero.
struct DiskBody: Sequence {
    let volume: FATVolumeLayout

    /// Bytes at the start of a volume that are written once more, whole, when all else is safe: its boot record and the
    /// copy of that lie in it.
    static let bootBlockByteCount = 4096
    /// The reserved sectors that say something end here; with the boot record's code and its copy.
    static let reservedByteCount = 2 * bootBlockByteCount

    /// From the start of the volume to the end of the last file, in whole pages.
    var range: Range<Int64> {
        let start = volume.range.lowerBound
        return start..<start + Alignment.up(volume.endOfUsedClusters - start, to: Int64(Self.bootBlockByteCount))
    }

    /// The bytes of it that are not zero for sure.
    var segmentByteCount: Int64 { reduce(0) { $0 + Int64($1.range.count) } }

    func makeIterator() -> AnyIterator<DiskSegment> {
        let volume = volume
        let start = volume.range.lowerBound
        let tables = (0..<FATGeometry.fatCount).lazy.map { number in
            let sector = volume.geometry.reservedSectorCount + number * volume.geometry.sectorsPerFAT
            let offset = start + sector * Int64(Sector.byteCount)
            return DiskSegment(content: .table, range: offset..<offset + volume.clusters.tableByteCount)
        }
        let folders = volume.tree.folders.indices.lazy.map {
            DiskSegment(content: .folder($0), range: volume.range(ofFolder: $0))
        }
        let files = volume.files.indices.lazy.map {
            DiskSegment(content: .file($0), range: volume.range(ofFile: $0))
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

extension FATVolumeLayout {
    /// The one pass over the volume.
    var body: DiskBody { DiskBody(volume: self) }
}
