// SPDX-License-Identifier: GPL-3.0-or-later

/// The pieces of JSON text (RFC 8259), appended to bytes.
public enum JSONText {
    /// Appends `text` as a string (RFC 8259, section 7).
    ///
    /// Escaped are quotes, backslashes and what RFC 8259 demands, the C0 controls; besides them DEL, the C1 controls and
    /// the characters that turn the direction of text, because JSON is also looked at on terminals.
    public static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(quote)
        if text.utf8.allSatisfy(isPlain) {
            bytes += text.utf8
        } else {
            for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
        }
        bytes.append(quote)
    }

    /// Appends a number.
    public static func append(_ number: some BinaryInteger, to bytes: inout [UInt8]) { bytes += String(number).utf8 }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"": bytes += #"\""#.utf8
        case "\\": bytes += #"\\"#.utf8
        case "\n": bytes += #"\n"#.utf8
        case "\r": bytes += #"\r"#.utf8
        case "\t": bytes += #"\t"#.utf8
        default:
            guard isEscaped(scalar) else { return bytes += String(scalar).utf8 }
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

    private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    private static let quote = UInt8(ascii: "\"")
}

/// A value that writes itself as JSON on one line: for what stands in a list very many times, where going through
/// `Encodable` would take several microseconds each.
public protocol JSONLineEncodable: Encodable {
    /// Appends the value as JSON without line ends.
    func appendJSON(to bytes: inout [UInt8])
}
