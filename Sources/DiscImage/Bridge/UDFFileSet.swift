// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The file set of a bridge: every file and folder with an entry of its own, in the first blocks of the partition
/// (ECMA-167 part 4, UDF 2.3).
///
/// The entry of a folder is followed by its identifiers and the entries of its files, so that a folder is read in one go.
/// Kept is what the entries say, not the blocks they take.
struct UDFFileSet: Sendable, Equatable {
    /// A folder and the files in it.
    struct Folder: Sendable, Equatable {
        /// The block of its entry, counted in the partition; its identifiers follow.
        let block: UInt32
        /// The identifiers of what is in it (4/14.4).
        let identifiers: [UInt8]
        /// How many identifiers name it: its own, and in each folder in it that of the parent (4/14.9.6).
        let linkCount: Int
        /// Its files, whose entries follow.
        let files: [File]
    }

    /// A file.
    struct File: Sendable, Equatable {
        /// The first block of its content, counted in the partition; 0 when it is empty.
        let contentBlock: UInt32
        let byteCount: Int64
        let modified: Timestamp
    }

    let label: String
    let created: Timestamp
    let folders: [Folder]
    /// The first block behind all entries, counted in the partition.
    let blockCount: UInt32

    /// UDF 3.2.1.1: the identifiers up to here are not for files; that of the root is 0.
    static let firstUniqueID: UInt64 = 16

    /// The identifier of the file or folder whose entry is in `block`.
    private static func uniqueID(_ block: UInt32) -> UInt64 {
        block == UDFPlaces.fileSetBlockCount ? 0 : firstUniqueID + UInt64(block)
    }

    /// The next identifier that a file would get.
    var nextUniqueID: UInt64 { Self.firstUniqueID + UInt64(blockCount) }

    var fileCount: Int { folders.reduce(0) { $0 + $1.files.count } }
    var byteCount: Int64 { Int64(blockCount) * Int64(DiscGeometry.blockByteCount) }

    // MARK: Writing

    /// Pieces have about so many bytes, or those of one folder's identifiers more.
    private static let pieceByteCount = 1 << 20

    /// Shows all blocks, one piece behind the other.
    func forEachPiece(_ body: (DiscPiece) throws -> Void) rethrows {
        let size = Int64(DiscGeometry.blockByteCount)
        var start = Int64(UDFPlaces.partition) * size
        var descriptors = UDFDescriptors()
        func flush(atLeast byteCount: Int) throws {
            guard descriptors.bytes.count >= byteCount else { return }
            try body(DiscPiece(offset: start, bytes: descriptors.bytes))
            start += Int64(descriptors.bytes.count)
            descriptors.removeAll()
        }
        appendFileSet(to: &descriptors)
        for folder in folders {
            append(folder, to: &descriptors)
            var block = folder.block + 1 + UInt32(Self.blocks(folder.identifiers.count))
            for file in folder.files {
                append(file, at: block, to: &descriptors)
                block += 1
                try flush(atLeast: Self.pieceByteCount)
            }
            try flush(atLeast: Self.pieceByteCount)
        }
        try flush(atLeast: 1)
    }

    /// Blocks of `byteCount` bytes of identifiers.
    static func blocks(_ byteCount: Int) -> Int { Int(DiscGeometry.blocks(for: Int64(byteCount))) }

    /// 4/14.1 and UDF 2.3.2: the descriptor of the file set, and the one that ends the sequence of such.
    private func appendFileSet(to descriptors: inout UDFDescriptors) {
        descriptors.begin()
        descriptors.put(created, at: 16)
        descriptors.put(UInt16(3), at: 28)  // 4/14.1.3: interchange level
        descriptors.put(UInt16(3), at: 30)
        descriptors.put(UInt32(1), at: 32)  // 4/14.1.5: character set CS0 alone
        descriptors.put(UInt32(1), at: 36)
        descriptors.putCharacterSet(at: 48)
        descriptors.put(UDFText.field(label, byteCount: 128), at: 112)
        descriptors.putCharacterSet(at: 240)
        descriptors.put(UDFText.field(label, byteCount: 32), at: 304)
        descriptors.putLongDescriptor(
            byteCount: UInt32(DiscGeometry.blockByteCount), block: UDFPlaces.fileSetBlockCount, at: 400)
        descriptors.put(UDFEntity.domain, at: 416)
        descriptors.seal(.fileSet, location: 0, byteCount: 512)
        descriptors.begin()
        descriptors.seal(.terminating, location: 1, byteCount: 512)
    }

    private func append(_ folder: Folder, to descriptors: inout UDFDescriptors) {
        let entry = UDFFileEntry(
            type: .folder, linkCount: folder.linkCount, contentBlock: folder.block + 1,
            byteCount: Int64(folder.identifiers.count), modified: created, uniqueID: Self.uniqueID(folder.block))
        entry.append(to: &descriptors, at: folder.block)
        descriptors.append(folder.identifiers)
        descriptors.pad()
    }

    private func append(_ file: File, at block: UInt32, to descriptors: inout UDFDescriptors) {
        let entry = UDFFileEntry(
            type: .file, linkCount: 1, contentBlock: file.contentBlock, byteCount: file.byteCount,
            modified: file.modified, uniqueID: Self.uniqueID(block))
        entry.append(to: &descriptors, at: block)
    }
}
