// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The descriptors of a volume with one partition that nobody writes to (ECMA-167 parts 2 and 3, UDF 2.2).
struct UDFVolumeStructures {
    /// The label of the volume, cut to what each field holds.
    let label: String
    /// When the volume was made.
    let created: Timestamp
    /// Tells this volume from others.
    let digest: SHA256Digest
    /// The block of the last anchor, behind the partition.
    let lastAnchor: UInt32
    /// Files and folders, the root among them.
    let fileCount: UInt32
    let folderCount: UInt32
    /// The next identifier that a file would get (UDF 3.2.1.1).
    let nextUniqueID: UInt64

    private static let blockByteCount = UInt32(DiscGeometry.blockByteCount)

    /// A tag and all fields of a volume descriptor (ECMA-167 3/10).
    private static let descriptorByteCount = 512

    private var partitionBlockCount: UInt32 { lastAnchor - UDFPlaces.partition }

    /// What follows the volume descriptors of ISO 9660: this is a volume of ECMA-167 (2/9.1, 2/9.1.2 and 3/9.1).
    static let recognitionSequence: [UInt8] = ["BEA01", "NSR02", "TEA01"].flatMap { identifier in
        [0] + Array(identifier.utf8) + [1] + [UInt8](repeating: 0, count: DiscGeometry.blockByteCount - 7)
    }

    /// The pieces of the volume outside its partition, but for the recognition sequence.
    var pieces: [DiscPiece] {
        [
            Self.piece(UDFPlaces.mainSequence, sequence(at: UDFPlaces.mainSequence)),
            Self.piece(UDFPlaces.reserveSequence, sequence(at: UDFPlaces.reserveSequence)),
            Self.piece(UDFPlaces.integrity, integrity),
            Self.piece(UDFPlaces.anchorBlock, anchor(at: UDFPlaces.anchorBlock)),
            Self.piece(lastAnchor, anchor(at: lastAnchor)),
        ]
    }

    private static func piece(_ block: UInt32, _ bytes: [UInt8]) -> DiscPiece {
        DiscPiece(offset: Int64(block) * Int64(blockByteCount), bytes: bytes)
    }

    /// 3/10.2: where the sequences lie.
    private func anchor(at block: UInt32) -> [UInt8] {
        var descriptor = UDFDescriptors()
        descriptor.begin()
        let (main, reserve) = (UDFPlaces.anchor.main, UDFPlaces.anchor.reserve)
        descriptor.putExtent(byteCount: main.byteCount, block: main.block, at: 16)
        descriptor.putExtent(byteCount: reserve.byteCount, block: reserve.block, at: 24)
        descriptor.seal(.anchor, location: block, byteCount: Self.descriptorByteCount)
        return descriptor.bytes
    }

    /// 3/8.4.2: the descriptors of the volume, numbered, up to the one that ends them.
    private func sequence(at block: UInt32) -> [UInt8] {
        var descriptors = UDFDescriptors()
        let parts: [(UDFTag, (inout UDFDescriptors) -> Void)] = [
            (.primaryVolume, primaryVolume), (.implementationUse, volumeInformation), (.partition, partition),
            (.logicalVolume, logicalVolume),
            // 3/10.8 and UDF 2.2.5: no space is free, which has to be said.
            (.unallocatedSpace, { _ in }), (.terminating, { _ in }),
        ]
        for (index, (tag, fill)) in parts.enumerated() {
            descriptors.begin()
            if tag != .terminating { descriptors.put(UInt32(index), at: 16) }  // 3/10.1.2: its number in the sequence
            fill(&descriptors)
            let byteCount = tag == .unallocatedSpace ? 24 : Self.descriptorByteCount
            descriptors.seal(tag, location: block + UInt32(index), byteCount: byteCount)
        }
        return descriptors.bytes
    }

    /// 3/10.1 and UDF 2.2.2.
    private func primaryVolume(_ descriptor: inout UDFDescriptors) {
        descriptor.put(UDFText.field(label, byteCount: 32), at: 24)  // 3/10.1.4: volume identifier
        descriptor.put(UInt16(1), at: 56)  // 3/10.1.5: number of the volume in its set
        descriptor.put(UInt16(1), at: 58)
        descriptor.put(UInt16(2), at: 60)  // 3/10.1.7: interchange level of a single volume
        descriptor.put(UInt16(3), at: 62)
        descriptor.put(UInt32(1), at: 64)  // 3/10.1.9: character set CS0 alone
        descriptor.put(UInt32(1), at: 68)
        descriptor.put(UDFText.field(volumeSetIdentifier, byteCount: 128), at: 72)
        descriptor.putCharacterSet(at: 200)  // 3/10.1.12
        descriptor.putCharacterSet(at: 264)
        descriptor.put(created, at: 376)  // 3/10.1.17
        descriptor.put(UDFEntity.program, at: 388)
    }

