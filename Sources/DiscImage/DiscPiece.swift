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
        fixedPieces.reduce((fileSet?.byteCount ?? 0) + Int64(StructureStatement.byteCount)) {
            $0 + Int64($1.bytes.count)
        }
    }

    /// Shows everything of the image that is no content of a file to `body`; what no piece covers is zero.
    ///
    /// The entries of files in UDF take a block each: they are made as they are shown, a mebibyte at a time. What the disc says of
    /// all pieces comes last, and lies in the first of them.
    public func forEachPiece(_ body: (DiscPiece) throws -> Void) rethrows {
        let digest = StructureDigest()
        let start = fileSet == nil ? 0 : Int64(UDFPlaces.partition) * Int64(DiscGeometry.blockByteCount)
        for piece in fixedPieces where piece.offset < start {
            digest.add(piece)
            try body(piece)
        }
        try fileSet?.forEachPiece { piece in
            digest.add(piece)
            try body(piece)
        }
        for piece in fixedPieces where piece.offset >= start {
            digest.add(piece)
            try body(piece)
        }
        let statement = digest.statement(
            endBlock: UInt32(clamping: imageByteCount / Int64(DiscGeometry.blockByteCount)), others: roomBlocks)
        try body(DiscPiece(offset: Int64(StructureStatement.offset), bytes: statement.bytes))
    }
}
