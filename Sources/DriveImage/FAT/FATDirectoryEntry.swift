// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Records of FAT directories ("FAT: General Overview of On-Disk Format" 1.03, pages 22 to 30).
enum FATDirectoryEntry {
    static let byteCount = 32
    /// Records of one directory: its size is counted in 16 bits (the same, page 33 limits it to 65,536 * 32 bytes).
    static let countLimit = 65_536

    static let volumeLabelAttribute: UInt8 = 0x08
    static let folderAttribute: UInt8 = 0x10
    private static let archiveAttribute: UInt8 = 0x20
    /// Read-only, hidden, system and volume label together: a part of a long name.
    static let longNameAttribute: UInt8 = 0x0F
    static let longNameMask: UInt8 = 0x3F
    /// The part of a long name that comes first, which is its end.
    static let lastPart: UInt8 = 0x40
    static let attributesOffset = 11
    private static let (firstClusterHighOffset, firstClusterLowOffset) = (20, 26)
    /// UTF-16 units in each part, and where they lie: five, six and two.
    static let unitsPerPart = 13
    static let unitOffsets = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30]

    /// How many records `name` takes.
    static func count(for name: String) -> Int {
        if case .short = NameForm(name) { return 1 }
        return 1 + (name.utf16.count + unitsPerPart - 1) / unitsPerPart
    }

    /// What a record says besides its name.
    struct Entry {
        let isFolder: Bool
        let modified: FATTimestamp
        /// 0 for an empty file, and for the root.
        let firstCluster: UInt32
        /// 0 for a folder.
        let byteCount: UInt32
    }

    /// Appends the records of `entry`, called `name`, to `bytes`.
    static func append(
        _ entry: Entry, _ name: String, _ form: NameForm, _ names: inout ShortNames, to bytes: inout [UInt8]
    ) {
        switch form {
        case .short(let short, let flags): append(entry, short, flags: flags, to: &bytes)
        case .mixedCase(let short):
            appendLongName(name, of: short, to: &bytes)
            append(entry, short, to: &bytes)
        case .long:
            let short = names.next(for: name)
            appendLongName(name, of: short, to: &bytes)
            append(entry, short, to: &bytes)
        }
    }

    /// Appends the record of `entry`; all its times are the one that we know.
    static func append(_ entry: Entry, _ name: ShortName, flags: UInt8 = 0, to bytes: inout [UInt8]) {
        bytes += name.bytes
        bytes += [entry.isFolder ? folderAttribute : archiveAttribute, flags, 0]
        appendRest(of: entry, hasAllTimes: true, to: &bytes)
    }

    /// Appends the record of the volume's label to the root.
    static func append(label: FATLabel, modified: FATTimestamp, to bytes: inout [UInt8]) {
        bytes += label.bytes()
        bytes += [volumeLabelAttribute, 0, 0]
        let entry = Entry(isFolder: false, modified: modified, firstCluster: 0, byteCount: 0)
        appendRest(of: entry, hasAllTimes: false, to: &bytes)
    }

    /// Appends `records`, those of something that is not ours: all stays as it is, but for where its content begins.
    ///
    /// Attributes, all three times, the short name, the case of names and whatever else there is are those of whoever made
    /// it.
    static func append(kept records: [UInt8], firstCluster: UInt32, to bytes: inout [UInt8]) {
        let own = bytes.count + records.count - byteCount
        bytes += records
        put(UInt16(firstCluster >> 16), at: own + firstClusterHighOffset, in: &bytes)
        put(UInt16(truncatingIfNeeded: firstCluster), at: own + firstClusterLowOffset, in: &bytes)
    }

    /// Appends the record by which a folder that is not ours knows itself or the one above it: its times are its own.
    static func append(
        _ name: ShortName, inFolderOf records: [UInt8], firstCluster: UInt32, to bytes: inout [UInt8]
    ) {
        let own = name.bytes + [folderAttribute, 0] + records.suffix(byteCount).dropFirst(attributesOffset + 2)
        append(kept: own, firstCluster: firstCluster, to: &bytes)
    }

    /// The short name in the last of `records`.
    static func shortName(of records: [UInt8]) -> ShortName {
        let name = records.suffix(byteCount).prefix(ShortName.stemLength + ShortName.typeLength)
        return ShortName(stem: name.prefix(ShortName.stemLength), type: name.dropFirst(ShortName.stemLength))
    }

    private static func put(_ value: UInt16, at offset: Int, in bytes: inout [UInt8]) {
        bytes[offset] = UInt8(truncatingIfNeeded: value)
        bytes[offset + 1] = UInt8(value >> 8)
    }

    /// Everything from the time of creation on.
    private static func appendRest(of entry: Entry, hasAllTimes: Bool, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: hasAllTimes ? entry.modified.time : 0)
        bytes.append(littleEndian: hasAllTimes ? entry.modified.date : 0)
        bytes.append(littleEndian: hasAllTimes ? entry.modified.date : 0)
        bytes.append(littleEndian: UInt16(entry.firstCluster >> 16))
        bytes.append(littleEndian: entry.modified.time)
        bytes.append(littleEndian: entry.modified.date)
        bytes.append(littleEndian: UInt16(truncatingIfNeeded: entry.firstCluster))
        bytes.append(littleEndian: entry.byteCount)
    }

    private static func appendLongName(_ name: String, of short: ShortName, to bytes: inout [UInt8]) {
        let units = Array(name.utf16)
        let checksum = short.checksum
        let partCount = (units.count + unitsPerPart - 1) / unitsPerPart
        for part in (0..<partCount).reversed() {
            let start = bytes.count
            bytes += [UInt8](repeating: 0, count: byteCount)
            bytes[start] = UInt8(part + 1) | (part == partCount - 1 ? lastPart : 0)
            bytes[start + 11] = longNameAttribute
            bytes[start + 13] = checksum
            for (number, offset) in unitOffsets.enumerated() {
                let index = part * unitsPerPart + number
                // A zero ends a name that does not fill its last part; what follows is all ones.
                let unit = index < units.count ? units[index] : index == units.count ? 0 : 0xFFFF
                bytes[start + offset] = UInt8(truncatingIfNeeded: unit)
                bytes[start + offset + 1] = UInt8(unit >> 8)
            }
        }
    }
}
