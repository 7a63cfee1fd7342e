// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Looks at everything of a bridge of ours, beside its files and their entries, that a reader may go by.
///
/// What is written twice is read twice here: a reader that finds the one never looks at the other.
struct BridgeCheck<Blocks: ByteSource> {
    private let blocks: Blocks
    private let name: String

    /// The descriptors of a sequence; nil for one that is not sound.
    private struct Sequence {
        let partition: ByteReader
        let volume: ByteReader
        /// All that does not depend on the place of a descriptor (ECMA-167 3/7.2: the tag does).
        let bodies: [ArraySlice<UInt8>]
    }

    /// Checks the disc in `blocks`, which is called `name` in messages.
    init(_ blocks: Blocks, name: String) {
        self.blocks = blocks
        self.name = name
    }

    /// What is damaged, each part once; nothing on a disc whose UDF, if it has any, is not ours.
    func damagedParts() throws(DiscImageError) -> [DiscPart] {
        let extents = try UDFAnchor.first(in: blocks, name: name) ?? UDFPlaces.anchor
        let main = try sequence(extents.main)
        let reserve = try sequence(extents.reserve)
        guard let known = main ?? reserve, UDFEntity.program.identifies(known.volume, at: 272),
            let partition: UInt32 = known.partition.littleEndian(at: 188),  // 3/10.5.8
            let length: UInt32 = known.partition.littleEndian(at: 192),  // 3/10.5.9
            let lastAnchor = Self.sum(partition, length)
        else { return [] }
        var parts: [DiscPart] = []
        if try !announcesUDF() { parts.append(.udf(.recognition)) }
        if try !isAnchor(UDFPlaces.anchorBlock, extents) { parts.append(.udf(.firstAnchor)) }
        if try !isAnchor(lastAnchor, extents) { parts.append(.udf(.lastAnchor)) }
        if main == nil { parts.append(.udf(.mainSequence)) }
        if reserve == nil || main.map({ $0.bodies != known.bodies || $0.bodies != reserve?.bodies }) ?? false {
            parts.append(.udf(.reserveSequence))
        }
        let integrity = try integrity(of: known)
        if integrity == nil { parts.append(.udf(.integrity)) }
        if try !hasFileSet(known, partition) { parts.append(.udf(.fileSet)) }
        // UDF 3.2.1.1: ours count from the block, so that the next one tells where the image of libisofs begins.
        if let next: UInt64 = integrity?.littleEndian(at: 40),
            try !hasVolumeDescriptors(behind: UInt64(partition) + next - UDFFileSet.firstUniqueID, lastAnchor)
        {
            parts.append(.volumeDescriptors)
        }
        return parts
    }

    private static func sum(_ numbers: UInt32...) -> UInt32? {
        UInt32(exactly: numbers.reduce(UInt64(0)) { $0 + UInt64($1) })
    }

    private func block(_ number: UInt64) throws(DiscImageError) -> ByteReader? {
        let size = Int64(DiscGeometry.blockByteCount)
        guard number < UInt64(Int64.max / size) else { return nil }
        return try blocks.read(at: Int64(number) * size, length: Int(size), of: name).map { ByteReader($0) }
    }

    /// 2/9.1 and 3/9.1, behind the volume descriptors of ISO 9660.
    private func announcesUDF() throws(DiscImageError) -> Bool {
        let size = DiscGeometry.blockByteCount
        let all = try frontBlocks()
        let expected = UDFVolumeStructures.recognitionSequence
        let start = UInt64(DiscGeometry.firstDescriptorBlock + all.count / size)
        for index in 0..<expected.count / size {
            guard let found = try block(start + UInt64(index)),
                found.bytes.elementsEqual(expected[index * size..<(index + 1) * size])
            else { return false }
        }
        return true
    }

    /// The volume descriptors of ISO 9660 up to their end.
    private func frontBlocks() throws(DiscImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        // What is behind them lies in front of the main sequence.
        for number in DiscGeometry.firstDescriptorBlock..<Int(UDFPlaces.mainSequence) {
            guard let found = try block(UInt64(number)),
                found.slice(at: 1, length: 5).map({ $0.elementsEqual("CD001".utf8) }) == true
            else { break }
            bytes += found.bytes
            if found.bytes.first == 255 { break }  // ECMA-119 8.3.1: the terminator
        }
        return bytes
    }

