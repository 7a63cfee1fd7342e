// SPDX-License-Identifier: GPL-3.0-or-later

import Support

@testable import DiscImage

// The volume around the files: descriptors, maps, sparing tables and the files of metadata.

extension UDFImageBuilder {
    /// Makes CRC and checksum of the descriptor at the start of a block right again (ECMA-167 3/7.2.3, 3/7.2.6).
    static func seal(_ bytes: inout [UInt8], block: Int, of size: Int) { seal(&bytes, at: block * size, within: size) }

    /// The same of the descriptor that begins at `start` and has at most `size` bytes.
    static func seal(_ bytes: inout [UInt8], at start: Int, within size: Int) {
        let count = min(Int(bytes[start + 10]) | Int(bytes[start + 11]) << 8, size - 16)
        let crc = bytes.withUnsafeBytes {
            UDFChecksum.crc(UnsafeRawBufferPointer(rebasing: $0[start + 16..<start + 16 + count]))
        }
        let fields = [UInt8(crc & 0xFF), UInt8(crc >> 8), UInt8(count & 0xFF), UInt8(count >> 8)]
        bytes.replaceSubrange(start + 8..<start + 12, with: fields)
        bytes[start + 4] = 0
        bytes[start + 4] = bytes[start..<start + 16].reduce(0, &+)
    }

    /// The image.
    mutating func image() -> [UInt8] {
        meta = []
        content = []
        let fileSet = reserve()
        let root = addFolder("", parent: nil)
        meta[fileSet] = sealed(.fileSet, at: number(fileSet), byteCount: 512) {
            $0.putCharacterSet(at: 48)
            $0.put(UDFText.field("Media", byteCount: 128), at: 112)
            $0.putCharacterSet(at: 240)
            $0.put(Self.long(UInt32(blockByteCount), root, metaPartition), at: 400)
        }
        precondition(meta.count <= 2 * Place.halfCount)
        let partitionCount = Int(Place.content) + blocks(content.count)
        let blockCount = Int(Place.partition) + partitionCount + 258
        var bytes = [UInt8](repeating: 0, count: blockCount * blockByteCount)
        func put(_ part: some Collection<UInt8>, _ block: UInt32) {
            let start = Int(block) * blockByteCount
            bytes.replaceSubrange(start..<start + part.count, with: part)
        }
        let size = max(2048, blockByteCount)
        for (index, name) in ["BEA01", revision >= 0x0200 ? "NSR03" : "NSR02", "TEA01"].enumerated() {
            bytes.replaceSubrange(32_768 + index * size..<32_768 + index * size + 7, with: [0] + name.utf8 + [1])
        }
        for block in [UInt32(256), UInt32(blockCount - 1)] {
            put(
                sealed(.anchor, at: block, byteCount: 512) {
                    $0.putExtent(byteCount: UInt32(16 * blockByteCount), block: Place.main, at: 16)
                    $0.putExtent(byteCount: UInt32(16 * blockByteCount), block: Place.reserve, at: 24)
                }, block)
        }
        for start in [Place.main, Place.reserve] {
            for (index, block) in sequence(partitionCount: partitionCount, at: start).enumerated() {
                put(block, start + UInt32(index))
            }
        }
        let base = Place.partition
        put(content, base + Place.content)
        if case .metadata(let hasMirror) = partition {
            let parts = [meta.prefix(Place.halfCount), meta.dropFirst(Place.halfCount)]
            // The second half lies in front of the first.
            let halves = [Place.second, Place.first]
            for (start, part) in zip(halves, parts) { put(part.joined(), base + start) }
            put(metadataFile(type: 250, halves, at: Place.file), base + Place.file)
            let copies = hasMirror ? [Place.copy, Place.copy + UInt32(Place.halfCount)] : halves
            put(metadataFile(type: 251, copies, at: Place.mirrorFile), base + Place.mirrorFile)
            if hasMirror { put(meta.joined(), base + Place.copy) }
        } else {
            put(meta.joined(), base + Place.first)
        }
        if case .sparable(let count) = partition { move(count, &bytes) }
        return bytes
    }

    private func metadataFile(type: UInt8, _ starts: [UInt32], at block: UInt32) -> [UInt8] {
        let half = Place.halfCount * blockByteCount
        let list = starts.flatMap { Array(Self.long(UInt32(half), $0, 0).prefix(8)) }
        var entry = self
        entry.hasExtendedEntries = true
        entry.partition = .plain
        return entry.entry(type: type, form: .short, byteCount: 2 * half, descriptors: list, at: block)
    }

