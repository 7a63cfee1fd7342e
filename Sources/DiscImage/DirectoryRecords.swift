// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The records of one directory, one after the other (ECMA-119 clause 9.1), those of a file in several parts as one.
struct DirectoryRecords<Blocks: ByteSource> {
    /// A file or folder as its directory has it.
    struct Record {
        /// The bytes of its name.
        let identifier: ArraySlice<UInt8>
        let isFolder: Bool
        /// Where it is: all parts of a file, or the one of a folder.
        let sections: DiscSections
        /// 9.1.5: seven bytes.
        let time: ArraySlice<UInt8>
        /// 9.1.13: what extensions say of it; in the first record, of several.
        let systemUse: ArraySlice<UInt8>
        /// 9.1.6, bit 2: what goes with a file of the same name, as the resource forks of a Mac.
        let isAssociated: Bool
        /// True when each of its records has both byte orders of a number alike.
        let hasEqualOrders: Bool
        /// True when none of them says anything that hides it either.
        let isConsistent: Bool
        /// The block in which the last of them lies.
        let block: Int64

        /// Where it lies, to follow what it is called.
        var place: String { " in block \(block)" }
    }

    private let blocks: Blocks
    private let name: String
    private let extent: DiscExtent
    private let orders: VolumeDescriptors.ByteOrders
    private var done: Int64 = 0
    private var part = ByteReader([])
    private var offset = 0
    private var sections = DiscSections()
    /// What is so of the records of a file so far.
    private var (haveEqualOrders, areConsistent) = (true, true)
    private var firstSystemUse: ArraySlice<UInt8>?

    /// Records lie whole in a block, so that a folder can be read in parts.
    private static var partByteCount: Int64 { 64 * Int64(DiscGeometry.blockByteCount) }

    /// The records of the directory at `extent` of the image called `name`, in a tree that writes numbers so.
    init(
        of extent: DiscExtent, _ blocks: Blocks, name: String, _ orders: VolumeDescriptors.ByteOrders,
        _ limits: inout DiscLimits
    ) throws(DiscImageError) {
        try limits.enter(byteCount: extent.byteCount)
        self.blocks = blocks
        self.name = name
        self.extent = extent
        self.orders = orders
    }

    /// The next record, or nil after the last.
    mutating func next(_ limits: inout DiscLimits) throws(DiscImageError) -> Record? {
        while true {
            if offset >= part.count {
                guard done < extent.byteCount else { break }
                let length = min(Self.partByteCount, extent.byteCount - done)
                part = try blocks.require(at: extent.offset + done, length: Int(length), "a folder", of: name)
                done += length
                offset = 0
            }
            if let record = try record(&limits) { return record }
        }
        guard sections.isEmpty else { throw damaged("a file has no last part") }
        return nil
    }

