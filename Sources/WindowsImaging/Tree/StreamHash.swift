// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A SHA-1 as an archive writes it, by which it knows a stream: very many, so that none is an array of its own.
struct StreamHash: Sendable, Hashable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt32

    static let byteCount = 20

    /// The hash at `offset`; nil when it is not all there.
    init?(_ reader: ByteReader, at offset: Int) {
        guard let first: UInt64 = reader.littleEndian(at: offset),
            let second: UInt64 = reader.littleEndian(at: offset + 8),
            let third: UInt32 = reader.littleEndian(at: offset + 16)
        else { return nil }
        (self.first, self.second, self.third) = (first, second, third)
    }

    /// The hash of 20 bytes; nil for another number of them.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(ByteReader(bytes), at: 0)
    }

    /// True where there is no stream: an empty one has no hash.
    var isNone: Bool { first == 0 && second == 0 && third == 0 }

    /// The 20 bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: first)
        bytes.append(littleEndian: second)
        bytes.append(littleEndian: third)
        return bytes
    }
}
