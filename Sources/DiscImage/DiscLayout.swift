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
    /// The bytes from the start of the image up to the first file content: descriptors, path tables, directories and
    /// the boot catalog.
    public let metadata: [UInt8]
    /// The byte offset of each content that is not empty, by its SHA-256.
    public let contentOffsets: [SHA256Digest: Int64]
}
