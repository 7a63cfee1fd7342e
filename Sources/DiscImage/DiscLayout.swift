// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Numbers that ECMA-119 and the layout share.
enum DiscGeometry {
    /// Bytes of a logical block (ECMA-119 6.2.2; every reader of this century assumes it).
    static let blockByteCount = 2048
    /// The first volume descriptor (ECMA-119 6.2.1: the system area is 16 sectors).
    static let firstDescriptorBlock = 16

    /// Blocks that `byteCount` bytes take.
    static func blocks(for byteCount: Int64) -> Int64 {
        byteCount / Int64(blockByteCount) + (byteCount % Int64(blockByteCount) == 0 ? 0 : 1)
    }
}

/// Where everything lies on a disc image that is not written yet.
public struct DiscLayout: Sendable, Equatable {
    /// The exact size of the image in bytes.
    public let imageByteCount: Int64
    /// The byte offset of each content that is not empty, by its SHA-256.
    public let contentOffsets: [SHA256Digest: Int64]
    /// The bytes of the image from the first content to the end of the last one.
    public let contentRange: Range<Int64>
    /// The blocks that are left to others.
    let roomBlocks: [Range<UInt32>]
    /// How many names are cut in ISO 9660 and Joliet, because only UDF holds them.
    public let cutNameCount: Int
    /// Everything that is no content but the entries of UDF: descriptors, path tables, directories, the boot catalog.
    let fixedPieces: [DiscPiece]
    /// The entries of UDF; nil on a disc without.
    let fileSet: UDFFileSet?
}
