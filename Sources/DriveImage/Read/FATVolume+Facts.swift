// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension FATVolume {
    /// A file or folder with all that the volume keeps of it.
    public struct Facts: Sendable {
        /// What every entry says.
        public let entry: Entry
        /// The name; empty where it cannot be told.
        public let name: String
        /// The short name where the entry has a long one besides; empty where the name is the short one.
        public let shortName: String
        /// Read-only 1, hidden 2, system 4, folder 16, archive 32, as Windows numbers them too ("FAT: General Overview of
        /// On-Disk Format" 1.03, page 23).
        public let attributes: UInt8
        /// When it was made, and when it was last read, to the day; taken for UTC.
        public let created, accessed: Timestamp
    }

    /// Fields of a record (the same, pages 23 and 24).
    private static let (createdTimeOffset, createdDateOffset, accessedDateOffset) = (14, 16, 18)
    /// Bits of ``Facts/attributes`` that mean something for files and folders.
    private static let attributeMask: UInt8 = 0x37

    /// Every file and folder with what the volume keeps of each, each folder before what is in it; and what is damaged.
    ///
    /// - Throws: `FileError` when the source cannot be read.
    public func facts(_ limits: Limits = .drive) throws(FileError) -> (facts: [Facts], damages: [Damage]) {
        let listing = try list(limits, keepsRecords: true)
        return (listing.entries.map(Self.facts), listing.damages)
    }

    private static func facts(of entry: Entry) -> Facts {
        let record = ByteReader(Array(entry.records.suffix(FATDirectoryEntry.byteCount)))
        func number(_ offset: Int) -> UInt16 { record.littleEndian(at: offset) ?? 0 }
        let attributes: UInt8 = record.littleEndian(at: FATDirectoryEntry.attributesOffset) ?? 0
        let hasLongName = entry.records.count > FATDirectoryEntry.byteCount
        func last(_ path: String) -> String {
            path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
        }
        func time(_ date: UInt16, _ time: UInt16) -> Timestamp {
            // What a volume does not keep is the time that it keeps.
            date == 0 ? entry.modified : FATTimestamp(date: date, time: time).timestamp
        }
        let name = last(entry.path)
        let short = last(entry.shortPath)
        return Facts(
            entry: entry, name: name, shortName: hasLongName && !short.isExactly(name) ? short : "",
            attributes: attributes & attributeMask,
            created: time(number(createdDateOffset), number(createdTimeOffset)),
            accessed: time(number(accessedDateOffset), 0))
    }

    /// Hands the bytes of a file to `body`, piece by piece and in order.
    ///
    /// - Throws: ``DriveImageError`` `.damaged` when its clusters do not hold them; `FileError`; what `body` throws.
    public func read(
        _ file: Entry, pieceByteCount: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let extents = try extents(of: Contents(of: file)) else { throw Self.damaged(file) }
        for extent in extents {
            var offset = extent.lowerBound
            while offset < extent.upperBound {
                let count = Int(min(Int64(pieceByteCount), extent.upperBound - offset))
                guard let bytes = try source.bytes(at: offset, length: count) else { throw Self.damaged(file) }
                try bytes.withUnsafeBytes { try body($0) }
                offset += Int64(count)
            }
        }
    }

    private static func damaged(_ file: Entry) -> DriveImageError {
        DriveImageError(
            .damaged, "file \(file.path.onOneLine)", "is damaged: its clusters do not hold its bytes",
            nextStep: "run 'chkdsk /f' on the volume in Windows")
    }

    /// True when its last user let go of it as it should be: the bit of the second entry of its table ("FAT: General Overview of
    /// On-Disk Format" 1.03, page 18) is set, and that of Windows in the boot sector is not.
    ///
    /// - Throws: `FileError` when the source cannot be read.
    public func isClean() throws(FileError) -> Bool {
        let mark: UInt32
        switch shape.kind {
        case .fat12: return true
        case .fat16: mark = 0x8000
        case .fat32: mark = 0x0800_0000
        }
        var table = FATTable(source, shape)
        guard let entry = try table.next(after: 1), entry & mark != 0 else { return false }
        let place = offset + (shape.kind == .fat32 ? Self.conditionOffset32 : Self.conditionOffset)
        return try source.bytes(at: place, length: 1).map { $0[0] & 1 == 0 } ?? false
    }

    /// The byte that is reserved behind the drive number: Windows and Linux keep in its lowest bit that the volume is in use (the
    /// latter's fat/inode.c, FAT_STATE_DIRTY).
    private static let (conditionOffset, conditionOffset32): (Int64, Int64) = (37, 65)
}
