// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support

/// What a disc of ours says of its own structures: the hash of all blocks that are no file's (docs/formats/ours.md section 5).
///
/// It is in the field of the first volume descriptor that is left to applications (ECMA-119 8.4.32), so that a change of any
/// name, time, place or table is found, also where no reader would miss it.
struct StructureStatement: Equatable {
    /// The block behind the last one that is hashed.
    let endBlock: UInt32
    /// The hash that ``StructureDigest`` makes.
    let digest: SHA256Digest
    /// The blocks before the last that are somebody else's, as those of a drive that the disc is too: they are not hashed.
    let others: [Range<UInt32>]

    /// Where the field begins, in bytes from the start of the disc.
    static let offset = DiscGeometry.firstDescriptorBlock * DiscGeometry.blockByteCount + fieldOffset
    /// The bytes of the field: 884 to 1395 of the descriptor, counted from 1.
    static let byteCount = 512
    private static let fieldOffset = 883
    /// The bytes of the field in its block.
    static let field = fieldOffset..<fieldOffset + byteCount

    private static let title = "tsmedia structures 1"

    /// The field, filled with spaces.
    var bytes: [UInt8] {
        let others = others.map { " \($0.lowerBound)-\($0.upperBound)" }.joined()
        let text = Array("\(Self.title) \(endBlock) \(digest)\(others)".utf8)
        return text + [UInt8](repeating: UInt8(ascii: " "), count: max(0, Self.byteCount - text.count))
    }

    /// The statement and that it is damaged, as the field of a disc has it.
    enum Found: Equatable {
        /// No field of ours.
        case none
        /// One that begins as ours and is none.
        case damaged
        /// One of ours.
        case statement(StructureStatement)
    }

    /// What the disc in `blocks`, which is called `name` in messages, says.
    static func find(in blocks: some ByteSource, name: String) throws(DiscImageError) -> Found {
        guard let bytes = try blocks.read(at: Int64(offset), length: byteCount, of: name) else { return .none }
        let words = bytes.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        // By its beginning or by its hash, so that damage of one of them is not taken for the field of somebody else.
        guard bytes.starts(with: title.utf8) || words.contains(where: { SHA256Digest(hexadecimal: $0) != nil }) else {
            return .none
        }
        guard words.count >= 5, let endBlock = UInt32(words[3]), let digest = SHA256Digest(hexadecimal: words[4]) else {
            return .damaged
        }
        let others = words.dropFirst(5).compactMap { range($0) }
        let found = StructureStatement(endBlock: endBlock, digest: digest, others: others)
        return found.bytes == bytes ? .statement(found) : .damaged
    }

    /// The range that `word` says: its first block, a hyphen, the block behind it.
    private static func range(_ word: String) -> Range<UInt32>? {
        let bounds = word.split(separator: "-").compactMap { UInt32($0) }
        return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]..<bounds[1] : nil
    }
}

/// Hashes the structures of a disc: the number and the bytes of each block that is no file's and is not all zero, in the order
/// of the blocks, without the system area in front, which belongs to nobody (ECMA-119 6.2.1), and without the statement itself.
struct StructureDigest {
    private let hash = SHA256()
    private static let zeros = [UInt8](repeating: 0, count: DiscGeometry.blockByteCount)

    /// Takes `bytes` that begin in block `first` of the disc; a last block that is not whole is filled with zeros.
    func add(_ bytes: UnsafeRawBufferPointer, from first: Int64) {
        let size = DiscGeometry.blockByteCount
        var start = 0
        var number = first
        while start < bytes.count {
            let block = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + size, bytes.count)])
            if number >= Int64(DiscGeometry.firstDescriptorBlock) { add(block, number) }
            start += size
            number += 1
        }
    }

    /// Takes a piece.
    func add(_ piece: DiscPiece) {
        piece.bytes.withUnsafeBytes { add($0, from: piece.offset / Int64(DiscGeometry.blockByteCount)) }
    }

    private func add(_ block: UnsafeRawBufferPointer, _ number: Int64) {
        guard number == Int64(DiscGeometry.firstDescriptorBlock) || block.count < DiscGeometry.blockByteCount else {
            update(block, number)
            return
        }
        var copy = Array(block) + [UInt8](repeating: 0, count: DiscGeometry.blockByteCount - block.count)
        if number == Int64(DiscGeometry.firstDescriptorBlock) {
            copy.replaceSubrange(StructureStatement.field, with: repeatElement(0, count: StructureStatement.byteCount))
        }
        copy.withUnsafeBytes { update($0, number) }
    }

    private func update(_ block: UnsafeRawBufferPointer, _ number: Int64) {
        let isZero = Self.zeros.withUnsafeBytes { zeros in
            guard let first = block.baseAddress, let zero = zeros.baseAddress else { return true }
            return memcmp(first, zero, block.count) == 0
        }
        guard !isZero else { return }
        withUnsafeBytes(of: number.littleEndian) { hash.update($0) }
        hash.update(block)
    }

    /// The statement of what was taken, on a disc that ends before `endBlock`: this is hashed last.
    ///
    /// - Parameter others: the blocks that were left out; hashed behind it.
    func statement(endBlock: UInt32, others: [Range<UInt32>]) -> StructureStatement {
        for number in [endBlock] + others.flatMap({ [$0.lowerBound, $0.upperBound] }) {
            withUnsafeBytes(of: UInt64(number).littleEndian) { hash.update($0) }
        }
        return StructureStatement(endBlock: endBlock, digest: hash.finalize(), others: others)
    }
}

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
            return try digest(of: gaps)?.statement(endBlock: statement.endBlock, others: statement.others) == statement
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
