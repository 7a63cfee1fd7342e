// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Writes hives of the Windows registry from nothing: version 1.3 of the format, which every Windows reads.
///
/// The same keys, name and time give the same bytes. Source: "Windows registry file format specification"
/// (github.com/msuhanov/regf).
public struct HiveWriter {
    /// Bytes of the base block, behind which the first bin begins.
    private static let baseByteCount = 4096
    private static let checksumOffset = 508
    /// The name in the base block: 64 bytes of UTF-16 from here.
    private static let nameByteCount = 64
    /// Keys in one list; Windows begins another one before a list is larger than a bin.
    private static let listLimit = 500
    /// "No cell".
    private static let none = UInt32.max
    /// A value's data of up to so many bytes stands where else its place would.
    private static let inlineByteCount = 4
    private static let inlineMark: UInt32 = 1 << 31
    /// KEY_COMP_NAME of keys, VALUE_COMP_NAME of values: the name is stored in one byte a character.
    private static let compressedKey: UInt16 = 0x20
    private static let compressedValue: UInt16 = 0x01
    /// KEY_HIVE_ENTRY and KEY_NO_DELETE.
    private static let rootFlags: UInt16 = 0x0C
    private static let listOffset = 28
    private static let valuesOffset = 40
    private static let securityOffset = 44

    private let modified: Timestamp
    private var cells: HiveCells
    private var security: UInt32 = 0
    private var keyCount: UInt32 = 0

    private init(modified: Timestamp) {
        self.modified = modified
        cells = HiveCells(modified: modified)
    }

    /// The bytes of a hive.
    ///
    /// - Parameters:
    ///   - root: the root key.
    ///   - rootName: what the root key is called, which no path says.
    ///   - name: what the base block says: the end of the path by which Windows loads it.
    ///   - modified: when its keys were written, as they will say.
    public static func bytes(
        of root: RegistryKey, rootName: String = "ROOT", name: String, modified: Timestamp
    ) -> [UInt8] {
        var writer = HiveWriter(modified: modified)
        return writer.write(root, rootName, name)
    }

    private mutating func write(_ root: RegistryKey, _ rootName: String, _ name: String) -> [UInt8] {
        let place = write(root, named: rootName, in: 0, isRoot: true)
        // One descriptor for all keys, alone in its ring.
        var links: [UInt8] = []
        for number in [security, security, keyCount] { links.append(littleEndian: number) }
        cells.patch(security, at: 4, links)
        cells.finish()
        var base = Array("regf".utf8)
        // Both sequence numbers are the same: nothing is half-written.
        for number in [1, 1] as [UInt32] { base.append(littleEndian: number) }
        base.append(littleEndian: modified.fileTime)
        // Version 1.3, a primary file, its only format.
        for number in [1, 3, 0, 1, place, UInt32(clamping: cells.bytes.count), 1] { base.append(littleEndian: number) }
        base += Text.encodeUTF16LittleEndian(name).suffix(Self.nameByteCount - 2)
        base += [UInt8](repeating: 0, count: Self.checksumOffset - base.count)
        base.append(littleEndian: Self.checksum(base))
        return base + [UInt8](repeating: 0, count: Self.baseByteCount - base.count) + cells.bytes
    }

    /// The exclusive or of the 127 numbers before it; two values are never used.
    private static func checksum(_ base: [UInt8]) -> UInt32 {
        let reader = ByteReader(base)
        let sum = stride(from: 0, to: checksumOffset, by: 4).reduce(UInt32(0)) {
            $0 ^ (reader.littleEndian(at: $1) ?? 0)
        }
        return sum == 0 ? 1 : sum == .max ? .max - 1 : sum
    }

    // MARK: Keys

