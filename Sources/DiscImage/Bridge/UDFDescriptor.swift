// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The kinds of descriptors (ECMA-167 3/7.2.1 and 4/7.2.1).
enum UDFTag: UInt16 {
    case primaryVolume = 1
    case anchor = 2
    /// Where the sequence goes on; only read.
    case volumePointer = 3
    case implementationUse = 4
    case partition = 5
    case logicalVolume = 6
    case unallocatedSpace = 7
    case terminating = 8
    case logicalVolumeIntegrity = 9
    case fileSet = 256
    case fileIdentifier = 257
    /// More allocation descriptors of a file; only read.
    case allocationExtent = 258
    case fileEntry = 261
    /// Of later editions; only read.
    case extendedFileEntry = 266

    /// Those that a sequence of descriptors of a volume may have (ECMA-167 3/8.4.1).
    static let ofVolumes: [UDFTag] = [
        .primaryVolume, .volumePointer, .implementationUse, .partition, .logicalVolume, .unallocatedSpace, .terminating,
    ]
}

/// What identifies something (ECMA-167 1/7.4): 32 bytes, of which 23 hold a name and 8 depend on the kind.
struct UDFEntity {
    static let byteCount = 32
    /// UDF 1.02, binary coded (UDF 2.1.5.3).
    static let revision: UInt16 = 0x0102

    let identifier: String
    let suffix: [UInt8]

    /// The domain: revision, and that volume and files are write-protected (UDF 2.1.5.3: bit 0 hard, bit 1 soft).
    static let domain = UDFEntity(identifier: "*OSTA UDF Compliant", suffix: revisionBytes + [0b11])
    /// The description of a logical volume (UDF 2.2.7.1): revision, and who wrote it.
    static let volumeInformation = UDFEntity(identifier: "*UDF LV Info", suffix: revisionBytes + system)
    /// The contents of a partition (ECMA-167 3/10.5.3): the second edition of it, which UDF 1.02 is made of.
    static let contents = UDFEntity(identifier: "+NSR02", suffix: [])
    /// This program, of no registered developer (UDF 2.1.5.2).
    static let program = UDFEntity(identifier: "*tsmedia", suffix: system)

    private static let revisionBytes = [UInt8(revision & 0xFF), UInt8(revision >> 8)]
    /// UDF 6.3: an operating system of the class UNIX, no particular one.
    private static let system: [UInt8] = [4, 0]
}

/// Descriptors one behind another, all fields little-endian (ECMA-167 1/7.1), each at the offset that its clause says.
struct UDFDescriptors {
    private(set) var bytes: [UInt8] = []
    /// Where the descriptor begins to which offsets refer.
    private var start = 0

    /// Bytes of a tag (ECMA-167 3/7.2).
    static let tagByteCount = 16

    private static let zeros = [UInt8](repeating: 0, count: DiscGeometry.blockByteCount)

    /// Begins a descriptor behind what is there, with room for `byteCount` bytes, a block at most, all zero.
    mutating func begin(byteCount: Int = DiscGeometry.blockByteCount) {
        begin(Self.zeros[..<byteCount])
    }

    /// Begins a descriptor that is `template` as yet.
    mutating func begin(_ template: ArraySlice<UInt8>) {
        start = bytes.count
        bytes += template
    }

    /// Makes room for `byteCount` bytes.
    mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

    /// Removes all, and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        start = 0
    }

    /// Appends bytes to the descriptor that was begun last, or to none.
    mutating func append(_ other: [UInt8]) { bytes += other }

    /// Appends zeros up to a multiple of `unit` bytes, a block at most.
    mutating func pad(to unit: Int = DiscGeometry.blockByteCount) {
        let rest = bytes.count % unit
        if rest > 0 { bytes += Self.zeros[..<(unit - rest)] }
    }

    /// The bytes of the descriptor that was begun last.
    var descriptorByteCount: Int { bytes.count - start }

    mutating func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        let place = start + offset
        precondition(offset >= 0 && place + Value.bitWidth / 8 <= bytes.count)
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: value.littleEndian, toByteOffset: place, as: Value.self) }
    }

    mutating func put(_ field: [UInt8], at offset: Int) {
        bytes.replaceSubrange(start + offset..<start + offset + field.count, with: field)
    }

    mutating func put(_ entity: UDFEntity, at offset: Int) {
        put(Array(entity.identifier.utf8), at: offset + 1)  // 1/7.4.2
        put(entity.suffix, at: offset + 24)  // 1/7.4.3
    }

    /// The character set of UDF (2.1.2, ECMA-167 1/7.2.1).
    mutating func putCharacterSet(at offset: Int) { put(Array("OSTA Compressed Unicode".utf8), at: offset + 1) }

    /// A run of bytes of the volume (3/7.1).
    mutating func putExtent(byteCount: UInt32, block: UInt32, at offset: Int) {
        put(byteCount, at: offset)
        put(block, at: offset + 4)
    }

    /// A run of bytes of the partition, the first and only one (4/14.14.2).
    mutating func putLongDescriptor(byteCount: UInt32, block: UInt32, at offset: Int) {
        putExtent(byteCount: byteCount, block: block, at: offset)
    }

    mutating func put(_ time: Timestamp, at offset: Int) { put(Self.field(time), at: offset) }

    /// A time in UTC (1/7.3; UDF 2.1.4: of type 1, with a zone).
    static func field(_ time: Timestamp) -> [UInt8] {
        let civil = CivilTime(time)
        let microseconds = time.nanoseconds / 1000
        var field: [UInt8] = []
        field.reserveCapacity(12)
        field.append(littleEndian: UInt16(1 << 12))
        field.append(littleEndian: UInt16(min(max(civil.year, 1), 9999)))  // 1/7.3.2
        for part in [
            civil.month, civil.day, civil.hour, civil.minute, civil.second, microseconds / 10_000,
            microseconds / 100 % 100, microseconds % 100,
        ] { field.append(UInt8(part)) }
        return field
    }

    /// Completes the descriptor, which has `byteCount` bytes and lies in block `location`, with its tag (3/7.2).
    mutating func seal(_ tag: UDFTag, location: UInt32, byteCount: Int) {
        precondition(byteCount >= Self.tagByteCount && byteCount <= descriptorByteCount)
        let range = start + Self.tagByteCount..<start + byteCount
        let crc = bytes.withUnsafeBytes { UDFChecksum.crc(UnsafeRawBufferPointer(rebasing: $0[range])) }
        put(tag.rawValue, at: 0)
        put(UInt16(2), at: 2)  // 3/7.2.2: the version of descriptors of NSR02
        put(UInt8(0), at: 4)
        put(crc, at: 8)
        put(UInt16(byteCount - Self.tagByteCount), at: 10)
        put(location, at: 12)
        // 3/7.2.3: the sum of the other bytes of the tag.
        var sum: UInt8 = 0
        for index in start..<start + Self.tagByteCount { sum &+= bytes[index] }
        put(sum, at: 4)
    }
}
