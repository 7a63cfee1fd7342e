// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Reads the files of a UDF volume, which is what genuine media is (ECMA-167 3rd edition; OSTA UDF 1.02 to 2.01).
///
/// One plain partition, as optical images have; metadata partitions (UDF 2.50) and sparing are refused. As with ISO
/// 9660 nothing is trusted: every tag is checked, every walk has a limit.
struct UDFVolume<Blocks: ByteSource> {
    private let blocks: Blocks
    private let name: String
    private let partitionOffset: Int64
    /// The logical volume's name.
    let label: String
    /// The revision of UDF, binary coded: 0x0102 is 1.02.
    let revision: UInt16
    /// True when this program made it: then ISO 9660 and Joliet lead to the same files.
    let isOurs: Bool
    /// True when each entry and each identifier lies where it says and has the bytes that its CRC was made of.
    private(set) var isSound = true
    private(set) var entries: [DiscEntry] = []
    private var limits: DiscLimits
    /// The names that no path can have.
    private(set) var refused = RefusedNames()

    /// A folder of 32 MiB holds some 400,000 entries.
    private static var folderByteCountLimit: Int64 { 32 << 20 }
    private var blockSize: Int64 { Int64(DiscGeometry.blockByteCount) }

    /// Reads the volume in `blocks`; nil when there is no UDF anchor.
    ///
    /// Where an anchor or a sequence of descriptors cannot be read, the other one is (ECMA-167 3/8.4.2).
    init?(_ blocks: Blocks, name: String, _ bounds: DiscLimits.Bounds) throws(DiscImageError) {
        self.blocks = blocks
        self.name = name
        limits = DiscLimits(name: name, bounds)
        guard let anchor = try UDFAnchor.first(in: blocks, name: name) else { return nil }
        var found: (partition: UInt32, volume: ByteReader)?
        for extent in [anchor.main, anchor.reserve] where found == nil {
            let descriptors = try UDFAnchor.descriptors(of: extent, blocks, name: name)
            func first(_ tag: UDFTag) -> ByteReader? { descriptors.first { $0.udfTag == tag.rawValue } }
            // 3/10.5.8: where the partition begins.
            if let partition: UInt32 = first(.partition)?.littleEndian(at: 188), let volume = first(.logicalVolume) {
                found = (partition, volume)
            }
        }
        guard let (partition, volume) = found else {
            throw Self.damaged(name, "its UDF volume descriptors are incomplete")
        }
        let size = Int64(DiscGeometry.blockByteCount)
        guard volume.littleEndian(UInt32.self, at: 212) == UInt32(size),  // 3/10.6.5
            volume.littleEndian(UInt32.self, at: 268) == 1,  // 3/10.6.9: number of partition maps
            volume.littleEndian(UInt8.self, at: 440) == 1  // 3/10.7.2: a plain partition
        else { throw Self.damaged(name, "it uses a kind of UDF that cannot be read") }
        partitionOffset = Int64(partition) * size
        label = volume.slice(at: 84, length: 128).map(Self.fixedText) ?? ""  // 3/10.6.4
        // UDF 2.1.5.3: the domain is followed by the revision, binary coded.
        revision = volume.littleEndian(at: 216 + 24) ?? 0
        isOurs = UDFEntity.program.identifies(volume, at: 272)  // 3/10.6.10: implementation identifier
        guard let fileSetBlock: UInt32 = volume.littleEndian(at: 248 + 4) else { return nil }  // 3/10.6.7: long_ad
        try walk(fileSetBlock)
    }

    // MARK: The tree

    private mutating func walk(_ fileSetBlock: UInt32) throws(DiscImageError) {
        let fileSet = try descriptor(at: fileSetBlock, "the file set")
        guard fileSet.udfTag == UDFTag.fileSet.rawValue, let rootBlock: UInt32 = fileSet.littleEndian(at: 400 + 4)
        else {
            throw Self.damaged(name, "it has no file set")  // 4/14.1.15: root directory ICB
        }
        var pending: [(path: MediaPath?, block: UInt32)] = [(nil, rootBlock)]
        var visited: Set<UInt32> = []
        while let folder = pending.popLast() {
            guard visited.insert(folder.block).inserted else { throw Self.damaged(name, "its folders form a loop") }
            pending += try readFolder(try node(at: folder.block), folder.path)
        }
    }