    /// The record at `offset`, which goes on behind it; nil when there is none to show.
    private mutating func record(_ limits: inout DiscLimits) throws(DiscImageError) -> Record? {
        guard let length: UInt8 = part.littleEndian(at: offset), length > 0 else {
            // 6.8.1.1: a record does not cross a block; zeros fill the rest.
            guard !hidesRecord else { throw damaged("a record\(place(offset)) has another length than it should have") }
            offset = (offset / DiscGeometry.blockByteCount + 1) * DiscGeometry.blockByteCount
            return nil
        }
        guard let slice = part.slice(at: offset, length: Int(length)) else {
            throw damaged("a record\(place(offset)) is cut short")
        }
        let start = offset
        offset += Int(length)
        let record = ByteReader(slice)
        guard let block: UInt32 = record.littleEndian(at: 2), let byteCount: UInt32 = record.littleEndian(at: 10),
            let time = record.slice(at: 18, length: 7), let flags: UInt8 = record.littleEndian(at: 25),
            let nameLength: UInt8 = record.littleEndian(at: 32),
            let identifier = record.slice(at: 33, length: Int(nameLength)), let first = identifier.first,
            let unit: UInt8 = record.littleEndian(at: 26), let gap: UInt8 = record.littleEndian(at: 27)
        else { throw damaged("a record\(place(start)) is malformed") }
        // 9.1.13: a record has an even length. Some programs leave out the byte of 9.1.12, and nothing follows then.
        guard length.isMultiple(of: 2) || Int(length) == 33 + Int(nameLength) else {
            throw damaged("a record\(place(start)) has another length than it should have")
        }
        // 9.1.11: the directory itself and its parent.
        if identifier.count == 1, first <= 1 { return nil }
        try limits.countRecord()
        let extent = DiscExtent(
            offset: Int64(block) * Int64(DiscGeometry.blockByteCount), byteCount: Int64(byteCount))
        // 9.1.12: a byte makes an identifier of even length odd, so that this begins at an even place.
        let systemUse = slice.dropFirst(33 + Int(nameLength) + (nameLength.isMultiple(of: 2) ? 1 : 0))
        // 9.1.7 and 9.1.8: pieces of a file with those of others between them.
        guard unit == 0, gap == 0 else { throw .unsupported(name, "files that are interleaved") }
        // 9.1.3 and 9.1.4. Where neither is so, the one before had another length: nothing here is a record.
        let (isPlaceEqual, isSizeEqual) = (record.bigEndian(at: 6) == block, record.bigEndian(at: 14) == byteCount)
        if orders == .equal, !isPlaceEqual, !isSizeEqual { throw damaged("a record\(place(start)) contradicts itself") }
        let hasEqualOrders = isPlaceEqual && isSizeEqual
        // 9.1.6: the bits of a directory and of a further record, and none of a hidden or associated file.
        let isConsistent = hasEqualOrders && flags & ~0x82 == 0
        if flags & 2 != 0 {  // 9.1.6, bit 1: a directory
            guard sections.isEmpty else { throw damaged("a file has no last part") }
            return Record(
                identifier: identifier, isFolder: true, sections: DiscSections([extent]), time: time,
                systemUse: systemUse, isAssociated: false, hasEqualOrders: hasEqualOrders, isConsistent: isConsistent,
                block: self.block(at: start))
        }
        if byteCount > 0 { sections.append(extent) }
        (haveEqualOrders, areConsistent) = (haveEqualOrders && hasEqualOrders, areConsistent && isConsistent)
        firstSystemUse = firstSystemUse ?? systemUse
        if flags & 0x80 != 0 { return nil }  // 9.1.6, bit 7: another record of this file follows
        defer { (sections, haveEqualOrders, areConsistent, firstSystemUse) = (DiscSections(), true, true, nil) }
        return Record(
            identifier: identifier, isFolder: false, sections: sections, time: time,
            systemUse: firstSystemUse ?? systemUse, isAssociated: flags & 4 != 0, hasEqualOrders: haveEqualOrders,
            isConsistent: areConsistent, block: self.block(at: start))
    }

    /// The number of the block that lies `offset` bytes into the part that is looked at.
    private func block(at offset: Int) -> Int64 {
        (extent.offset + done - Int64(part.count) + Int64(offset)) / Int64(DiscGeometry.blockByteCount)
    }

    /// Where the record `offset` bytes into that part lies, to follow what it is called.
    private func place(_ offset: Int) -> String { " in block \(block(at: offset))" }

    /// True when what should be the zeros behind the last record of a block begins with a record, which the one before or its
    /// own length hide.
    ///
    /// Anything else is left alone: not all programs have written zeros there.
    private var hidesRecord: Bool {
        guard orders == .equal else { return false }
        let end = (offset / DiscGeometry.blockByteCount + 1) * DiscGeometry.blockByteCount
        // No record is longer, so that one lies within as many bytes of where it should.
        return (offset..<min(offset + Int(UInt8.max), end)).contains { start in
            guard let block: UInt32 = part.littleEndian(at: start + 2), block > 0,
                part.bigEndian(at: start + 6) == block,
                let byteCount: UInt32 = part.littleEndian(at: start + 10), part.bigEndian(at: start + 14) == byteCount,
                let nameLength: UInt8 = part.littleEndian(at: start + 32), nameLength > 0
            else { return false }
            return start + 33 + Int(nameLength) <= end
        }
    }

    private func damaged(_ reason: String) -> DiscImageError { .damaged(name, reason) }
}

extension DiscImageError {
    /// The image called `name` contradicts its format.
    static func damaged(_ name: String, _ reason: String) -> DiscImageError {
        DiscImageError(.damaged, "\(name)", "is damaged: \(reason)", nextStep: "build or copy the image again")
    }

    /// The image called `name` has `feature`.
    static func unsupported(_ name: String, _ feature: String) -> DiscImageError {
        DiscImageError(
            .unsupported, "\(name)", "has \(feature), which cannot be read",
            nextStep: "mount it with an operating system that can, and name the folder")
    }
}
