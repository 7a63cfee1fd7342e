// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The entry of a file or folder (ECMA-167 4/14.9, UDF 2.3.6), which takes a block.
struct UDFFileEntry {
    /// 4/14.6.6: what it is the entry of.
    enum FileType: UInt8 {
        case folder = 4
        case file = 5
    }

    let type: FileType
    let linkCount: Int
    /// The first block of its bytes, which follow each other, counted in the partition.
    let contentBlock: UInt32
    let byteCount: Int64
    let modified: Timestamp
    let uniqueID: UInt64

    /// The bytes before its allocation descriptors (4/14.9).
    private static let headByteCount = 176
    /// An allocation descriptor (4/14.14.1).
    private static let descriptorByteCount = 8
    /// The most bytes of an extent: its length has 30 bits (4/14.14.1.1), and all extents but the last are whole blocks
    /// (4/12.1).
    static let extentByteLimit = Int64((1 << 30) - DiscGeometry.blockByteCount)
    /// The largest file whose extents a block has room for: 234 GiB less a few blocks.
    static let byteLimit =
        Int64((DiscGeometry.blockByteCount - headByteCount) / descriptorByteCount) * extentByteLimit

    /// 4/14.9.5: everyone may read and execute, nobody write.
    private static let permissions: UInt32 = 0b00101_00101_00101
    /// UDF 3.3.3.1 and 3.3.3.2: no user and no group.
    private static let nobody = UInt32.max
    /// 4/14.6.8, bit 5, and UDF 3.3.2: a file that no backup has seen, as every new one.
    private static let archive: UInt16 = 1 << 5

    /// What the entries of all folders have in common, and those of all files.
    private static let folderTemplate = template(.folder)
    private static let fileTemplate = template(.file)

    private static func template(_ type: FileType) -> [UInt8] {
        var descriptors = UDFDescriptors()
        descriptors.begin()
        descriptors.put(UInt16(4), at: 20)  // 4/14.6.2, UDF 2.3.5.1: strategy 4
        descriptors.put(UInt16(1), at: 24)  // 4/14.6.4: one entry in this ICB
        descriptors.put(type.rawValue, at: 27)
        // 4/14.6.8: bits 0 to 2 are 0, short allocation descriptors.
        descriptors.put(type == .file ? archive : 0, at: 34)
        descriptors.put(nobody, at: 36)
        descriptors.put(nobody, at: 40)
        descriptors.put(permissions, at: 44)
        descriptors.put(UInt32(1), at: 108)  // 4/14.9.15: checkpoint
        descriptors.put(UDFEntity.program, at: 128)
        return descriptors.bytes
    }

    /// Appends the entry, which lies in `block` of the partition.
    func append(to descriptors: inout UDFDescriptors, at block: UInt32) {
        descriptors.begin((type == .folder ? Self.folderTemplate : Self.fileTemplate)[...])
        descriptors.put(UInt16(clamping: linkCount), at: 48)
        descriptors.put(UInt64(byteCount), at: 56)
        descriptors.put(UInt64(DiscGeometry.blocks(for: byteCount)), at: 64)
        let time = UDFDescriptors.field(modified)
        // Access, modification, attributes: 4/14.9.12 to 4/14.9.14.
        descriptors.put(time + time + time, at: 72)
        descriptors.put(uniqueID, at: 160)
        var place = Self.headByteCount
        var (rest, next) = (byteCount, contentBlock)
        while rest > 0 {
            let length = min(rest, Self.extentByteLimit)
            descriptors.putExtent(byteCount: UInt32(length), block: next, at: place)
            place += Self.descriptorByteCount
            rest -= length
            next += UInt32(DiscGeometry.blocks(for: length))
        }
        descriptors.put(UInt32(place - Self.headByteCount), at: 172)
        descriptors.seal(.fileEntry, location: block, byteCount: place)
    }
}