    /// 4/14.4: the file identifier descriptors of a folder.
    private mutating func readFolder(
        _ folder: Node, _ parent: MediaPath?
    ) throws(DiscImageError) -> [(path: MediaPath?, block: UInt32)] {
        let bytes = try contents(of: folder)
        var folders: [(path: MediaPath?, block: UInt32)] = []
        var offset = 0
        while offset < bytes.count {
            guard let head = bytes.slice(at: offset, length: 38).map(ByteReader.init),
                head.udfTag == UDFTag.fileIdentifier.rawValue, let flags: UInt8 = head.littleEndian(at: 18),
                let nameLength: UInt8 = head.littleEndian(at: 19), let block: UInt32 = head.littleEndian(at: 24),
                let useLength: UInt16 = head.littleEndian(at: 36),
                let identifier = bytes.slice(at: offset + 38 + Int(useLength), length: Int(nameLength))
            else { throw Self.damaged(name, "a folder's entry is malformed") }
            // 14.4.9: padded to a multiple of four.
            let byteCount = (38 + Int(useLength) + Int(nameLength) + 3) / 4 * 4
            noteSoundness(of: bytes.slice(at: offset, length: byteCount), in: folder, offset)
            offset += byteCount
            // 14.4.3: bit 2 deleted, bit 3 the parent.
            guard flags & 0b1100 == 0 else { continue }
            let text = Self.text(identifier)
            guard let path = refused.path(of: text, in: parent) else {
                try limits.count(text)
                continue
            }
            let node = try node(at: block)
            try limits.count(path.description)
            try limits.countRecord(node.extents.count)
            if flags & 0b10 != 0 { folders.append((path, block)) }  // bit 1: a directory
            entries.append(
                DiscEntry(
                    path: path, isFolder: flags & 0b10 != 0,
                    sections: DiscSections(flags & 0b10 != 0 ? [] : node.extents),
                    modified: node.modified))
        }
        return folders
    }

    // MARK: File entries

    /// A file or folder: where its bytes are.
    private struct Node {
        let extents: [DiscExtent]
        let modified: Timestamp
    }

    /// Looks at the CRC and the place of an identifier at `offset` of a folder that lies in one piece, as ours do.
    private mutating func noteSoundness(of identifier: ArraySlice<UInt8>?, in folder: Node, _ offset: Int) {
        guard isOurs, isSound else { return }
        let place = (folder.extents.first?.offset ?? 0) - partitionOffset + Int64(offset)
        let location = UInt32(clamping: place / blockSize)
        isSound =
            folder.extents.count == 1
            && identifier.map { ByteReader($0).isSound(.fileIdentifier, at: location) } ?? false
    }

