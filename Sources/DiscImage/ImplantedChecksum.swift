// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// The MD5 of a disc, on the disc itself: what implantisomd5 of isomd5sum writes, and checkisomd5 checks.
///
/// It stands in the field of the first volume descriptor that is left to applications (ECMA-119 8.4.32), and is of all blocks
/// that the descriptor counts, with spaces in the place of that field.
public struct ImplantedChecksum: Equatable, Sendable {
    /// The checksum.
    let md5: [UInt8]

    private static let title = "ISO MD5SUM = "
    /// Nothing at the end is left out; nobody vouches for the disc; there are no checksums of parts, without which
    /// checkisomd5 1.2.3 takes none that has no such line.
    private static let rest = ";SKIPSECTORS = 0;RHLISOSTATUS=0;FRAGMENT COUNT = 0;"

    init(md5: [UInt8]) { self.md5 = md5 }

    /// The checksum that `field` begins with; nil for none of ours.
    init?(beginning field: [UInt8]) {
        guard field.starts(with: Self.title.utf8) else { return nil }
        let digits = field.dropFirst(Self.title.utf8.count).prefix(2 * MD5.byteCount)
        guard let md5 = [UInt8](hexadecimal: String(decoding: digits, as: UTF8.self)), md5.count == MD5.byteCount,
            field.dropFirst(Self.title.utf8.count + 2 * MD5.byteCount).starts(with: Self.rest.utf8)
        else { return nil }
        self.md5 = md5
    }

    /// The text, in front of what else is in the field.
    var text: String { Self.title + md5.hexadecimal(.lower) + Self.rest }

    /// The bytes of the volume, as its descriptor counts them: the second half of the field, big-endian (ECMA-119 8.4.8, 7.3.3).
    private static let sizeOffset = DiscGeometry.firstDescriptorBlock * DiscGeometry.blockByteCount + 84

    /// Puts the checksum of the disc of ours in `image`, which is whole, in front of its statement.
    ///
    /// - Parameters:
    ///   - path: the image, for messages.
    ///   - progress: told of the bytes that were read.
    /// - Throws: `FileError`; ``DiscImageError`` when there is no room; what `progress` throws.
    public static func implant(
        in image: FileDescriptor, path: FilePath, progress: (Int) throws -> Void
    ) throws {
        let source = try FileSource(image, path: path)
        guard case .statement(var statement) = try StructureStatement.find(in: source, name: path.string),
            let size = try source.bytes(at: Int64(sizeOffset), length: 4)
        else { throw DiscImageError(.layoutFailed, "the disc", "has no descriptor to put a checksum into") }
        let end = Int64(size.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) * Int64(DiscGeometry.blockByteCount)
        let hash = MD5()
        let field = Int64(StructureStatement.offset)..<Int64(StructureStatement.offset + StructureStatement.byteCount)
        var position: Int64 = 0
        while position < end {
            let count = Int(min(end - position, Int64(stepByteCount)))
            guard var bytes = try source.bytes(at: position, length: count) else {
                throw DiscImageError(.layoutFailed, "the disc", "is shorter than its descriptor says")
            }
            let range = position..<position + Int64(count)
            if range.overlaps(field) {
                for offset in range.clamped(to: field) { bytes[Int(offset - position)] = UInt8(ascii: " ") }
            }
            bytes.withUnsafeBytes { hash.update($0) }
            position += Int64(count)
            try progress(count)
        }
        statement.checksum = ImplantedChecksum(md5: hash.finalize())
        guard statement.bytes.count == StructureStatement.byteCount else {
            throw DiscImageError(.layoutFailed, "the disc", "has no room for a checksum in its descriptor")
        }
        let whole = statement.bytes
        try FileError.wrap("written", path) {
            _ = try image.writeAll(toAbsoluteOffset: Int64(StructureStatement.offset), whole)
        }
    }

    private static let stepByteCount = 4 << 20
}
