// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Glibc
import Support

/// A content that is being read, by one thread at a time.
struct ContentReading: Sendable {
    /// From this many bytes on it matters who reads the rest.
    private static let longByteCount: Int64 = 16 << 20

    /// Where it comes from; closed by whoever reads the end.
    let source: OpenSource
    private let began = FileIdentity.Instant.now
    private let hash: RunningHash?
    private var partCount = 0
    /// How many bytes were read.
    private(set) var byteCount: Int64 = 0
    /// Where the others go.
    private(set) var ranges: ArraySlice<Range<Int64>>
    /// Where the last byte goes, or the place behind it.
    let end: Int64

    /// - Parameter hash: nil for a content whose hash is known.
    init(_ source: OpenSource, into ranges: [Range<Int64>], hash: RunningHash?) {
        posix_fadvise(source.descriptor.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL)
        self.source = source
        self.hash = hash
        self.ranges = ranges[...]
        end = ranges.last?.upperBound ?? 0
    }

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
        hash.map { .init(hash: $0, part: partCount, step: .end(source, began: began)) }
    }
}
