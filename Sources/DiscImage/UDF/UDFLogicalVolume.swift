// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The blocks of a logical volume, wherever its partitions have them (ECMA-167 3/10.6, 3/10.7).
struct UDFLogicalVolume<Blocks: ByteSource> {
    private let blocks: Blocks
    private let name: String
    private let partitions: [UDFPartition]
    /// Bytes of a block (3/10.6.5).
    let blockByteCount: Int64
    /// The logical volume's name (3/10.6.4).
    let label: String
    /// The revision of UDF, binary coded: 0x0102 is 1.02.
    let revision: UInt16
    /// True when this program made it.
    let isOurs: Bool
    /// Where the file set is (3/10.6.7).
    let fileSet: UDFAddress

    /// Partitions beyond this many are not believed: UDF has three at most (UDF 2.2.4.6).
    private static var partitionLimit: UInt32 { 8 }

    /// Reads the descriptors of the volume in `blocks`; nil when there is no anchor.
    ///
    /// Where an anchor or a sequence of descriptors cannot be read, the other one is (ECMA-167 3/8.4.2).
    init?(_ blocks: Blocks, name: String, _ limits: inout DiscLimits) throws(DiscImageError) {
        guard let anchor = try UDFAnchor.first(in: blocks, name: name) else { return nil }
        var sequence: UDFVolumeSequence?
        // The first that is sound, or else the first.
        for extent in [anchor.main, anchor.reserve] where sequence?.isSound != true {
            let found = try UDFVolumeSequence(extent, anchor, blocks, name: name)
            if sequence == nil || found?.isSound == true { sequence = found }
        }
        guard let sequence else {
            throw .damaged(
                name,
                "its UDF volume descriptors, in blocks \(anchor.main.block) and \(anchor.reserve.block), are not as they"
                    + " were written")
        }
        let volume = sequence.volume
        self.blocks = blocks
        self.name = name
        blockByteCount = anchor.blockByteCount
        guard volume.littleEndian(UInt32.self, at: 212) == UInt32(blockByteCount) else {
            throw .unsupported(name, "UDF with blocks of a size of its own")
        }
        label = volume.slice(at: 84, length: 128).map(UDFField.fixedText) ?? ""
        // UDF 2.1.5.3: the domain is followed by the revision, binary coded.
        revision = volume.littleEndian(at: 216 + 24) ?? 0
        isOurs = UDFEntity.program.identifies(volume, at: 272)  // 3/10.6.10: implementation identifier
        fileSet = UDFAddress(  // a long_ad (4/14.14.2)
            block: volume.littleEndian(at: 248 + 4) ?? 0, partition: volume.littleEndian(at: 248 + 8) ?? 0)
        guard let count: UInt32 = volume.littleEndian(at: 268), (1...Self.partitionLimit).contains(count) else {
            throw .damaged(name, "its UDF volume descriptors are incomplete")
        }
        let maps = UDFPartitionMaps(volume, count: Int(count), sequence, blocks, name: name, blockByteCount)
        partitions = try maps.partitions(&limits)
    }

    /// Where plain partitions begin, in bytes; nil where the first is of another kind.
    var plainOffset: Int64? {
        guard case .plain(let start) = partitions.first else { return nil }
        return Int64(start) * blockByteCount
    }

    /// True when there is a copy of what is in `partition`.
    func hasMirror(_ partition: UInt16) -> Bool {
        guard case .metadata(let metadata) = self.partition(partition) else { return false }
        return metadata.main != nil && metadata.mirror != nil
    }

    private func partition(_ number: UInt16) -> UDFPartition? {
        partitions.indices.contains(Int(number)) ? partitions[Int(number)] : nil
    }

    /// Where `byteCount` bytes from the block at `address` lie on the medium.
    ///
    /// - Throws: ``DiscImageError`` `.damaged` when there is no such partition, or a metadata partition has not so many.
    func extents(
        at address: UDFAddress, byteCount: Int64, _ copy: UDFMetadata.Copy = .main
    ) throws(DiscImageError) -> [DiscExtent] {
        try Self.extents(
            at: address, byteCount: byteCount, copy, partitions, blockByteCount: blockByteCount, name: name)
    }

    fileprivate static func extents(
        at address: UDFAddress, byteCount: Int64, _ copy: UDFMetadata.Copy, _ partitions: [UDFPartition],
        blockByteCount: Int64, name: String
    ) throws(DiscImageError) -> [DiscExtent] {
        guard partitions.indices.contains(Int(address.partition)) else {
            throw .damaged(name, "a file lies in a partition that is not there")
        }
        let count = UInt64((byteCount + blockByteCount - 1) / blockByteCount)
        var extents: [DiscExtent] = []
        var rest = byteCount
        func add(block: UInt64, count: UInt64) {
            // Blocks have 33 bits at most, and a length fewer than 2^30 of them.
            let length = min(rest, Int64(count) * blockByteCount)
            extents.append(DiscExtent(offset: Int64(block) * blockByteCount, byteCount: length))
            rest -= length
        }
        switch partitions[Int(address.partition)] {
        case .plain(let start): add(block: UInt64(start) + UInt64(address.block), count: count)
        case .sparable(let sparing):
            for run in sparing.runs(of: address.block, count: count) { add(block: run.block, count: run.count) }
        case .metadata(let metadata):
            guard let places = metadata.places(of: address.block, count: count, copy) else {
                throw .damaged(name, "its metadata partition ends too early")
            }
            for (place, count) in places {
                let length = min(rest, Int64(count) * blockByteCount)
                // Of a partition below, which is none of metadata.
                extents += try self.extents(
                    at: place, byteCount: length, copy, partitions, blockByteCount: blockByteCount, name: name)
                rest -= length
            }
        }
        return extents
    }

