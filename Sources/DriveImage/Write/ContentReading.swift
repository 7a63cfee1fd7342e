// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support

/// A content that was read whole, and what it takes to read it once more.
struct ContentEnd: Sendable {
    /// Where it came from.
    let source: OpenSource
    /// The content.
    let content: TransferContent
    /// Where its bytes went.
    let ranges: [Range<Int64>]
}

/// A content that is being read, by one thread at a time.
struct ContentReading: Sendable {
    /// From this many bytes on it matters who reads the rest.
    private static let longByteCount: Int64 = 16 << 20

    /// Where it comes from; closed by whoever reads the end.
    let source: OpenSource
    /// Nil for a content whose hash is known.
    private let hash: RunningHash?
    private var partCount = 0
    /// How many bytes were read.
    private(set) var byteCount: Int64 = 0
    /// Where the others go.
    private(set) var ranges: ArraySlice<Range<Int64>>
    /// Where the last byte goes, or the place behind it.
    let end: Int64

    /// The content, and where all of it goes.
    private let content: TransferContent
    private let allRanges: [Range<Int64>]

    /// Begins to read `source`, from which `content` comes, whose bytes go to `ranges` of the drive.
    init(_ source: OpenSource, of content: TransferContent, into ranges: [Range<Int64>]) {
        source.willReadInOrder()
        self.content = content
        allRanges = ranges
        self.source = source
        hash = source.isToBeHashed ? RunningHash() : nil
        self.ranges = ranges[...]
        end = ranges.last?.upperBound ?? 0
    }

    /// True for one whose hash is to be taken.
    var isHashed: Bool { hash != nil }

    /// True when much is left that must be hashed.
    var isLong: Bool { hash != nil && ranges.reduce(0) { $0 + Int64($1.count) } >= Self.longByteCount }

    /// Takes note that `part` of a chunk was read; returns what hashing needs to know.
    mutating func advance(_ part: Range<Int>) -> DiskChunk.Event? {
        byteCount += Int64(part.count)
        if let range = ranges.popFirst(), part.count < range.count {
            ranges = [range.lowerBound + Int64(part.count)..<range.upperBound] + ranges
        }
        defer { partCount += 1 }
        return hash.map { .init(hash: $0, part: partCount, step: .bytes(part)) }
    }

    /// What hashing needs to know when everything was read.
    var endEvent: DiskChunk.Event? {
        let end = ContentEnd(source: source, content: content, ranges: allRanges)
        return hash.map { .init(hash: $0, part: partCount, step: .end(end)) }
    }
}

/// A content that is put in pieces to where it belongs, with others between them.
enum PiecemealContent {
    /// What is left of bytes in memory.
    case bytes(ArraySlice<UInt8>)
    /// A source that is open, and how far it was read.
    case source(ContentReading)

    /// Closes a source.
    func close() { if case .source(let reading) = self { reading.source.close() } }
}
