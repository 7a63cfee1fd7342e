// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Where the descriptors of a volume lie, twice (ECMA-167 3/10.2).
struct UDFAnchor: Equatable {
    /// A run of blocks.
    struct Extent: Equatable {
        let byteCount: UInt32
        let block: UInt32
    }

    let main: Extent
    let reserve: Extent
    /// Bytes of a block of the volume.
    let blockByteCount: Int64

    /// The blocks that a volume can have: those of discs, those of disks, and what lies between (ECMA-167 3/10.6.5 has
    /// the logical volume's say the same).
    private static let blockByteCounts: [Int64] = [Int64(DiscGeometry.blockByteCount), 512, 4096, 1024]

    /// The first anchor lies in block 256 (ECMA-167 3/8.4.2.1, UDF 2.2.3).
    static let firstBlock = Int64(UDFPlaces.anchorBlock)

    init(main: Extent, reserve: Extent, blockByteCount: Int64 = Int64(DiscGeometry.blockByteCount)) {
        self.main = main
        self.reserve = reserve
        self.blockByteCount = blockByteCount
    }

    /// The anchor that `sector` is; nil when it is none.
    init?(_ sector: ByteReader, blockByteCount: Int64 = Int64(DiscGeometry.blockByteCount)) {
        guard sector.udfTag == UDFTag.anchor.rawValue, let mainByteCount: UInt32 = sector.littleEndian(at: 16),
            let mainBlock: UInt32 = sector.littleEndian(at: 20),
            let reserveByteCount: UInt32 = sector.littleEndian(at: 24),
            let reserveBlock: UInt32 = sector.littleEndian(at: 28)
        else { return nil }
        main = Extent(byteCount: mainByteCount, block: mainBlock)
        reserve = Extent(byteCount: reserveByteCount, block: reserveBlock)
        self.blockByteCount = blockByteCount
    }

    /// The first anchor that can be read, in blocks of any size; nil when there is none.
    static func first(in blocks: some ByteSource, name: String) throws(DiscImageError) -> UDFAnchor? {
        // The last block of the volume, or of whatever it was copied to, and 256 before it.
        let stated = try VolumeDescriptors.statedByteCount(blocks, name: name) ?? 0
        for size in blockByteCounts {
            let ends = [stated, blocks.byteCount].map { $0 / size - 1 }
            for block in [firstBlock] + ends.flatMap({ [$0, $0 - firstBlock] }) where block >= firstBlock {
                // 3/7.2.8: what lies here in blocks of another size says another place.
                if let sector = try blocks.read(at: block * size, length: Int(size), of: name).map({ ByteReader($0) }),
                    let anchor = UDFAnchor(sector, blockByteCount: size),
                    sector.isSound(.anchor, at: UInt32(clamping: block))
                {
                    return anchor
                }
            }
        }
        return nil
    }

    /// 64 descriptors are four times what any writer makes.
    static let descriptorLimit = 64

    /// The descriptors of `extent` up to the one that ends them; none that lies beyond the end of the image.
    static func descriptors(
        of extent: Extent, _ blocks: some ByteSource, name: String,
        blockByteCount size: Int64 = Int64(DiscGeometry.blockByteCount)
    ) throws(DiscImageError) -> [ByteReader] {
        var found: [ByteReader] = []
        for index in 0..<min(Int64(descriptorLimit), Int64(extent.byteCount) / size) {
            let offset = (Int64(extent.block) + index) * size
            guard let sector = try blocks.read(at: offset, length: Int(size), of: name).map({ ByteReader($0) }) else {
                break
            }
            found.append(sector)
            if sector.udfTag == UDFTag.terminating.rawValue { break }
        }
        return found
    }
}

extension ByteReader {
    /// ECMA-167 3/7.2: the identifier of a tag whose checksum is right; nil when it is not.
    var udfTag: UInt16? {
        guard let head = slice(at: 0, length: UDFDescriptors.tagByteCount), let sum: UInt8 = littleEndian(at: 4) else {
            return nil
        }
        let found = head.enumerated().reduce(UInt8(0)) { $1.offset == 4 ? $0 : $0 &+ $1.element }
        return found == sum ? littleEndian(at: 0) : nil
    }

    /// True for a descriptor of the kind `tag` that belongs in block `location` and has the bytes that its CRC was made of
    /// (ECMA-167 3/7.2.5, 3/7.2.6 and 3/7.2.8).
    func isSound(_ tag: UDFTag, at location: UInt32) -> Bool { udfProblem([tag], at: location) == nil }

    /// What is wrong with a descriptor that is of one of the kinds `tags` and belongs in block `location`, or anywhere when
    /// that is nil; nil when nothing is.
    func udfProblem(_ tags: [UDFTag], at location: UInt32?) -> String? {
        guard let tag = udfTag, tags.contains(where: { $0.rawValue == tag }) else { return "has no tag of its kind" }
        guard location == nil || littleEndian(UInt32.self, at: 12) == location else {
            return "says that it belongs elsewhere"
        }
        return hasSoundBody ? nil : "does not have the bytes that its CRC was made of"
    }

    /// True for a descriptor that has the bytes that its CRC was made of (3/7.2.6); one that was made of none is of no use, and
    /// the checksum of the tag covers the number.
    var hasSoundBody: Bool {
        guard let crc: UInt16 = littleEndian(at: 8), let byteCount: UInt16 = littleEndian(at: 10),
            let body = slice(at: UDFDescriptors.tagByteCount, length: Int(byteCount))
        else { return false }
        return byteCount == 0 || body.withUnsafeBytes { UDFChecksum.crc($0) } == crc
    }
}

extension UDFEntity {
    /// True when the field of `descriptor` at `offset` begins with this identifier (ECMA-167 1/7.4.2).
    func identifies(_ descriptor: ByteReader, at offset: Int) -> Bool {
        descriptor.slice(at: offset + 1, length: identifier.utf8.count)?.elementsEqual(identifier.utf8) ?? false
    }
}