    /// The block at `address`, which holds `what`: a descriptor of one of the kinds `tags`.
    func block(
        at address: UDFAddress, _ what: String, _ tags: [UDFTag], _ copy: UDFMetadata.Copy = .main
    ) throws(DiscImageError) -> ByteReader {
        try Self.block(
            at: address, what, tags, copy, partitions, of: blocks, blockByteCount: blockByteCount, name: name)
    }

    /// ECMA-167 3/7.2: the tag says what it is of, where it belongs, and what the bytes behind it are.
    fileprivate static func block(
        at address: UDFAddress, _ what: String, _ tags: [UDFTag], _ copy: UDFMetadata.Copy,
        _ partitions: [UDFPartition],
        of blocks: Blocks, blockByteCount: Int64, name: String
    ) throws(DiscImageError) -> ByteReader {
        let extents = try extents(
            at: address, byteCount: blockByteCount, copy, partitions, blockByteCount: blockByteCount, name: name)
        guard let offset = extents.first?.offset else { throw .damaged(name, "\(what) is not there") }
        let block = try blocks.require(at: offset, length: Int(blockByteCount), what, of: name)
        guard let problem = block.udfProblem(tags, at: address.block) else { return block }
        throw .damaged(name, "\(what) in block \(offset / blockByteCount) \(problem)")
    }
}

/// The maps that tell what the partitions of a logical volume are (ECMA-167 3/10.7).
private struct UDFPartitionMaps<Blocks: ByteSource> {
    private let volume: ByteReader
    private let count: Int
    private let sequence: UDFVolumeSequence
    private let blocks: Blocks
    private let name: String
    private let blockByteCount: Int64

    /// A map as it is written.
    private enum Map {
        case known(UDFPartition, number: UInt16)
        /// Of metadata, whose files lie in the partition of this number.
        case metadata(file: UInt32, mirror: UInt32, number: UInt16)
    }

    init(
        _ volume: ByteReader, count: Int, _ sequence: UDFVolumeSequence, _ blocks: Blocks, name: String,
        _ blockByteCount: Int64
    ) {
        self.volume = volume
        self.count = count
        self.sequence = sequence
        self.blocks = blocks
        self.name = name
        self.blockByteCount = blockByteCount
    }

    private var damaged: DiscImageError { .damaged(name, "its UDF partitions cannot be made out") }

    /// All of them, in the order of the maps.
    func partitions(_ limits: inout DiscLimits) throws(DiscImageError) -> [UDFPartition] {
        var maps: [Map] = []
        var offset = 440  // 3/10.6.13
        for _ in 0..<count {
            guard let length: UInt8 = volume.littleEndian(at: offset + 1), length >= 2,
                let map = volume.slice(at: offset, length: Int(length)).map(ByteReader.init)
            else { throw damaged }
            maps.append(try self.map(map))
            offset += Int(length)
        }
        // Files of metadata lie in another partition, and are found through it alone.
        var found: [UDFPartition] = maps.map {
            if case .known(let partition, _) = $0 { partition } else { .metadata(UDFMetadata(main: nil, mirror: nil)) }
        }
        for (index, map) in maps.enumerated() {
            guard case .metadata(let file, let mirror, let number) = map else { continue }
            let holder = maps.firstIndex { if case .known(_, number) = $0 { true } else { false } }
            guard let holder else { throw damaged }
            func runs(_ block: UInt32, _ limits: inout DiscLimits) throws(DiscImageError) -> [UDFMetadata.Run]? {
                do throws(DiscImageError) {
                    return try self.runs(
                        UDFAddress(block: block, partition: UInt16(holder)), in: found, &limits)
                } catch {
                    // The other one may be whole.
                    if error.code == .damaged { return nil }
                    throw error
                }
            }
            let main = try runs(file, &limits)
            let copy = try mirror == file ? nil : runs(mirror, &limits)
            guard main != nil || copy != nil else { throw .damaged(name, "its metadata partition cannot be read") }
            found[index] = .metadata(UDFMetadata(main: main, mirror: copy))
        }
        return found
    }

