// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The entries of a FAT for chains that are new.
struct ChainLinks: Sendable {
    /// A run, and what its last entry says.
    private struct Link {
        let run: ClusterRun
        let next: UInt32
    }

    /// Tables are written in whole pages.
    static let pageByteCount = Int64(AlignedBuffer.alignment)
    private static let largestWriteByteCount: Int64 = 1 << 20

    /// Ascending, none over another.
    private let links: [Link]

    /// The entries that make each of `chains`.
    init(_ chains: [[ClusterRun]]) {
        links = chains.flatMap { runs in
            runs.indices.map { index in
                Link(run: runs[index], next: index + 1 < runs.count ? runs[index + 1].first : ClusterMap.endOfChain)
            }
        }.sorted { $0.run.first < $1.run.first }
    }

    /// The bytes of a table of `byteCount` bytes in which an entry changes: whole pages, neighbours together.
    func ranges(in byteCount: Int64) -> [Range<Int64>] {
        links.reduce(into: []) { ranges, link in
            let start = Int64(link.run.first) * ClusterMap.entryByteCount
            let end = Int64(link.run.clusters.upperBound) * ClusterMap.entryByteCount
            TableRanges.append(start..<end, to: &ranges, in: byteCount)
        }
    }

    /// The bytes of the pages that change.
    func byteCount(in byteCount: Int64) -> Int64 { ranges(in: byteCount).reduce(0) { $0 + Int64($1.count) } }

    /// Puts the new entries into `entries`, the bytes of a table from `offset` on.
    func apply(to entries: inout [UInt8], from offset: Int64) {
        let first = UInt32(offset / ClusterMap.entryByteCount)
        let end = first + UInt32(entries.count / Int(ClusterMap.entryByteCount))
        // The first run that ends behind the first entry.
        var (low, high) = (0, links.count)
        while low < high {
            let middle = (low + high) / 2
            if links[middle].run.clusters.upperBound <= first { low = middle + 1 } else { high = middle }
        }
        for link in links[low...] {
            guard link.run.first < end else { return }
            let last = link.run.clusters.upperBound - 1
            for cluster in link.run.clusters.clamped(to: first..<end) {
                TableRanges.set(cluster - first, to: cluster == last ? link.next : cluster + 1, in: &entries)
            }
        }
    }
}

/// Pages of a FAT and the entries in them.
enum TableRanges {
    private static let largestByteCount: Int64 = 1 << 20

    /// Adds the pages around `range` to `ranges`, which are ascending; `byteCount` is that of the table.
    static func append(_ range: Range<Int64>, to ranges: inout [Range<Int64>], in byteCount: Int64) {
        var start = Alignment.down(range.lowerBound, to: ChainLinks.pageByteCount)
        let end = min(Alignment.up(range.upperBound, to: ChainLinks.pageByteCount), byteCount)
        if let last = ranges.last, last.upperBound >= start {
            start = max(start, last.upperBound)
            let joined = last.lowerBound..<min(end, last.lowerBound + largestByteCount)
            if joined.upperBound > last.upperBound {
                ranges[ranges.count - 1] = joined
                start = joined.upperBound
            }
        }
        while start < end {
            let next = min(end, start + largestByteCount)
            ranges.append(start..<next)
            start = next
        }
    }

    /// Sets the entry with this number in `entries` and leaves the upper four bits, which are reserved ("FAT: General
    /// Overview of On-Disk Format" 1.03, page 16).
    static func set(_ number: UInt32, to value: UInt32, in entries: inout [UInt8]) {
        let offset = Int(number) * Int(ClusterMap.entryByteCount)
        let reserved = entries[offset + 3] & 0xF0
        for byte in 0..<4 { entries[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt32(byte * 8)) }
        entries[offset + 3] = entries[offset + 3] & 0x0F | reserved
    }
}
