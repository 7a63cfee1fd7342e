// SPDX-License-Identifier: GPL-3.0-or-later

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
    /// The checksum that checkisomd5 reads in the same field, before the statement; nil for none.
    var checksum: ImplantedChecksum?

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
        let text = Array("\(checksum?.text ?? "")\(Self.title) \(endBlock) \(digest)\(others)".utf8)
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
        guard let field = try blocks.read(at: Int64(offset), length: byteCount, of: name) else { return .none }
        let checksum = ImplantedChecksum(beginning: field)
        let bytes = field.dropFirst(checksum?.text.utf8.count ?? 0)
        let words = bytes.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        // By its beginning or by its hash, so that damage of one of them is not taken for the field of somebody else.
        guard bytes.starts(with: title.utf8) || words.contains(where: { SHA256Digest(hexadecimal: $0) != nil }) else {
            return .none
        }
        guard words.count >= 5, let endBlock = UInt32(words[3]), let digest = SHA256Digest(hexadecimal: words[4]) else {
            return .damaged
        }
        let others = words.dropFirst(5).compactMap { range($0) }
        let found = StructureStatement(endBlock: endBlock, digest: digest, others: others, checksum: checksum)
        return found.bytes == field ? .statement(found) : .damaged
    }

    /// The range that `word` says: its first block, a hyphen, the block behind it.
    private static func range(_ word: String) -> Range<UInt32>? {
        let bounds = word.split(separator: "-").compactMap { UInt32($0) }
        return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]..<bounds[1] : nil
    }
}
