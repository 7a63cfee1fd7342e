// SPDX-License-Identifier: GPL-3.0-or-later

/// A run of bytes on its way into an archive, and the memory it has.
///
/// Handed from thread to thread, never used by two at a time.
final class Segment: @unchecked Sendable {
    /// Bytes of one content inside a segment.
    struct Piece {
        let content: Int
        let range: Range<Int>
        /// True when the content ends with them.
        let isLast: Bool
    }

    /// The place of the segment among all.
    var number = 0
    /// Where its resource comes from.
    var unit = 0
    /// True for the first and the last segment of a resource.
    var isFirst = false
    var isLast = false
    var pieces: [Piece] = []
    /// The plain bytes.
    let input: UnsafeMutableRawBufferPointer
    var inputByteCount = 0
    /// Whether the resource is compressed; then the compressed chunks, one after the other, and their sizes.
    var isCompressed = false
    let output: UnsafeMutableRawBufferPointer
    var outputByteCount = 0
    var chunkByteCounts: [UInt32] = []

    init(byteCount: Int, isCompressing: Bool) {
        input = .allocate(byteCount: byteCount, alignment: 4096)
        output = .allocate(byteCount: isCompressing ? byteCount : 0, alignment: 4096)
    }

    deinit {
        input.deallocate()
        output.deallocate()
    }

    /// The plain bytes.
    var plain: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: input[..<inputByteCount]) }
    /// What is written.
    var stored: UnsafeRawBufferPointer {
        isCompressed ? UnsafeRawBufferPointer(rebasing: output[..<outputByteCount]) : plain
    }

    /// Forgets what it held.
    func reset() {
        pieces.removeAll(keepingCapacity: true)
        chunkByteCounts.removeAll(keepingCapacity: true)
        (inputByteCount, outputByteCount) = (0, 0)
        (isFirst, isLast, isCompressed) = (false, false, false)
    }
}