    /// 4/14.9 and 4/14.17: a file entry and its allocation descriptors.
    private mutating func node(at block: UInt32) throws(DiscImageError) -> Node {
        let entry = try descriptor(at: block, "a file entry")
        let tag = entry.udfTag
        if isOurs, isSound { isSound = entry.isSound(.fileEntry, at: block) }
        let isExtended = tag == UDFTag.extendedFileEntry.rawValue
        guard tag == UDFTag.fileEntry.rawValue || isExtended, let flags: UInt16 = entry.littleEndian(at: 34),  // 14.6.8
            let byteCount: UInt64 = entry.littleEndian(at: 56), byteCount <= UInt64(Int64.max),
            let attributesLength: UInt32 = entry.littleEndian(at: isExtended ? 208 : 168),
            let descriptorsLength: UInt32 = entry.littleEndian(at: isExtended ? 212 : 172)
        else { throw Self.damaged(name, "a file entry is malformed") }
        let start = (isExtended ? 216 : 176) + Int(attributesLength)
        let modified = entry.slice(at: isExtended ? 92 : 84, length: 12).map(Self.time) ?? Timestamp(unixSeconds: 0)
        guard let descriptors = entry.slice(at: start, length: Int(descriptorsLength)) else {
            throw Self.damaged(name, "a file entry is cut short")
        }
        let list = ByteReader(descriptors)
        var rest = Int64(byteCount)
        switch flags & 7 {
        case 3:  // the bytes themselves
            guard rest <= Int64(list.count) else { throw Self.damaged(name, "a file entry is cut short") }
            let offset = partitionOffset + Int64(block) * blockSize + Int64(start)
            return Node(extents: rest > 0 ? [DiscExtent(offset: offset, byteCount: rest)] : [], modified: modified)
        case 0, 1:
            let size = flags & 7 == 0 ? 8 : 16  // 14.14.1 and 14.14.2
            var extents: [DiscExtent] = []
            for offset in stride(from: 0, to: list.count, by: size) where rest > 0 {
                guard let length: UInt32 = list.littleEndian(at: offset),
                    let position: UInt32 = list.littleEndian(at: offset + 4), length >> 30 == 0  // recorded
                else { throw Self.damaged(name, "a file's extents cannot be read") }
                let count = min(rest, Int64(length))
                extents.append(DiscExtent(offset: partitionOffset + Int64(position) * blockSize, byteCount: count))
                rest -= count
            }
            guard rest == 0 else { throw Self.damaged(name, "a file has fewer bytes than it says") }
            return Node(extents: extents, modified: modified)
        default: throw Self.damaged(name, "a file's extents are of an unknown kind")
        }
    }

    private mutating func contents(of node: Node) throws(DiscImageError) -> ByteReader {
        // As many extents as one block holds, of 30 bits each: the sum cannot overflow.
        let byteCount = node.extents.reduce(0) { $0 + $1.byteCount }
        guard byteCount <= Self.folderByteCountLimit else { throw Self.damaged(name, "a folder is too large") }
        try limits.enter(byteCount: byteCount)
        var bytes: [UInt8] = []
        for extent in node.extents {
            bytes += try blocks.require(at: extent.offset, length: Int(extent.byteCount), "a folder", of: name).bytes
        }
        return ByteReader(bytes)
    }

    private func descriptor(at block: UInt32, _ what: String) throws(DiscImageError) -> ByteReader {
        try blocks.require(
            at: partitionOffset + Int64(block) * blockSize, length: DiscGeometry.blockByteCount, what, of: name)
    }

    // MARK: Fields

    /// UDF 2.1.1: a compression identifier, 8 or 16 bits a character, then the characters.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        switch bytes.first {
        case 8: VolumeDescriptors.decode(bytes.dropFirst(), .singleByte)
        case 16: VolumeDescriptors.decode(bytes.dropFirst(), .utf16BigEndian)
        default: ""
        }
    }

    /// 1/7.2.12: a text in a field of fixed length, whose last byte is the length used.
    private static func fixedText(_ bytes: ArraySlice<UInt8>) -> String {
        text(bytes.prefix(Int(bytes.last ?? 0)))
    }

    /// 1/7.3: type and zone, year, month, day, hour, minute, second; the zone in minutes when the type is 1.
    private static func time(_ bytes: ArraySlice<UInt8>) -> Timestamp {
        let reader = ByteReader(bytes)
        let zoneAndType = reader.littleEndian(UInt16.self, at: 0) ?? 0
        // Twelve bits with a sign; -2047 means no zone.
        let zone = Int64(Int16(bitPattern: zoneAndType << 4) >> 4)
        let fields = (4..<9).map { Int64(reader.littleEndian(UInt8.self, at: $0) ?? 0) }
        let seconds = CivilTime.unixSeconds(
            year: Int64(reader.littleEndian(UInt16.self, at: 2) ?? 1970), month: fields[0], day: fields[1],
            hour: fields[2], minute: fields[3], second: fields[4])
        return Timestamp(unixSeconds: zoneAndType >> 12 == 1 && zone > -1441 ? seconds - zone * 60 : seconds)
    }

    private static func damaged(_ name: String, _ reason: String) -> DiscImageError { .damaged(name, reason) }
}