    /// Lays packets elsewhere and nonsense in their place: those of the entries first, then others.
    private func move(_ count: Int, _ bytes: inout [UInt8]) {
        let packetByteCount = Self.packet * blockByteCount
        let originals = [Int(Place.first), Int(Place.content)] + stride(from: 1632, to: 4000, by: 64)
        var entries: [UInt8] = []
        var moved = 0
        for original in originals where moved < count {
            let start = (Int(Place.partition) + original) * blockByteCount
            guard start + packetByteCount <= bytes.count else { break }
            let spare = Int(Place.spare) + moved * Self.packet
            bytes.replaceSubrange(
                spare * blockByteCount..<spare * blockByteCount + packetByteCount,
                with: bytes[start..<start + packetByteCount])
            bytes.replaceSubrange(
                start..<start + packetByteCount, with: [UInt8](repeating: 0xEE, count: packetByteCount))
            entries.append(littleEndian: UInt32(original))
            entries.append(littleEndian: UInt32(spare))
            moved += 1
        }
        entries.append(littleEndian: UInt32.max)
        entries.append(littleEndian: UInt32(Int(Place.spare) + moved * Self.packet))
        for (number, table) in Place.tables.enumerated() {
            var descriptors = UDFDescriptors()
            descriptors.begin([UInt8](repeating: 0, count: blockByteCount)[...])
            descriptors.put(Array("*UDF Sparing Table".utf8), at: 17)
            descriptors.put(UInt16(entries.count / 8), at: 48)
            descriptors.put(UInt32(number + 1), at: 52)
            descriptors.put(entries, at: 56)
            // A table has no kind of descriptor (UDF 2.2.12): its tag is that of another with the identifier 0.
            descriptors.seal(.terminating, location: table, byteCount: 512)
            descriptors.put(UInt16(0), at: 0)
            descriptors.put(descriptors.bytes[4] &- 8, at: 4)
            let start = Int(table) * blockByteCount
            bytes.replaceSubrange(start..<start + blockByteCount, with: descriptors.bytes)
        }
    }

    private func sequence(partitionCount: Int, at start: UInt32) -> [[UInt8]] {
        [
            sealed(.primaryVolume, at: start, byteCount: 512) {
                $0.put(UDFText.field("Media", byteCount: 32), at: 24)
                $0.put(UDFText.field("0123456789ABCDEFMedia", byteCount: 128), at: 72)
                $0.putCharacterSet(at: 200)
                $0.putCharacterSet(at: 264)
            },
            sealed(.partition, at: start + 1, byteCount: 512) {
                $0.put(UInt16(1), at: 20)
                $0.put(Array((revision >= 0x0200 ? "+NSR03" : "+NSR02").utf8), at: 25)
                $0.put(UInt32(1), at: 184)
                $0.put(Place.partition, at: 188)
                $0.put(UInt32(partitionCount), at: 192)
            },
            sealed(.logicalVolume, at: start + 2, byteCount: 440 + maps.count) {
                $0.put(UInt32(1), at: 16)
                $0.putCharacterSet(at: 20)
                $0.put(UDFText.field("Media", byteCount: 128), at: 84)
                $0.put(UInt32(blockByteCount), at: 212)
                $0.put(Array("*OSTA UDF Compliant".utf8), at: 217)
                $0.put(revision, at: 240)
                $0.put(Self.long(UInt32(blockByteCount), number(0), metaPartition), at: 248)
                $0.put(UInt32(maps.count), at: 264)
                $0.put(UInt32(isMetadata ? 2 : 1), at: 268)
                $0.put(maps, at: 440)
            },
            sealed(.unallocatedSpace, at: start + 3, byteCount: 512) { _ in },
            sealed(.terminating, at: start + 4, byteCount: 512) { _ in },
        ]
    }

    /// The partition maps (3/10.7, UDF 2.2.8 to 2.2.10).
    private var maps: [UInt8] {
        let plain: [UInt8] = [1, 6, 1, 0, 0, 0]
        func map(_ identifier: String, _ fill: (inout UDFDescriptors) -> Void = { _ in }) -> [UInt8] {
            var map = UDFDescriptors()
            map.begin([UInt8](repeating: 0, count: 64)[...])
            map.put([2, 64], at: 0)
            map.put(Array(identifier.utf8), at: 5)
            map.put(UInt16(1), at: 36)
            fill(&map)
            return map.bytes
        }
        if let otherPartition { return map(otherPartition) }
        switch partition {
        case .plain: return plain
        case .sparable:
            return map("*UDF Sparable Partition") {
                $0.put(UInt16(Self.packet), at: 40)
                $0.put(UInt8(Place.tables.count), at: 42)
                $0.put(UInt32(512), at: 44)
                for (index, table) in Place.tables.enumerated() { $0.put(table, at: 48 + 4 * index) }
            }
        case .metadata:
            return plain
                + map("*UDF Metadata Partition") {
                    $0.put(Place.file, at: 40)
                    $0.put(Place.mirrorFile, at: 44)
                    $0.put(UInt32.max, at: 48)
                    $0.put(UInt32(32), at: 52)
                    $0.put(UInt16(32), at: 56)
                }
        }
    }
}
