// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension IsofsSession.Result {
    /// Bytes before the image of libisofs.
    var frontByteCount: Int64 { Int64(frame.firstBlock) * Int64(DiscGeometry.blockByteCount) }

    /// Where content may lie.
    var contentRange: Range<Int64> {
        let end = imageByteCount - frame.tailBlockCount * Int64(DiscGeometry.blockByteCount)
        return min(frontByteCount + Int64(metadata.count), end)..<end
    }

    /// The structures of the image, with its descriptors at the start of the disc too, where readers look for them.
    var source: Source { Source(metadata: MemorySource(metadata), frontByteCount: frontByteCount) }

    /// What of an image can be read before it is written.
    struct Source: ByteSource {
        fileprivate let metadata: MemorySource
        fileprivate let frontByteCount: Int64

        var byteCount: Int64 { frontByteCount + metadata.byteCount }

        func bytes(at offset: Int64, length: Int) throws(FileError) -> [UInt8]? {
            try metadata.bytes(at: offset < frontByteCount ? offset : offset - frontByteCount, length: length)
        }
    }
}
