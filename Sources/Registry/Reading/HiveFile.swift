// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A hive that is read cell by cell, for a program that is linked statically.
///
/// libhivex asks iconv for every name, and iconv loads its tables when it is asked, which a static program cannot do. Of a hive that says anything
/// about itself nothing is believed: places, sizes and counts are checked, and what is wrong counts as not there.
/// Source: "Windows registry file format specification" (github.com/msuhanov/regf).
public final class HiveFile {
    /// "No cell".
    private static let none = UInt32.max
    /// The base block, behind which cells are counted.
    private static let baseByteCount: Int64 = 4096
    private static let rootOffset = 36
    private static let binsOffset = 40
    /// Longer cells are none that is read here: the longest list of keys has some 4 KiB.
    private static let cellByteCountLimit = 1 << 20
    /// Longer texts count as none.
    private static let textByteCountLimit = 64 << 10
    /// KEY_COMP_NAME and VALUE_COMP_NAME: a byte a character.
    private static let (compressedKey, compressedValue) = (UInt16(0x20), UInt16(0x01))
    private static let inlineMark: UInt32 = 1 << 31
    /// REG_SZ, REG_EXPAND_SZ, REG_DWORD, REG_QWORD.
    private static let (textTypes, shortType, longType) = (Set<UInt32>([1, 2]), UInt32(4), UInt32(11))

    private let descriptor: FileDescriptor
    private let binsByteCount: UInt32
    private let root: UInt32

    /// Opens the hive in the file at `path`, which is called `name` in errors.
    ///
    /// - Throws: ``RegistryError`` `.damaged` for what is no hive, `.io`.
    public init(path: FilePath, name: String) throws(RegistryError) {
        do throws(FileError) {
            descriptor = try FileError.wrap("opened", path) {
                try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
            }
        } catch {
            throw RegistryError(.io, name, error.problem)
        }
        guard let base = Self.read(descriptor, at: 0, count: 48), base.starts(with: Array("regf".utf8)) else {
            try? descriptor.close()
            throw RegistryError(.damaged, name, "is not a registry hive, or is damaged")
        }
        root = base.number(Self.rootOffset)
        binsByteCount = base.number(Self.binsOffset)
        let end = (try? descriptor.seek(offset: 0, from: .end)) ?? 0
        // What was cut off would count as not there.
        guard binsByteCount > 0, end >= Self.baseByteCount + Int64(binsByteCount) else {
            try? descriptor.close()
            throw RegistryError(.damaged, name, "is cut off")
        }
    }

    deinit { try? descriptor.close() }

    /// Whether there is a key at `path`, whose names are looked up without case.
    public func hasKey(_ path: [String]) -> Bool { key(path) != nil }

    /// The names of the keys in the key at `path`, in their order; none where it is not there.
    public func subkeys(_ path: [String]) -> [String] {
        guard let key = key(path) else { return [] }
        return nodes(in: key).compactMap { Self.keyName(of: $0) }
    }

    /// Whether the key at `path` is there and has a value `name` of any type.
    public func hasValue(_ name: String, of path: [String]) -> Bool { key(path).flatMap { value(name, in: $0) } != nil }

    /// The value `name` of the key at `path`, whose names are looked up without case; nil when there is none, or one of
    /// another type.
    public func value(_ name: String, of path: [String]) -> RegistryValue? {
        guard let key = key(path), let value = value(name, in: key) else { return nil }
        return contents(of: value)
    }

    /// The cell of the value `name` of `key`; nil when there is none.
    private func value(_ name: String, in key: [UInt8]) -> [UInt8]? {
        let count = Int(key.number(36) as UInt32)
        guard count > 0, let list = cell(key.number(40)), list.count / 4 >= count else { return nil }
        for index in 0..<count {
            guard let value = cell(list.number(index * 4)), value.starts(with: Array("vk".utf8)), value.count >= 20,
                let own = Self.name(
                    value, at: 20, byteCount: Int(value.short(2)),
                    isCompressed: value.short(16) & Self.compressedValue != 0),
                own.caseFolded == name.caseFolded
            else { continue }
            return value
        }
        return nil
    }

