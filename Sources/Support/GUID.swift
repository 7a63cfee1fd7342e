// SPDX-License-Identifier: GPL-3.0-or-later

/// A GUID, which is 16 bytes.
public struct GUID: Sendable, Hashable {
    /// The number of bytes of a GUID.
    public static let byteCount = 16

    /// The bytes in the order of the text form.
    public let bytes: [UInt8]

    /// The GUID of 16 bytes, which are in the order of the text form.
    public init(_ bytes: [UInt8]) {
        precondition(bytes.count == Self.byteCount, "a GUID has 16 bytes")
        self.bytes = bytes
    }

    /// A GUID of version 8, which is for values of one's own making (RFC 9562 5.8), from the first 16 of `bytes`.
    ///
    /// The same bytes give the same GUID.
    public init(custom bytes: some Sequence<UInt8>) {
        var bytes = Array(bytes.prefix(Self.byteCount))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        self.init(bytes)
    }

    /// The GUID of its text form, in braces or not, digits in either case; nil for any other text.
    public init?(_ text: String) {
        let inner = text.hasPrefix("{") && text.hasSuffix("}") ? text.dropFirst().dropLast() : text[...]
        let groups = inner.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == Self.groupCounts, let bytes = [UInt8](hexadecimal: groups.joined()) else {
            return nil
        }
        self.init(bytes)
    }

    /// The GUID that firmware and Windows store as `stored`; nil when these are not 16 bytes.
    public init?(stored: some Collection<UInt8>) {
        guard stored.count == Self.byteCount else { return nil }
        self.init(Self.swapped(Array(stored)))
    }

    /// The bytes as firmware and Windows store them: the first three groups are little-endian (UEFI 2.10, appendix A).
    public var stored: [UInt8] { Self.swapped(bytes) }

    private static func swapped(_ bytes: [UInt8]) -> [UInt8] {
        [3, 2, 1, 0, 5, 4, 7, 6].map { bytes[$0] } + bytes[8...]
    }

    /// Digits of the groups of the text form (RFC 9562 4).
    private static let groupCounts = [8, 4, 4, 4, 12]

    /// Whether it is of version 8, as ``init(custom:)`` makes them.
    public var isCustom: Bool { bytes[6] >> 4 == 8 }

    /// The text form: groups of 8, 4, 4, 4 and 12 digits (RFC 9562 4).
    public func text(_ letterCase: HexadecimalCase) -> String {
        var rest = Substring(bytes.hexadecimal(letterCase))
        return Self.groupCounts.map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }
}
