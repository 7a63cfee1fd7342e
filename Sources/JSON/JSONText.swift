// SPDX-License-Identifier: GPL-3.0-or-later

/// The pieces of JSON text (RFC 8259), appended to bytes.
public enum JSONText {
    /// Which characters of a text are escaped.
    public enum Escaping: Sendable {
        /// What RFC 8259 section 7 demands: quotes, backslashes and the C0 controls.
        case required
        /// Besides them DEL, the C1 controls and the characters that turn the direction of text: for what is also looked
        /// at on terminals.
        case printable
    }

    /// Appends `text` as a string (RFC 8259, section 7).
    public static func append(_ text: String, to bytes: inout [UInt8], escaping: Escaping = .printable) {
        bytes.append(quote)
        if text.utf8.allSatisfy(isPlain) {
            bytes += text.utf8
        } else {
            for scalar in text.unicodeScalars { append(scalar, to: &bytes, escaping) }
        }
        bytes.append(quote)
    }

    /// Appends a number.
    public static func append(_ number: some BinaryInteger, to bytes: inout [UInt8]) { bytes += String(number).utf8 }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8], _ escaping: Escaping) {
        switch scalar {
        case "\"": bytes += #"\""#.utf8
        case "\\": bytes += #"\\"#.utf8
        case "\n": bytes += #"\n"#.utf8
        case "\r": bytes += #"\r"#.utf8
        case "\t": bytes += #"\t"#.utf8
        default:
            guard isEscaped(scalar, escaping) else { return bytes += String(scalar).utf8 }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                bytes += (#"\u"# + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8
            }
        }
    }

    /// Most text is plain ASCII, of which Unicode's tables need not be asked.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) && byte != quote && byte != UInt8(ascii: "\\")
    }

    private static func isEscaped(_ scalar: Unicode.Scalar, _ escaping: Escaping) -> Bool {
        guard escaping == .printable else { return scalar.value < 0x20 }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static let quote = UInt8(ascii: "\"")
}

/// A value that writes itself as JSON on one line, and chooses how its texts are escaped.
///
/// For what stands in a list very many times: going through `Encodable` would take several microseconds each.
public protocol JSONLineEncodable: Encodable {
    /// Appends the value as JSON without line ends.
    func appendJSON(to bytes: inout [UInt8])
}

extension JSONLineEncodable {
    /// Nothing but ``JSON`` writes such a value.
    public func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(
            self, .init(codingPath: encoder.codingPath, debugDescription: "is written by JSON alone"))
    }
}

/// A list of whatever a sequence gives, each element made only when it is written.
public struct JSONList<Elements: Sequence>: Encodable where Elements.Element: Encodable {
    private let elements: Elements

    /// The list of `elements`.
    public init(_ elements: Elements) { self.elements = elements }

    /// Writes one element after the other.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for element in elements { try container.encode(element) }
    }
}
