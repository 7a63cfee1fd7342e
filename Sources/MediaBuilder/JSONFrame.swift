// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Support

/// A JSON document whose lists of files are written by hand, where JSONEncoder would take a kilobyte of memory and several
/// microseconds for each of very many files.
public struct JSONFrame {
    /// What JSONEncoder wrote before, between and after the lists: a list goes after each part but the last.
    public let parts: [ArraySlice<UInt8>]

    /// Encodes `value`, in which every list of the key `key` is empty.
    public init(_ value: some Encodable, lists key: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        var rest = Array(try encoder.encode(value))[...]
        let start = Array("\"\(key)\" : [".utf8)
        var parts: [ArraySlice<UInt8>] = []
        // Keys are the only text whose quotes are not escaped, and the only empty list ends with the next bracket.
        while let found = rest.firstRange(of: start), let end = rest[found.upperBound...].firstIndex(of: Self.bracket) {
            parts.append(rest[..<found.upperBound])
            rest = rest[end...]
        }
        self.parts = parts + [rest]
    }

    private static let bracket = UInt8(ascii: "]")

    /// Appends what comes before an element of a list whose key is at `depth`: a line of its own.
    public static func startElement(isFirst: Bool, depth: Int, _ bytes: inout [UInt8]) {
        bytes += (isFirst ? "\n" : ",\n").utf8
        bytes += repeatElement(UInt8(ascii: " "), count: 2 * (depth + 1))
    }

    /// Appends what comes after the last element of a list whose key is at `depth`.
    public static func endList(depth: Int, _ bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth)
    }

    /// Appends `text` as a JSON string (RFC 8259, section 7).
    public static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(quote)
        if text.utf8.contains(where: isEscaped) {
            for byte in text.utf8 {
                switch byte {
                case quote, backslash: bytes += [backslash, byte]
                case 0x20...: bytes.append(byte)
                default: bytes += ("\\u00" + [byte].hexadecimal()).utf8
                }
            }
        } else {
            bytes += text.utf8
        }
        bytes.append(quote)
    }

    private static func isEscaped(_ byte: UInt8) -> Bool { byte < 0x20 || byte == quote || byte == backslash }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
}
