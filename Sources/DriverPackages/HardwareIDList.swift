// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Very many hardware IDs in little room: in capitals, in the order of the file.
public struct HardwareIDList: Sendable, Equatable, Sequence {
    /// Windows knows no longer ones (MAX_DEVICE_ID_LEN, cfgmgr32.h).
    static let idByteLimit = 200
    private static let separator = UInt8(ascii: "\n")

    private var bytes: [UInt8] = []
    /// The number of IDs.
    public private(set) var count = 0

    /// None.
    init() {}

    /// Adds an ID; false for what cannot be one.
    @discardableResult
    mutating func append(_ id: [UInt8]) -> Bool {
        guard (1...Self.idByteLimit).contains(id.count), id.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            return false
        }
        bytes += id.lazy.map(\.asciiUpperCased)
        bytes.append(Self.separator)
        count += 1
        return true
    }

    /// Walks over the IDs.
    public func makeIterator() -> AnyIterator<String> {
        var rest = bytes[...]
        return AnyIterator {
            guard let end = rest.firstIndex(of: Self.separator) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
    }
}
