// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Bytes for one place of a disc image.
public struct DiscPiece: Sendable, Equatable {
    /// Bytes from the start of the image.
    public let offset: Int64
    /// What belongs there.
    public let bytes: [UInt8]
}

extension DiscLayout {
    /// How many bytes all pieces have together.
    public var structureByteCount: Int64 {
        fixedPieces.reduce(fileSet?.byteCount ?? 0) { $0 + Int64($1.bytes.count) }
    }

    /// Shows everything of the image that is no content of a file to `body`; what no piece covers is zero.
    ///
    /// The entries of files in UDF take a block each: they are made as they are shown, a mebibyte at a time.
    public func forEachPiece(_ body: (DiscPiece) throws -> Void) rethrows {
        for piece in fixedPieces { try body(piece) }
        try fileSet?.forEachPiece(body)
    }
}
