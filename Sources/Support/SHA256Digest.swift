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

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [first, second, third, fourth].flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
    }

    /// A digest of exactly 32 `bytes`, or nil.
    public init?(bytes: some Sequence<UInt8>) {
        let reader = ByteReader(Array(bytes))
        guard reader.count == Self.byteCount, let first: UInt64 = reader.bigEndian(at: 0),
            let second: UInt64 = reader.bigEndian(at: 8), let third: UInt64 = reader.bigEndian(at: 16),
            let fourth: UInt64 = reader.bigEndian(at: 24)
        else { return nil }
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }

    /// The digest that 64 hexadecimal digits of either case name, or nil.
    public init?(hexadecimal text: some StringProtocol) {
        guard let bytes = [UInt8](hexadecimal: text) else { return nil }
        self.init(bytes: bytes)
    }

    /// 64 lower-case digits.
    public var description: String { bytes.hexadecimal(.lower) }

    /// 64 upper-case digits: the content library's file name.
    public var upperCase: String { bytes.hexadecimal(.upper) }

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
