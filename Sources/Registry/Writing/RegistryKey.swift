// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What a value of a hive that is written holds.
public enum RegistryData: Sendable, Equatable {
    /// Text: REG_SZ.
    case text(String)
    /// Text with variables of the environment: REG_EXPAND_SZ.
    case expandableText(String)
    /// Several texts, none of them empty: REG_MULTI_SZ.
    case texts([String])
    /// REG_DWORD.
    case number(UInt32)
    /// REG_QWORD.
    case largeNumber(UInt64)
    /// REG_BINARY.
    case binary([UInt8])

    /// The type as it is stored (winnt.h of the Windows SDK).
    var type: UInt32 {
        switch self {
        case .text: 1
        case .expandableText: 2
        case .binary: 3
        case .number: 4
        case .texts: 7
        case .largeNumber: 11
        }
    }

    /// The bytes as they are stored.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        switch self {
        case .text(let text), .expandableText(let text): Text.appendUTF16LittleEndian(text + "\0", to: &bytes)
        case .texts(let texts):
            for text in texts { Text.appendUTF16LittleEndian(text + "\0", to: &bytes) }
            bytes += [0, 0]
        case .number(let number): bytes.append(littleEndian: number)
        case .largeNumber(let number): bytes.append(littleEndian: number)
        case .binary(let data): bytes = data
        }
        return bytes
    }
}

/// A key of a hive that is to be written, with all that is in it.
///
/// Names are one without case, as the registry has them; the order in which keys and values were added does not count.
public struct RegistryKey: Sendable, Equatable {
    /// The most UTF-16 units of a key's name (Windows' documentation, "Registry element size limits").
    public static let keyNameLimit = 255
    /// The most UTF-16 units of a value's name, from the same page.
    public static let valueNameLimit = 16_383

    /// The values by name; the empty name is the key's own value.
    public private(set) var values: [CaseFoldedName: RegistryData] = [:]
    /// The keys in it by name.
    public private(set) var keys: [CaseFoldedName: RegistryKey] = [:]

    /// A key with nothing in it.
    public init() {}

    /// A key with these values.
    public init(_ values: [CaseFoldedName: RegistryData]) { self.values = values }

    /// The key `name`; one that is set to nil is no more.
    public subscript(name: String) -> RegistryKey? {
        get { keys[name.caseFolded] }
        set { keys[name.caseFolded] = newValue }
    }

    /// Sets the value `name` of the key at `path`, which is made with those above it.
    public mutating func set(_ name: String, to data: RegistryData, at path: [String] = []) {
        guard let first = path.first else { return values[name.caseFolded] = data }
        keys[first.caseFolded, default: RegistryKey()].set(name, to: data, at: Array(path.dropFirst()))
    }

    /// Makes the key at `path` with those above it, when it is not there.
    public mutating func make(_ path: [String]) {
        guard let first = path.first else { return }
        keys[first.caseFolded, default: RegistryKey()].make(Array(path.dropFirst()))
    }
}
