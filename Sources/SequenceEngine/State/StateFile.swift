// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// A state as the bytes of a file: one that was not written to its end is none (docs/formats/ours.md section 6).
struct StateFile: Equatable {
    /// What such a file begins with.
    private static let magic = Array("TSMSTATE".utf8)
    private static let version: UInt32 = 1
    /// Where the fields are: magic, version, bytes of the state, number, SHA-256 of the fields before it and the state.
    private static let (versionOffset, lengthOffset, numberOffset, hashOffset, stateOffset) = (8, 12, 16, 24, 56)
    /// A drive writes no less than one of these.
    private static let blockByteCount = 4096
    /// A longer state is not kept.
    static let byteCountLimit = 16 << 20

    /// The number of the state: each has a higher one than the one before.
    let number: UInt64
    /// The state, in JSON.
    let state: [UInt8]

    init(number: UInt64, state: [UInt8]) {
        self.number = number
        self.state = state
    }

    /// The file; whole blocks.
    var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(littleEndian: Self.version)
        bytes.append(littleEndian: UInt32(clamping: state.count))
        bytes.append(littleEndian: number)
        bytes += SHA256.digest(of: bytes[Self.versionOffset...] + state).bytes
        bytes += state
        let whole = (bytes.count + Self.blockByteCount - 1) / Self.blockByteCount * Self.blockByteCount
        return bytes + [UInt8](repeating: 0, count: whole - bytes.count)
    }

    /// The state in `bytes`, behind which may be anything; nil when there is none, or not all of it.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.stateOffset, bytes.starts(with: Self.magic) else { return nil }
        let reader = ByteReader(bytes[...])
        guard reader.littleEndian(UInt32.self, at: Self.versionOffset) == Self.version,
            let length = reader.littleEndian(UInt32.self, at: Self.lengthOffset),
            let number = reader.littleEndian(UInt64.self, at: Self.numberOffset),
            Int(length) <= bytes.count - Self.stateOffset
        else { return nil }
        let state = bytes[Self.stateOffset..<(Self.stateOffset + Int(length))]
        let digest = SHA256.digest(of: bytes[Self.versionOffset..<Self.hashOffset] + state)
        guard digest.bytes.elementsEqual(bytes[Self.hashOffset..<Self.stateOffset]) else { return nil }
        self.init(number: number, state: Array(state))
    }
}
