// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The volume descriptors of an image (ECMA-119 clause 8, Joliet specification, El Torito 1.0 section 2).
struct VolumeDescriptors {
    /// How the names of a tree are encoded.
    enum NameEncoding: Sendable {
        /// ISO 9660 d-characters, read as ASCII or Latin-1.
        case singleByte
        /// Joliet: UCS-2 or UTF-16, big-endian.
        case utf16BigEndian
    }

    /// One tree.
    struct Volume: Sendable {
        let label: String
        let encoding: NameEncoding
        let root: DiscExtent
        let pathTables: PathTables
        let orders: ByteOrders
    }

    /// How a tree writes the numbers that are there in both byte orders (ECMA-119 7.3.3): as its root does.
    enum ByteOrders: Sendable {
        /// Alike in both.
        case equal
        /// The little-endian half alone is right, which is the one that Windows reads: some programs wrote no other.
        case littleEndian
        /// One number so and another otherwise.
        case contradictory
    }

    /// The lists of the folders of a tree (ECMA-119 6.9): one of each byte order, with as many bytes.
    struct PathTables: Sendable {
        let byteCount: UInt32
        let littleEndianBlock: UInt32
        let bigEndianBlock: UInt32
    }

    /// The tree of ISO 9660; nil on a disc that has UDF alone.
    let primary: Volume?
    let joliet: Volume?
    /// The tree of a further descriptor with names of the same kind: ISO 9660:1999 (its clause 8.5).
    let enhanced: Volume?
    let bootCatalogBlock: UInt32?
    /// True when the volume recognition sequence announces UDF (ECMA-167 2/9.1: NSR02 or NSR03).
    let announcesUDF: Bool

    /// Descriptors beyond this many are not believed.
    private static let limit = 64

    init(_ blocks: some ByteSource, name: String) throws(DiscImageError) {
        var primary: Volume?
        var joliet: Volume?
        var enhanced: Volume?
        var catalog: UInt32?
        var announcesUDF = false
        var isRecognition = false
        let size = DiscGeometry.blockByteCount
        for index in 0..<Self.limit {
            let offset = Int64((DiscGeometry.firstDescriptorBlock + index) * size)
            guard let bytes = try blocks.read(at: offset, length: size, of: name) else { break }
            let sector = ByteReader(bytes)
            let identifier = sector.slice(at: 1, length: 5).map { String(decoding: $0, as: UTF8.self) } ?? ""
            // ECMA-167 2/8.3.1: descriptors are a sector apart, which on some disks is two of these blocks.
            if isRecognition, index % 2 == 1, identifier.utf8.allSatisfy({ $0 == 0 }) { continue }
            isRecognition = ["BEA01", "NSR02", "NSR03", "BOOT2"].contains(identifier)
            if ["NSR02", "NSR03"].contains(identifier) { announcesUDF = true }
            if isRecognition { continue }
            // ECMA-119 8.1.2: standard identifier.
            guard identifier == "CD001" else { break }
            switch bytes[0] {  // ECMA-119 8.1.1: volume descriptor type
            case 0:
                // El Torito 2.0: boot system identifier, then the catalog's block at 0x47.
                if sector.slice(at: 7, length: 23).map({ $0.elementsEqual("EL TORITO SPECIFICATION".utf8) }) == true {
                    catalog = catalog ?? sector.littleEndian(at: 0x47)
                }
            case 1:
                if primary == nil { primary = try Self.volume(sector, .singleByte, name: name) }
            case 2:
                // ECMA-119 8.5.6: the escape sequences of UCS-2 levels 1 to 3 mean Joliet.
                let escape = sector.slice(at: 88, length: 3).map(Array.init) ?? []
                if joliet == nil, ["%/@", "%/C", "%/E"].contains(where: { Array($0.utf8) == escape }) {
                    joliet = try Self.volume(sector, .utf16BigEndian, name: name)
                }
                // ISO 9660:1999 8.5.2: a version of its own.
                if enhanced == nil, bytes[6] == 2 { enhanced = try Self.volume(sector, .singleByte, name: name) }
            default: continue  // the terminator too: the descriptors of UDF follow it
            }
        }
        self.primary = primary
        self.joliet = joliet
        self.enhanced = enhanced
        bootCatalogBlock = catalog
        self.announcesUDF = announcesUDF
    }

    /// True when a volume descriptor follows where the first should be.
    static func areContinued(in blocks: some ByteSource, name: String) throws(DiscImageError) -> Bool {
        let size = DiscGeometry.blockByteCount
        let second = try blocks.read(at: Int64((DiscGeometry.firstDescriptorBlock + 1) * size), length: size, of: name)
        return second.map { $0[0] != 1 && $0[1..<6].elementsEqual("CD001".utf8) } ?? false
    }