    private func isAnchor(_ number: UInt32, _ extents: UDFAnchor) throws(DiscImageError) -> Bool {
        guard let found = try block(UInt64(number)), found.isSound(.anchor, at: number) else { return false }
        return UDFAnchor(found) == extents
    }

    /// The sequence in `extent` when all of its descriptors are sound.
    private func sequence(_ extent: UDFAnchor.Extent) throws(DiscImageError) -> Sequence? {
        let descriptors = try UDFAnchor.descriptors(of: extent, blocks, name: name)
        var found: [UInt16: ByteReader] = [:]
        for (index, descriptor) in descriptors.enumerated() {
            guard let number = descriptor.udfTag, let tag = UDFTag(rawValue: number),
                let location = Self.sum(extent.block, UInt32(index)), descriptor.isSound(tag, at: location)
            else { return nil }
            found[number] = descriptor
        }
        // 3/8.4.2: all of them prevail, and the last one ends the sequence.
        let kinds: [UDFTag] = [
            .primaryVolume, .implementationUse, .partition, .logicalVolume, .unallocatedSpace, .terminating,
        ]
        guard kinds.allSatisfy({ found[$0.rawValue] != nil }), let partition = found[UDFTag.partition.rawValue],
            let volume = found[UDFTag.logicalVolume.rawValue]
        else { return nil }
        return Sequence(
            partition: partition, volume: volume,
            bodies: descriptors.map { $0.bytes.dropFirst(UDFDescriptors.tagByteCount) })
    }

    /// 3/10.10: that the volume is closed, where the logical volume says; nil when it is not sound.
    private func integrity(of sequence: Sequence) throws(DiscImageError) -> ByteReader? {
        guard let place: UInt32 = sequence.volume.littleEndian(at: 432 + 4), let next = Self.sum(place, 1),
            let found = try block(UInt64(place)), found.isSound(.logicalVolumeIntegrity, at: place),
            found.littleEndian(UInt32.self, at: 28) == 1,
            try block(UInt64(next))?.isSound(.terminating, at: next) == true
        else { return nil }
        return found
    }

    /// 4/14.1 and 4/8.3.1, where the logical volume says.
    private func hasFileSet(_ sequence: Sequence, _ partition: UInt32) throws(DiscImageError) -> Bool {
        guard let place: UInt32 = sequence.volume.littleEndian(at: 248 + 4), let next = Self.sum(place, 1) else {
            return false
        }
        let fileSet = try block(UInt64(partition) + UInt64(place))
        let end = try block(UInt64(partition) + UInt64(next))
        return fileSet?.isSound(.fileSet, at: place) == true && end?.isSound(.terminating, at: next) == true
    }

    /// True when the volume descriptors of ISO 9660 are those of the image that begins behind the entries of UDF, which end
    /// before block `end`, with the size of the whole disc: it ends with the last anchor, or so far behind it as a disc does
    /// that is a drive too.
    private func hasVolumeDescriptors(behind end: UInt64, _ lastAnchor: UInt32) throws(DiscImageError) -> Bool {
        let front = try frontBlocks()
        let size = DiscGeometry.blockByteCount
        let first = end + end % 2
        guard first < UInt64(lastAnchor),
            let image = try blocks.read(
                at: Int64(first) * Int64(size), length: DiscGeometry.firstDescriptorBlock * size + front.count, of: name
            )
        else { return false }
        do throws(DiscImageError) {
            // Only the first descriptor of the disc makes a statement.
            var unstated = front
            if front.count >= StructureStatement.field.upperBound {
                unstated.replaceSubrange(
                    StructureStatement.field,
                    with: image[StructureStatement.offset...].prefix(StructureStatement.byteCount))
            }
            for behind in [0, UInt32(DiscRoom.endBlockCount)] {
                guard let blockCount = Self.sum(lastAnchor, 1, behind) else { continue }
                if try VolumeDescriptors.front(of: image, blockCount: blockCount) == unstated { return true }
            }
        } catch {}
        return false
    }
}
