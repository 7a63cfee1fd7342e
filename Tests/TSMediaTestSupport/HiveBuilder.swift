// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Writes a file of the Windows registry without libhivex, which is then an independent reader of it.
///
/// Source: "Windows registry file format specification" (github.com/msuhanov/regf).
public struct HiveBuilder {
    /// What a value holds.
    public enum Value {
        /// REG_SZ.
        case text(String)
        /// REG_DWORD.
        case number(UInt32)
        /// REG_QWORD.
        case large(UInt64)
    }

    /// Keys by their paths, names separated by `\`, with the names of their values.
    private var keys: [String: [String: Value]] = ["": [:]]

    /// A hive with a root and nothing else.
    public init() {}

    /// Sets a value of the key `path`, which is made with all keys above it.
    public mutating func set(_ name: String, of path: String, to value: Value) {
        var names = path.split(separator: "\\")
        keys[path, default: [:]][name] = value
        while !names.isEmpty {
            names.removeLast()
            keys[names.joined(separator: "\\"), default: [:]] = keys[names.joined(separator: "\\")] ?? [:]
        }
    }

    /// The bytes of the hive.
    public func bytes() -> [UInt8] {
        var bin = Bin()
        let root = write("", to: &bin)
        let body = bin.finished()
        var header: [UInt8] = Array("regf".utf8)
        for number in [1, 1] as [UInt32] { header.append(littleEndian: number) }  // sequence numbers
        header.append(littleEndian: UInt64(0))  // time
        for number in [1, 5, 0, 1] as [UInt32] { header.append(littleEndian: number) }  // version, type, format
        for number in [root, UInt32(body.count), 1] { header.append(littleEndian: number) }
        header += [UInt8](repeating: 0, count: 508 - header.count)
        let reader = ByteReader(header)
        let sum = stride(from: 0, to: 508, by: 4).reduce(UInt32(0)) { $0 ^ (reader.littleEndian(at: $1) ?? 0) }
        header.append(littleEndian: sum)
        return header + [UInt8](repeating: 0, count: 4096 - header.count) + body
    }

    private func write(_ path: String, to bin: inout Bin) -> UInt32 {
        let prefix = path.isEmpty ? "" : path + "\\"
        let children = keys.keys.filter { key in
            key.hasPrefix(prefix) && !key.isEmpty && key != path && !key.dropFirst(prefix.count).contains("\\")
        }.sorted { $0.uppercased() < $1.uppercased() }
        let offsets = children.map { ($0, write($0, to: &bin)) }
        var list: [UInt8] = Array("lh".utf8)
        list.append(littleEndian: UInt16(offsets.count))
        for (child, offset) in offsets {
            list.append(littleEndian: offset)
            let name = child.dropFirst(prefix.count).uppercased()
            list.append(littleEndian: name.utf16.reduce(UInt32(0)) { $0 &* 37 &+ UInt32($1) })
        }
        let values = (keys[path] ?? [:]).sorted { $0.key < $1.key }.map { write($0.key, $0.value, to: &bin) }
        let valueList = values.isEmpty ? UInt32.max : bin.add(values.flatMap { Self.littleEndian($0) })
        let subkeys = offsets.isEmpty ? UInt32.max : bin.add(list)
        let name = Array((path.split(separator: "\\").last.map(String.init) ?? "ROOT").utf8)
        var key: [UInt8] = Array("nk".utf8)
        key.append(littleEndian: UInt16(path.isEmpty ? 0x2C : 0x20))
        key.append(littleEndian: UInt64(0))
        for number in [0, 0, UInt32(offsets.count), 0, subkeys, .max, UInt32(values.count), valueList] {
            key.append(littleEndian: number)
        }
        for number in [.max, .max, 0, 0, 0, 0, 0] as [UInt32] { key.append(littleEndian: number) }
        key.append(littleEndian: UInt16(name.count))
        key.append(littleEndian: UInt16(0))
        return bin.add(key + name)
    }

    private func write(_ name: String, _ value: Value, to bin: inout Bin) -> UInt32 {
        var cell: [UInt8] = Array("vk".utf8)
        cell.append(littleEndian: UInt16(name.utf8.count))
        let (type, data): (UInt32, [UInt8]) =
            switch value {
            case .text(let text): (1, Text.encodeUTF16LittleEndian(text + "\u{0}"))
            case .number(let number): (4, Self.littleEndian(number))
            case .large(let number): (11, Self.littleEndian(number))
            }
        // Four bytes stand in the cell itself.
        let isInside = data.count == 4
        cell.append(littleEndian: UInt32(data.count) | (isInside ? 0x8000_0000 : 0))
        cell += isInside ? data : Self.littleEndian(bin.add(data))
        cell.append(littleEndian: type)
        cell.append(littleEndian: UInt16(1))  // a name of ASCII
        cell.append(littleEndian: UInt16(0))
        return bin.add(cell + Array(name.utf8))
    }

    private static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: value)
        return bytes
    }

    /// The one block of cells.
    private struct Bin {
        private var cells: [UInt8] = []
        private static let headerLength = 32

        /// Adds a cell and returns its offset.
        mutating func add(_ content: [UInt8]) -> UInt32 {
            let offset = UInt32(Self.headerLength + cells.count)
            let length = (4 + content.count + 7) / 8 * 8
            cells.append(littleEndian: Int32(-length))
            cells += content + [UInt8](repeating: 0, count: length - 4 - content.count)
            return offset
        }

        func finished() -> [UInt8] {
            let length = (Self.headerLength + cells.count + 4096) / 4096 * 4096
            var bin: [UInt8] = Array("hbin".utf8)
            for number in [0, UInt32(length), 0, 0, 0, 0, 0] { bin.append(littleEndian: number) }
            bin += cells
            let free = length - bin.count
            bin.append(littleEndian: Int32(free))
            return bin + [UInt8](repeating: 0, count: length - bin.count)
        }
    }
}
