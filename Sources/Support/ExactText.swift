// SPDX-License-Identifier: GPL-3.0-or-later

/// A text that equals only what has the same bytes in UTF-8.
///
/// For keys and comparisons of what comes from outside: a `String` takes canonically equivalent texts for equal, and
/// Windows, XML and task sequences do not.
public struct ExactText: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text.
    public let description: String

    /// Wraps `text`.
    public init(_ text: String) { description = text }

    /// Wraps a text that the program knows.
    public init(stringLiteral text: String) { description = text }

    /// Compares bytes.
    public static func == (left: ExactText, right: ExactText) -> Bool { left.description.isExactly(right.description) }

    /// Hashes bytes.
    public func hash(into hasher: inout Hasher) { description.hashBytes(into: &hasher) }

    /// Orders by bytes.
    public static func < (left: ExactText, right: ExactText) -> Bool {
        left.description.precedesByBytes(right.description)
    }
}

extension String {
    /// True when both texts have the same bytes in UTF-8.
    public func isExactly(_ other: String) -> Bool {
        let (left, right) = (utf8.span, other.utf8.span)
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left[index] != right[index] { return false }
        return true
    }

    /// Hashes the bytes of the text, and an end that no text has.
    func hashBytes(into hasher: inout Hasher) {
        utf8.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        hasher.combine(UInt8(0xFF))
    }
}

extension Optional where Wrapped == String {
    /// True when both are texts with the same bytes, or both are none.
    public func isExactly(_ other: String?) -> Bool {
        if let self, let other { self.isExactly(other) } else { self == nil && other == nil }
    }
}
