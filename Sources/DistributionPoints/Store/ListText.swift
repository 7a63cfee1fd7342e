// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The text of a list: a head, a line for each thing, and the SHA-256 of all of that at the end.
///
/// A line is a key, a space and the rest. Very many lines are read whenever media is planned: they are bytes until they are
/// something.
struct ListText {
    private static let head = "tsmedia list 1"
    private static let newline = UInt8(ascii: "\n")

    private let bytes: [UInt8]
    /// Where the lines lie, head and hash left out.
    private let range: Range<Int>

    /// The bytes of a text with `lines`.
    static func bytes(of lines: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in [head] + lines {
            bytes += line.utf8
            bytes.append(newline)
        }
        return bytes + "sha256 \(SHA256.digest(of: bytes))\n".utf8
    }

    /// The text in `bytes`; nil for bytes that are none, or were changed.
    init?(_ bytes: [UInt8]) {
        guard bytes.last == Self.newline, let last = bytes.dropLast().lastIndex(of: Self.newline),
            bytes.starts(with: "\(Self.head)\n".utf8),
            bytes[(last + 1)...].elementsEqual("sha256 \(SHA256.digest(of: bytes[...last]))\n".utf8)
        else { return nil }
        self.bytes = bytes
        range = Self.head.utf8.count + 1..<last + 1
    }

    /// Calls `body` for each line in order until it says false.
    ///
    /// - Returns: whether it never did.
    func forEachLine(_ body: (inout ListLine) -> Bool) -> Bool {
        bytes.withUnsafeBufferPointer { all in
            var rest = UnsafeBufferPointer(rebasing: all[range])
            while let end = rest.firstIndex(of: Self.newline) {
                var line = ListLine(UnsafeBufferPointer(rebasing: rest[..<end]))
                guard body(&line) else { return false }
                rest = UnsafeBufferPointer(rebasing: rest[(end + 1)...])
            }
            return true
        }
    }
}

/// What is left of a line of a list; valid while its text is read.
struct ListLine {
    private var rest: UnsafeBufferPointer<UInt8>

    fileprivate init(_ line: UnsafeBufferPointer<UInt8>) { rest = line }

    /// Takes the key when it is `key`.
    mutating func takes(_ key: StaticString) -> Bool {
        let count = key.utf8CodeUnitCount
        guard rest.count > count, rest[count] == UInt8(ascii: " "),
            rest[..<count].elementsEqual(UnsafeBufferPointer(start: key.utf8Start, count: count))
        else { return false }
        rest = UnsafeBufferPointer(rebasing: rest[(count + 1)...])
        return true
    }

    /// Takes the digest up to the next space, or the end; nil when it is none.
    mutating func digest() -> SHA256Digest? { SHA256Digest(hexadecimal: word()) }

    /// Takes the decimal number up to the next space, or the end; nil when it is none.
    mutating func number() -> UInt64? {
        let digits = word()
        var value: UInt64 = 0
        guard !digits.isEmpty else { return nil }
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (product, isTooMuch) = value.multipliedReportingOverflow(by: 10)
            let (sum, isMore) = product.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            guard !isTooMuch, !isMore else { return nil }
            value = sum
        }
        return value
    }

    /// The rest as a text; nil when it is none.
    func text() -> String? { String(validating: rest, as: UTF8.self) }

    /// The rest as a path; nil when it is none.
    func path() -> MediaPath? { text().flatMap { try? MediaPath($0) } }

    private mutating func word() -> UnsafeBufferPointer<UInt8> {
        let end = rest.firstIndex(of: UInt8(ascii: " "))
        defer { rest = UnsafeBufferPointer(rebasing: rest[(end.map { $0 + 1 } ?? rest.count)...]) }
        return UnsafeBufferPointer(rebasing: rest[..<(end ?? rest.count)])
    }
}