    private func map(_ map: ByteReader) throws(DiscImageError) -> Map {
        switch map.littleEndian(UInt8.self, at: 0) {
        case 1:  // 3/10.7.2
            guard let number: UInt16 = map.littleEndian(at: 4), let start = sequence.partitionStarts[number] else {
                throw damaged
            }
            return .known(.plain(start: start), number: number)
        case 2:  // 3/10.7.3, UDF 2.2.8: what it is, is told by an identifier.
            guard let number: UInt16 = map.littleEndian(at: 38), let start = sequence.partitionStarts[number] else {
                throw damaged
            }
            func isKind(_ identifier: String) -> Bool {
                map.slice(at: 5, length: identifier.utf8.count)?.elementsEqual(identifier.utf8) ?? false
            }
            if isKind("*UDF Sparable Partition") {
                return .known(.sparable(try sparing(map, start)), number: number)
            }
            if isKind("*UDF Metadata Partition") {  // UDF 2.2.10
                guard let file: UInt32 = map.littleEndian(at: 40), let mirror: UInt32 = map.littleEndian(at: 44) else {
                    throw damaged
                }
                return .metadata(file: file, mirror: mirror, number: number)
            }
            if isKind("*UDF Virtual Partition") {
                throw .unsupported(name, "UDF with a virtual partition (a disc that was written bit by bit)")
            }
            fallthrough
        default: throw .unsupported(name, "UDF with a partition of an unknown kind")
        }
    }

    // MARK: Sparing

    /// More than the tables of any medium have.
    private static var movedLimit: UInt16 { 16_384 }

    /// UDF 2.2.9: a partition with tables of the packets that lie elsewhere; one of the tables suffices.
    private func sparing(_ map: ByteReader, _ start: UInt32) throws(DiscImageError) -> UDFSparing {
        guard let packet: UInt16 = map.littleEndian(at: 40), packet > 0,
            let tableCount: UInt8 = map.littleEndian(at: 42)
        else { throw damaged }
        var best: (number: UInt32, moved: [(original: UInt32, mapped: UInt32)])?
        for index in 0..<min(Int(tableCount), 4) {
            guard let block: UInt32 = map.littleEndian(at: 48 + 4 * index),
                let table = try sparingTable(at: block), best.map({ table.number > $0.number }) ?? true
            else { continue }
            best = table
        }
        guard let best else { throw .damaged(name, "its sparing tables cannot be read") }
        return UDFSparing(start: start, packet: UInt32(packet), moved: best.moved.sorted { $0.original < $1.original })
    }

    /// UDF 2.2.12: the table in `block` of the medium; nil when it is none.
    private func sparingTable(
        at block: UInt32
    ) throws(DiscImageError) -> (number: UInt32, moved: [(original: UInt32, mapped: UInt32)])? {
        let offset = Int64(block) * blockByteCount
        let identifier = "*UDF Sparing Table"
        // Tables have no kind of descriptor and a tag all the same; where it says that it lies nobody goes by.
        guard
            let tag = try blocks.read(at: offset, length: UDFDescriptors.tagByteCount, of: name).map({ ByteReader($0) }
            ),
            tag.udfTag == 0, let covered: UInt16 = tag.littleEndian(at: 10),
            let head = try blocks.read(
                at: offset, length: max(56, UDFDescriptors.tagByteCount + Int(covered)), of: name
            ).map({ ByteReader($0) }), head.hasSoundBody,
            head.slice(at: 17, length: identifier.utf8.count)?.elementsEqual(identifier.utf8) == true,
            let count: UInt16 = head.littleEndian(at: 48), count <= Self.movedLimit,
            let number: UInt32 = head.littleEndian(at: 52),
            let entries = try blocks.read(at: offset + 56, length: Int(count) * 8, of: name).map({ ByteReader($0) })
        else { return nil }
        // The largest numbers stand for places that are free or defective.
        let moved = (0..<Int(count)).compactMap { index -> (original: UInt32, mapped: UInt32)? in
            guard let original: UInt32 = entries.littleEndian(at: index * 8), original < 0xFFFF_FFF0,
                let mapped: UInt32 = entries.littleEndian(at: index * 8 + 4)
            else { return nil }
            return (original, mapped)
        }
        return (number, moved)
    }

    // MARK: Metadata

    /// The runs of the file of metadata whose entry is at `address`, in blocks.
    private func runs(
        _ address: UDFAddress, in partitions: [UDFPartition], _ limits: inout DiscLimits
    ) throws(DiscImageError) -> [UDFMetadata.Run]? {
        func block(at address: UDFAddress, _ tags: [UDFTag]) throws(DiscImageError) -> ByteReader {
            try UDFLogicalVolume<Blocks>.block(
                at: address, "the metadata partition", tags, .main, partitions, of: blocks,
                blockByteCount: blockByteCount,
                name: name)
        }
        let record = try UDFFileRecord(try block(at: address, UDFFileRecord.tags), name: name)
        guard case .extents(let kind, let list) = record.contents else { throw damaged }
        let runs = try kind.runs(
            list, partition: address.partition, byteCount: record.byteCount, name: name, &limits
        ) { address throws(DiscImageError) in try block(at: address, [.allocationExtent]) }
        // A partition of metadata in one of metadata would have no end.
        guard runs.allSatisfy({ $0.place?.partition == address.partition }) else { throw damaged }
        return UDFMetadata.runs(runs, blockByteCount: blockByteCount)
    }
}