    private func contents(of value: [UInt8]) -> RegistryValue? {
        let length: UInt32 = value.number(4)
        let type: UInt32 = value.number(12)
        let bytes: [UInt8]
        if length & Self.inlineMark != 0 {
            let count = Int(length & ~Self.inlineMark)
            guard count <= 4 else { return nil }
            bytes = Array(value[8..<8 + count])
        } else {
            guard length <= Self.textByteCountLimit, let data = cell(value.number(8)), data.count >= Int(length) else {
                return nil
            }
            bytes = Array(data.prefix(Int(length)))
        }
        switch type {
        case Self.shortType where bytes.count == 4: return .number(UInt64(bytes.number(0) as UInt32))
        case Self.longType where bytes.count == 8:
            return .number(UInt64(bytes.number(0) as UInt32) | UInt64(bytes.number(4) as UInt32) << 32)
        case _ where Self.textTypes.contains(type):
            let even = bytes.prefix(bytes.count & ~1)
            guard let text = Text.decodeUTF16LittleEndian(even[...]) else { return nil }
            return .text(String(text.prefix { $0 != "\0" }))
        default: return nil
        }
    }

    // MARK: Keys

    private func key(_ path: [String]) -> [UInt8]? {
        guard var key = node(root) else { return nil }
        for name in path {
            guard let child = child(name, of: key) else { return nil }
            key = child
        }
        return key
    }

    private func node(_ place: UInt32) -> [UInt8]? {
        guard let cell = cell(place), cell.count >= 76, cell.starts(with: Array("nk".utf8)) else { return nil }
        return cell
    }

    private func child(_ name: String, of key: [UInt8]) -> [UInt8]? {
        nodes(in: key).first { Self.keyName(of: $0)?.caseFolded == name.caseFolded }
    }

    /// The keys in `key`, read one after the other.
    private func nodes(in key: [UInt8]) -> some Sequence<[UInt8]> {
        let list = cell(key.number(28)).map { places(in: $0, isOuter: true) } ?? []
        return list.lazy.compactMap { self.node($0) }
    }

    private static func keyName(of node: [UInt8]) -> String? {
        name(node, at: 76, byteCount: Int(node.short(72)), isCompressed: node.short(2) & compressedKey != 0)
    }

    /// The places of keys in a list, or in the lists of a list of lists, which has no further ones in it.
    private func places(in list: [UInt8], isOuter: Bool) -> [UInt32] {
        guard list.count >= 4 else { return [] }
        let count = Int(list.short(2))
        func entries(_ width: Int) -> [UInt32] {
            (0..<min(count, (list.count - 4) / width)).map { list.number(4 + $0 * width) }
        }
        switch String(decoding: list[..<2], as: UTF8.self) {
        case "lf", "lh": return entries(8)
        case "li": return entries(4)
        case "ri" where isOuter:
            return entries(4).flatMap { place in cell(place).map { places(in: $0, isOuter: false) } ?? [] }
        default: return []
        }
    }

    private static func name(_ cell: [UInt8], at offset: Int, byteCount: Int, isCompressed: Bool) -> String? {
        guard offset + byteCount <= cell.count else { return nil }
        let bytes = cell[offset..<offset + byteCount]
        // Latin-1: a byte is its scalar.
        if isCompressed { return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })) }
        return Text.decodeUTF16LittleEndian(bytes)
    }

    // MARK: Cells

    /// The bytes of the cell at `place`; nil where there is none in use.
    private func cell(_ place: UInt32) -> [UInt8]? {
        guard place != Self.none, place < binsByteCount,
            let size = Self.read(descriptor, at: Self.baseByteCount + Int64(place), count: 4)
        else { return nil }
        // A size that is negative is of a cell in use.
        let signed = Int32(bitPattern: size.number(0))
        guard signed < -4, signed > -Int32(Self.cellByteCountLimit) else { return nil }
        let count = Int(-signed) - 4
        guard Int64(place) + 4 + Int64(count) <= Int64(binsByteCount) else { return nil }
        return Self.read(descriptor, at: Self.baseByteCount + Int64(place) + 4, count: count)
    }

    private static func read(_ descriptor: FileDescriptor, at offset: Int64, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let read = bytes.withUnsafeMutableBytes { buffer in
                pread(
                    descriptor.rawValue, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset) + off_t(done)
                )
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { return nil }
            done += read
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate func number(_ offset: Int) -> UInt32 {
        guard offset >= 0, offset + 4 <= count else { return .max }
        return (0..<4).reduce(0) { $0 | UInt32(self[offset + $1]) << ($1 * 8) }
    }

    fileprivate func short(_ offset: Int) -> UInt16 {
        guard offset >= 0, offset + 2 <= count else { return 0 }
        return UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
    }
}
