// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Compares the structures of a disc with what the disc says of them.
struct StructureCheck<Blocks: ByteSource> {
    private let blocks: Blocks
    private let name: String
    private let interruption: Interruption

    /// Structures have no more: a file of ours takes at most six blocks for its records, its entry and the padding before it,
    /// a folder fewer than 16, and the rest is a few megabytes.
    private static var blocksOfEntry: Int64 { 16 }
    private static var blocksOfDisc: Int64 { 1 << 15 }
    private static var partByteCount: Int64 { 1 << 20 }

    /// Checks the disc in `blocks`, which is called `name` in messages.
    init(_ blocks: Blocks, name: String, interruption: Interruption = .ofProcess) {
        self.blocks = blocks
        self.name = name
        self.interruption = interruption
    }

    /// Whether the blocks that hold nothing of `entries` are what the disc says; true where it says nothing.
    ///
    /// - Throws: ``DiscImageError`` `.unreadable`; `InterruptedError`.
    func areSound(_ entries: [DiscEntry]) throws -> Bool {
        switch try StructureStatement.find(in: blocks, name: name) {
        case .none: return true
        case .damaged: return false
        case .statement(let statement):
            let gaps = gaps(between: entries, and: statement.others, upTo: Int64(statement.endBlock))
            let most = Self.blocksOfDisc + Self.blocksOfEntry * Int64(entries.count)
            guard gaps.reduce(0, { $0 + Int64($1.count) }) <= most else { return false }
            var made = try digest(of: gaps)?.statement(endBlock: statement.endBlock, others: statement.others)
            // That is of the whole disc, and read by others.
            made?.checksum = statement.checksum
            return made == statement
        }
    }

    /// The blocks from the first descriptor to `end` in which nothing of a file is, nor of `others`.
    private func gaps(
        between entries: [DiscEntry], and others: [Range<UInt32>], upTo end: Int64
    ) -> [Range<Int64>] {
        let size = Int64(DiscGeometry.blockByteCount)
        var files = others.map { Int64($0.lowerBound)..<Int64($0.upperBound) }
        files.reserveCapacity(entries.count)
        for extent in entries.lazy.flatMap(\.extents) where extent.offset >= 0 && extent.byteCount > 0 {
            let first = extent.offset / size
            // Numbers of a disc end far below where this could overflow.
            files.append(first..<first + DiscGeometry.blocks(for: extent.byteCount))
        }
        files.sort { $0.lowerBound < $1.lowerBound }
        var gaps: [Range<Int64>] = []
        var next = Int64(DiscGeometry.firstDescriptorBlock)
        for file in files {
            if file.lowerBound > next, next < end { gaps.append(next..<min(file.lowerBound, end)) }
            next = max(next, file.upperBound)
        }
        if next < end { gaps.append(next..<end) }
        return gaps
    }

    /// The blocks of `gaps`; nil when the disc ends before.
    private func digest(of gaps: [Range<Int64>]) throws -> StructureDigest? {
        let size = Int64(DiscGeometry.blockByteCount)
        let digest = StructureDigest()
        for gap in gaps {
            for first in stride(from: gap.lowerBound, to: gap.upperBound, by: Int(Self.partByteCount / size)) {
                try interruption.check()
                let count = min(Self.partByteCount, (gap.upperBound - first) * size)
                guard let bytes = try blocks.read(at: first * size, length: Int(count), of: name) else { return nil }
                bytes.withUnsafeBytes { digest.add($0, from: first) }
            }
        }
        return digest
    }
}