    /// The bytes that an ISO 9660 image has, as its first volume descriptor says; nil for anything else.
    static func statedByteCount(_ blocks: some ByteSource, name: String) throws(DiscImageError) -> Int64? {
        let size = DiscGeometry.blockByteCount
        let offset = Int64(DiscGeometry.firstDescriptorBlock * size)
        guard let bytes = try blocks.read(at: offset, length: size, of: name) else { return nil }
        let sector = ByteReader(bytes)
        guard bytes[0] == 1, sector.slice(at: 1, length: 5).map({ $0.elementsEqual("CD001".utf8) }) == true,
            let blockCount: UInt32 = sector.littleEndian(at: 80),  // ECMA-119 8.4.8: volume space size
            let blockByteCount: UInt16 = sector.littleEndian(at: 128)  // 8.4.12
        else { return nil }
        return Int64(blockCount) * Int64(blockByteCount)
    }

    /// Gives the Joliet tree of an image, whose blocks are `metadata`, a label of its own, which libisofs cannot do.
    static func setJolietLabel(_ label: String, in metadata: inout [UInt8]) throws(DiscImageError) {
        let size = DiscGeometry.blockByteCount
        var start = DiscGeometry.firstDescriptorBlock * size
        while start + size <= metadata.count, metadata[start] != 255 {
            defer { start += size }
            guard metadata[start] == 2 else { continue }
            let units = Array(label.utf16.prefix(DiscDescription.jolietLabelLimit))
            for index in 0..<DiscDescription.jolietLabelLimit {
                let unit = index < units.count ? units[index] : UInt16(UInt8(ascii: " "))
                metadata[start + 40 + 2 * index] = UInt8(unit >> 8)  // ECMA-119 8.5.1: volume identifier
                metadata[start + 41 + 2 * index] = UInt8(unit & 0xFF)
            }
            return
        }
        throw DiscImageError(.layoutFailed, "the disc", "has no Joliet tree")
    }

    /// The descriptors of an image, whose blocks are `metadata`, as they belong at the start of a disc of `blockCount`
    /// blocks, where it does not begin: they say how large all of it is.
    static func front(of metadata: [UInt8], blockCount: UInt32) throws(DiscImageError) -> [UInt8] {
        let size = DiscGeometry.blockByteCount
        let start = DiscGeometry.firstDescriptorBlock * size
        var end = start
        while end + size <= metadata.count, metadata[end] != 255 { end += size }  // ECMA-119 8.3.1: the terminator
        guard end + size <= metadata.count else {
            throw DiscImageError(.layoutFailed, "the disc", "has no end of its volume descriptors")
        }
        var front = Array(metadata[start..<end + size])
        for block in stride(from: 0, to: front.count, by: size) where front[block] == 1 || front[block] == 2 {
            for index in 0..<4 {  // ECMA-119 8.4.8: volume space size, in both byte orders
                front[block + 80 + index] = UInt8(truncatingIfNeeded: blockCount >> (8 * UInt32(index)))
                front[block + 87 - index] = front[block + 80 + index]
            }
        }
        return front
    }

    private static func volume(
        _ sector: ByteReader, _ encoding: NameEncoding, name: String
    ) throws(DiscImageError) -> Volume {
        guard let label = sector.slice(at: 40, length: 32),  // ECMA-119 8.4.7
            let blockSize: UInt16 = sector.littleEndian(at: 128),  // 8.4.12
            let rootBlock: UInt32 = sector.littleEndian(at: 156 + 2),  // 8.4.18 and 9.1.3
            let rootLength: UInt32 = sector.littleEndian(at: 156 + 10),  // 9.1.4
            let tableLength: UInt32 = sector.littleEndian(at: 132),  // 8.4.13
            let littleEndianTable: UInt32 = sector.littleEndian(at: 140),  // 8.4.14
            let bigEndianTable: UInt32 = sector.bigEndian(at: 148)  // 8.4.16
        else { throw DiscImageError(.damaged, "\(name)", "has a volume descriptor that is cut short") }
        guard Int(blockSize) == DiscGeometry.blockByteCount else {
            throw DiscImageError(.damaged, "\(name)", "has blocks of \(blockSize) bytes; only 2048 can be read")
        }
        let size = Int64(DiscGeometry.blockByteCount)
        let areEqual = [
            sector.bigEndian(at: 156 + 6) == rootBlock, sector.bigEndian(at: 156 + 14) == rootLength,
        ]
        return Volume(
            label: decode(label, encoding).trimmingTrailing { $0 == " " || $0 == "\0" }, encoding: encoding,
            root: DiscExtent(offset: Int64(rootBlock) * size, byteCount: Int64(rootLength)),
            pathTables: PathTables(
                byteCount: tableLength, littleEndianBlock: littleEndianTable, bigEndianBlock: bigEndianTable),
            orders: areEqual == [true, true] ? .equal : areEqual == [false, false] ? .littleEndian : .contradictory)
    }

    /// Decodes a name or label; what is not valid becomes U+FFFD.
    static func decode(_ bytes: ArraySlice<UInt8>, _ encoding: NameEncoding) -> String {
        switch encoding {
        case .singleByte: String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case .utf16BigEndian:
            String(
                decoding: stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map {
                    UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
                }, as: UTF16.self)
        }
    }
}