    private mutating func write(_ key: RegistryKey, named name: String, in parent: UInt32, isRoot: Bool) -> UInt32 {
        let (nameBytes, isCompressed) = Self.stored(name)
        let keys = key.keys.sorted { $0.key < $1.key }
        let values = key.values.sorted { $0.key < $1.key }
        var cell = Array("nk".utf8)
        cell.append(littleEndian: (isCompressed ? Self.compressedKey : 0) | (isRoot ? Self.rootFlags : 0))
        cell.append(littleEndian: modified.fileTime)
        // Access bits, the parent, the numbers of keys, the lists of keys, the number of values and their list.
        for number in [0, parent, UInt32(clamping: keys.count), 0, Self.none, Self.none] {
            cell.append(littleEndian: number)
        }
        for number in [UInt32(clamping: values.count), Self.none, security, Self.none] {
            cell.append(littleEndian: number)
        }
        // The largest name of a key and of a class, of a value, and the most data, in bytes of UTF-16.
        func largest(_ names: some Sequence<CaseFoldedName>) -> UInt32 {
            UInt32(clamping: (names.map { $0.description.utf16.count * 2 }).max() ?? 0)
        }
        cell.append(littleEndian: largest(keys.map(\.key)))
        cell.append(littleEndian: UInt32(0))
        cell.append(littleEndian: largest(values.map(\.key)))
        cell.append(littleEndian: UInt32(clamping: values.map { $0.value.bytes.count }.max() ?? 0))
        cell.append(littleEndian: UInt32(0))
        cell.append(littleEndian: UInt16(clamping: nameBytes.count))
        cell.append(littleEndian: UInt16(0))
        let place = cells.add(cell + nameBytes)
        keyCount += 1
        if isRoot {
            // Behind the root, which some readers take the first cell for.
            security = cells.add(Self.securityCell)
            cells.patch(place, at: Self.securityOffset, Self.number(security))
        }
        if !values.isEmpty {
            var list: [UInt8] = []
            for (name, data) in values { list.append(littleEndian: write(data, named: name.description)) }
            cells.patch(place, at: Self.valuesOffset, Self.number(cells.add(list)))
        }
        if !keys.isEmpty {
            let places = keys.map { (name, key) in
                (name.description, write(key, named: name.description, in: place, isRoot: false))
            }
            cells.patch(place, at: Self.listOffset, Self.number(list(of: places)))
        }
        return place
    }

    /// A list of keys by their hashes, or one of several of these.
    private mutating func list(of keys: [(name: String, place: UInt32)]) -> UInt32 {
        var lists: [UInt32] = []
        for start in stride(from: 0, to: keys.count, by: Self.listLimit) {
            let part = keys[start..<min(keys.count, start + Self.listLimit)]
            var list = Array("lh".utf8)
            list.append(littleEndian: UInt16(clamping: part.count))
            for key in part {
                list.append(littleEndian: key.place)
                list.append(littleEndian: Self.hash(key.name))
            }
            lists.append(cells.add(list))
        }
        if lists.count == 1 { return lists[0] }
        var list = Array("ri".utf8)
        list.append(littleEndian: UInt16(clamping: lists.count))
        for place in lists { list.append(littleEndian: place) }
        return cells.add(list)
    }

    /// The hash of a name in such a list.
    private static func hash(_ name: String) -> UInt32 {
        name.foldedUnits.reduce(UInt32(0)) { $0 &* 37 &+ UInt32($1) }
    }

    // MARK: Values

    private mutating func write(_ data: RegistryData, named name: String) -> UInt32 {
        let bytes = data.bytes
        let (nameBytes, isCompressed) = Self.stored(name)
        var cell = Array("vk".utf8)
        cell.append(littleEndian: UInt16(clamping: nameBytes.count))
        if bytes.count <= Self.inlineByteCount {
            cell.append(littleEndian: UInt32(bytes.count) | Self.inlineMark)
            cell += bytes + [UInt8](repeating: 0, count: Self.inlineByteCount - bytes.count)
        } else {
            cell.append(littleEndian: UInt32(clamping: bytes.count))
            cell.append(littleEndian: cells.add(bytes))
        }
        cell.append(littleEndian: data.type)
        cell.append(littleEndian: isCompressed && !nameBytes.isEmpty ? Self.compressedValue : 0)
        cell.append(littleEndian: UInt16(0))
        return cells.add(cell + nameBytes)
    }

    /// A name as it is stored: a byte for each character where that is enough (ISO 8859-1), else UTF-16.
    private static func stored(_ name: String) -> (bytes: [UInt8], isCompressed: Bool) {
        let bytes = name.utf16.compactMap { UInt8(exactly: $0) }
        return bytes.count == name.utf16.count ? (bytes, true) : (Text.encodeUTF16LittleEndian(name), false)
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: value)
        return bytes
    }

    // MARK: Security

    /// The one security descriptor of all keys.
    private static var securityCell: [UInt8] {
        let descriptor = SecurityDescriptor.administration(
            rights: SecurityDescriptor.allOfKeys, inheritance: .containers)
        var cell = Array("sk".utf8) + [0, 0] + [UInt8](repeating: 0, count: 12)
        cell.append(littleEndian: UInt32(descriptor.count))
        return cell + descriptor
    }
}
