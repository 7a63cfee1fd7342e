// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support

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
