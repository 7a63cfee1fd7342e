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
        /// True when each of its records has both byte orders of a number alike, and says nothing that hides it.
        let isConsistent: Bool
    }

    private let blocks: Blocks
    private let name: String
    private let extent: DiscExtent
    private var done: Int64 = 0
    private var part = ByteReader([])
    private var offset = 0
    private var sections = DiscSections()
    private var areSectionsConsistent = true
    private var firstSystemUse: ArraySlice<UInt8>?

    /// Records lie whole in a block, so that a folder can be read in parts.
    private static var partByteCount: Int64 { 64 * Int64(DiscGeometry.blockByteCount) }

    /// The records of the directory at `extent` of the image called `name`.
    init(
        of extent: DiscExtent, _ blocks: Blocks, name: String, _ limits: inout DiscLimits
    ) throws(DiscImageError) {
        try limits.enter(byteCount: extent.byteCount)
        self.blocks = blocks
        self.name = name
        self.extent = extent
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
            offset = (offset / DiscGeometry.blockByteCount + 1) * DiscGeometry.blockByteCount
            return nil
        }
        guard let slice = part.slice(at: offset, length: Int(length)) else { throw damaged("a record is cut short") }
        offset += Int(length)
        let record = ByteReader(slice)
        guard let block: UInt32 = record.littleEndian(at: 2), let byteCount: UInt32 = record.littleEndian(at: 10),
            let time = record.slice(at: 18, length: 7), let flags: UInt8 = record.littleEndian(at: 25),
            let nameLength: UInt8 = record.littleEndian(at: 32),
            let identifier = record.slice(at: 33, length: Int(nameLength)), let first = identifier.first,
            let unit: UInt8 = record.littleEndian(at: 26), let gap: UInt8 = record.littleEndian(at: 27)
        else { throw damaged("a record is malformed") }
        // 9.1.11: the directory itself and its parent.
        if identifier.count == 1, first <= 1 { return nil }
        try limits.countRecord()
        let extent = DiscExtent(
            offset: Int64(block) * Int64(DiscGeometry.blockByteCount), byteCount: Int64(byteCount))
        // 9.1.12: a byte makes an identifier of even length odd, so that this begins at an even place.
        let systemUse = slice.dropFirst(33 + Int(nameLength) + (nameLength.isMultiple(of: 2) ? 1 : 0))
        // 9.1.7 and 9.1.8: pieces of a file with those of others between them.
        guard unit == 0, gap == 0 else { throw .unsupported(name, "files that are interleaved") }
        // 9.1.3 and 9.1.4; 9.1.6: the bits of a directory and of a further record, and none of a hidden or associated file.
        let isConsistent =
            record.bigEndian(at: 6) == block && record.bigEndian(at: 14) == byteCount && flags & ~0x82 == 0
        if flags & 2 != 0 {  // 9.1.6, bit 1: a directory
            guard sections.isEmpty else { throw damaged("a file has no last part") }
            return Record(
                identifier: identifier, isFolder: true, sections: DiscSections([extent]), time: time,
                systemUse: systemUse, isAssociated: false, isConsistent: isConsistent)
        }
        if byteCount > 0 { sections.append(extent) }
        areSectionsConsistent = areSectionsConsistent && isConsistent
        firstSystemUse = firstSystemUse ?? systemUse
        if flags & 0x80 != 0 { return nil }  // 9.1.6, bit 7: another record of this file follows
        defer { (sections, areSectionsConsistent, firstSystemUse) = (DiscSections(), true, nil) }
        return Record(
            identifier: identifier, isFolder: false, sections: sections, time: time,
            systemUse: firstSystemUse ?? systemUse, isAssociated: flags & 4 != 0, isConsistent: areSectionsConsistent)
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