    /// UDF 2.2.2.5: 16 characters that tell the set from others, the first 8 of them the time.
    private var volumeSetIdentifier: String {
        func hexadecimal(_ value: UInt32) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }
        let own = digest.bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return hexadecimal(UInt32(truncatingIfNeeded: created.unixSeconds)) + hexadecimal(own)
    }

    /// 3/10.4 and UDF 2.2.7: the name of the logical volume again, and who wrote it.
    private func volumeInformation(_ descriptor: inout UDFDescriptors) {
        descriptor.put(UDFEntity.volumeInformation, at: 20)
        descriptor.putCharacterSet(at: 52)
        descriptor.put(UDFText.field(label, byteCount: 128), at: 116)
        descriptor.put(UDFEntity.program, at: 352)
    }

    /// 3/10.5.
    private func partition(_ descriptor: inout UDFDescriptors) {
        descriptor.put(UInt16(1), at: 20)  // 3/10.5.3: its space is allocated
        descriptor.put(UDFEntity.contents, at: 24)
        descriptor.put(UInt32(1), at: 184)  // 3/10.5.7: read only
        descriptor.put(UDFPlaces.partition, at: 188)
        descriptor.put(partitionBlockCount, at: 192)
        descriptor.put(UDFEntity.program, at: 196)
    }

    /// 3/10.6 and UDF 2.2.4.
    private func logicalVolume(_ descriptor: inout UDFDescriptors) {
        descriptor.putCharacterSet(at: 20)
        descriptor.put(UDFText.field(label, byteCount: 128), at: 84)  // 3/10.6.4: logical volume identifier
        descriptor.put(Self.blockByteCount, at: 212)  // 3/10.6.5
        descriptor.put(UDFEntity.domain, at: 216)
        descriptor.putLongDescriptor(  // 3/10.6.7, 4/3.1: the file set
            byteCount: UDFPlaces.fileSetBlockCount * Self.blockByteCount, block: 0, at: 248)
        descriptor.put(UInt32(6), at: 264)  // 3/10.6.8 and 3/10.6.9: bytes and number of partition maps
        descriptor.put(UInt32(1), at: 268)
        descriptor.put(UDFEntity.program, at: 272)
        descriptor.putExtent(
            byteCount: UDFPlaces.integrityBlockCount * Self.blockByteCount, block: UDFPlaces.integrity, at: 432)
        descriptor.put([UInt8(1), 6, 1, 0], at: 440)  // 3/10.7.2: a plain partition, on volume 1, number 0
    }

    /// 3/10.10 and UDF 2.2.6: the volume is whole, and what is in it.
    private var integrity: [UInt8] {
        var descriptors = UDFDescriptors()
        descriptors.begin()
        descriptors.put(created, at: 16)
        descriptors.put(UInt32(1), at: 28)  // 3/10.10.3: closed
        descriptors.put(nextUniqueID, at: 40)  // UDF 3.2.1.1
        descriptors.put(UInt32(1), at: 72)  // 3/10.10.6: number of partitions
        descriptors.put(UInt32(46), at: 76)  // 3/10.10.7: bytes of what begins at 88
        descriptors.put(partitionBlockCount, at: 84)  // 3/10.10.9; that of free blocks at 80 is 0
        descriptors.put(UDFEntity.program, at: 88)  // UDF 2.2.6.4
        descriptors.put(fileCount, at: 120)
        descriptors.put(folderCount, at: 124)
        for offset in [128, 130, 132] { descriptors.put(UDFEntity.revision, at: offset) }
        descriptors.seal(.logicalVolumeIntegrity, location: UDFPlaces.integrity, byteCount: 88 + 46)
        descriptors.begin()
        descriptors.seal(
            .terminating, location: UDFPlaces.integrity + 1, byteCount: Self.descriptorByteCount)
        return descriptors.bytes
    }
}
