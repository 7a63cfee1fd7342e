// SPDX-License-Identifier: GPL-3.0-or-later

/// A SHA-256 value (FIPS 180-4): 32 bytes.
///
/// Encodes as 64 lower-case hexadecimal digits, which is how manifests and JSON write it.
public struct SHA256Digest: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The number of bytes of a digest.
    public static let byteCount = 32

    // Four numbers instead of an array, which would have memory of its own: media has very many digests.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    private var words: [4 of UInt64] { [first, second, third, fourth] }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        let words = words
        return [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            for index in 0..<Self.byteCount { buffer.initializeElement(at: index, to: words.byte(index)) }
            count = Self.byteCount
        }
    }

    /// A digest of exactly 32 `bytes`, or nil.
    public init?(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == Self.byteCount else { return nil }
        var words: [4 of UInt64] = [0, 0, 0, 0]
        for index in 0..<bytes.count { words[index / 8] = words[index / 8] << 8 | UInt64(bytes[index]) }
        (first, second, third, fourth) = (words[0], words[1], words[2], words[3])
    }

    /// The digest that 64 hexadecimal digits of either case name, or nil.
    public init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard let digest = digits.withUnsafeBufferPointer({ Self(hexadecimal: $0) }) else { return nil }
        self = digest
    }

    /// The digest that 64 hexadecimal digits of either case name, in ASCII, or nil.
    public init?(hexadecimal digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 2 * Self.byteCount else { return nil }
        var words: [4 of UInt64] = [0, 0, 0, 0]
        for index in 0..<digits.count {
            guard let value = digits[index].hexadecimalDigitValue else { return nil }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        (first, second, third, fourth) = (words[0], words[1], words[2], words[3])
    }

    /// 64 lower-case digits.
    public var description: String { hexadecimal(.lower) }

    /// 64 upper-case digits: the content library's file name.
    public var upperCase: String { hexadecimal(.upper) }

    private func hexadecimal(_ letterCase: HexadecimalCase) -> String {
        let words = words
        return String(unsafeUninitializedCapacity: 2 * Self.byteCount) { buffer in
            for index in 0..<Self.byteCount {
                let byte = words.byte(index)
                buffer.initializeElement(at: 2 * index, to: letterCase.digit(byte >> 4))
                buffer.initializeElement(at: 2 * index + 1, to: letterCase.digit(byte & 15))
            }
            return 2 * Self.byteCount
        }
    }

    /// Decodes 64 hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let digest = Self(hexadecimal: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not 64 hexadecimal digits")
        }
        self = digest
    }

    /// Encodes 64 lower-case hexadecimal digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension InlineArray<4, UInt64> {
    /// The byte at `index` of the words one after the other, each in big-endian order.
    fileprivate func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: self[index / 8] >> (56 - index % 8 * 8)) }
}
