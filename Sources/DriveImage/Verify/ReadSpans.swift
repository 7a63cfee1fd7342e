// SPDX-License-Identifier: GPL-3.0-or-later

/// A piece of an expected part that lies inside one window of the drive.
struct ExpectedPiece {
    let part: ExpectedPart
    let range: Range<Int64>
    /// Where the piece begins in the bytes of its part.
    let partOffset: Int64
    let isLast: Bool
}

/// The pieces of all parts, in order; windows begin at multiples of their size.
struct ExpectedPieces: Sequence, IteratorProtocol {
    private let windowByteCount: Int64
    private var parts: AnySequence<ExpectedPart>.Iterator
    private var part: ExpectedPart?
    private var rangeNumber = 0
    private var rangeOffset: Int64 = 0
    private var partOffset: Int64 = 0

    init(_ parts: AnySequence<ExpectedPart>, windowByteCount: Int64) {
        self.parts = parts.makeIterator()
        self.windowByteCount = windowByteCount
    }

    mutating func next() -> ExpectedPiece? {
        while true {
            guard let part, rangeNumber < part.ranges.count else {
                guard let next = parts.next() else { return nil }
                (part, rangeNumber, rangeOffset, partOffset) = (next, 0, 0, 0)
                continue
            }
            let range = part.ranges[rangeNumber]
            let start = range.lowerBound + rangeOffset
            let windowEnd = start - start % windowByteCount + windowByteCount
            let piece = start..<Swift.min(range.upperBound, windowEnd)
            let offset = partOffset
            partOffset += Int64(piece.count)
            rangeOffset += Int64(piece.count)
            if piece.upperBound == range.upperBound { (rangeNumber, rangeOffset) = (rangeNumber + 1, 0) }
            return ExpectedPiece(
                part: part, range: piece, partOffset: offset, isLast: rangeNumber == part.ranges.count)
        }
    }
}

/// The reads that the pieces of parts need: whole pages, neighbours together, none across the end of a window.
struct ReadSpans: Sequence, IteratorProtocol {
    private static let pageByteCount = Int64(AlignedBuffer.alignment)

    private let windowByteCount: Int64
    private var pieces: ExpectedPieces
    private var pending: Range<Int64>?

    init(_ parts: AnySequence<ExpectedPart>, windowByteCount: Int64) {
        self.windowByteCount = windowByteCount
        pieces = ExpectedPieces(parts, windowByteCount: windowByteCount)
    }

    mutating func next() -> Range<Int64>? {
        while let piece = pieces.next() {
            let pages =
                Alignment.down(
                    piece.range.lowerBound, to: Self.pageByteCount)..<Alignment.up(
                    piece.range.upperBound, to: Self.pageByteCount)
            guard let span = pending else {
                pending = pages
                continue
            }
            if span.lowerBound / windowByteCount == pages.lowerBound / windowByteCount,
                (span.lowerBound...span.upperBound).contains(pages.lowerBound)
            {
                pending = span.lowerBound..<Swift.max(span.upperBound, pages.upperBound)
            } else {
                pending = pages
                return span
            }
        }
        defer { pending = nil }
        return pending
    }
}
