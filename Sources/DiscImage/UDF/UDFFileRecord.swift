// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the entry of a file or folder says of it (ECMA-167 4/14.9, 4/14.17).
struct UDFFileRecord {
    /// Where its bytes are.
    enum Contents {
        /// In the entry itself, so many bytes behind its beginning.
        case embedded(offset: Int)
        /// In extents of their own, by descriptors of a kind that begin as these do.
        case extents(UDFAllocation, ByteReader)
    }

    /// What it is the entry of (4/14.6.6).
    let type: UInt8
    let byteCount: Int64
    let modified: Timestamp
    let contents: Contents

    /// The kinds of descriptors that are entries.
    static let tags: [UDFTag] = [.fileEntry, .extendedFileEntry]
    /// 4/14.6.6: unspecified, a folder, a file; 249: a file that is read in real time (UDF 2.01 2.2.11).
    private static let fileTypes: Set<UInt8> = [0, 4, 5, 249]
    /// 4/14.6.2: one entry for a file, which is all that is made of media that is not written once.
    private static let strategy: UInt16 = 4
    /// The entries of a file one after the other, the last of which counts (UDF 6.6).
    private static let appendingStrategy: UInt16 = 4096

    /// True for a file or folder, rather than a link, a device or a pipe.
    var isFileOrFolder: Bool { Self.fileTypes.contains(type) }

    /// Reads the entry `block`; `name` is that of the image in messages.
    init(_ block: ByteReader, name: String) throws(DiscImageError) {
        let tag = block.udfTag
        let isExtended = tag == UDFTag.extendedFileEntry.rawValue
        guard tag == UDFTag.fileEntry.rawValue || isExtended, let strategy: UInt16 = block.littleEndian(at: 20),
            let type: UInt8 = block.littleEndian(at: 27), let flags: UInt16 = block.littleEndian(at: 34),  // 14.6.8
            let byteCount: UInt64 = block.littleEndian(at: 56), let size = Int64(exactly: byteCount),
            let attributesLength: UInt32 = block.littleEndian(at: isExtended ? 208 : 168),
            let descriptorsLength: UInt32 = block.littleEndian(at: isExtended ? 212 : 172)
        else { throw .damaged(name, "the file entry is malformed") }
        guard strategy != Self.appendingStrategy else { throw .unsupported(name, "UDF with strategy \(strategy)") }
        guard strategy == Self.strategy else { throw .damaged(name, "the file entry is malformed") }
        let start = (isExtended ? 216 : 176) + Int(attributesLength)
        guard let list = block.slice(at: start, length: Int(descriptorsLength)) else {
            throw .damaged(name, "the file entry is cut short")
        }
        self.type = type
        self.byteCount = size
        modified = block.slice(at: isExtended ? 92 : 84, length: 12).map(UDFField.time) ?? Timestamp(unixSeconds: 0)
        if flags & 7 == 3 {
            guard size <= Int64(list.count) else { throw .damaged(name, "the file entry is cut short") }
            contents = .embedded(offset: start)
        } else if let kind = UDFAllocation(rawValue: flags & 7) {
            contents = .extents(kind, ByteReader(list))
        } else {
            throw .damaged(name, "a file's extents are of an unknown kind")
        }
    }
}
