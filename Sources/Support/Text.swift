// SPDX-License-Identifier: GPL-3.0-or-later

/// Text from outside whose encoding is told by its byte order mark.
public enum Text {
    /// What text without a byte order mark is taken for.
    public enum Fallback: Sendable {
        /// UTF-8; the text is refused when it is not.
        case utf8
        /// UTF-8 when it is valid, else ISO 8859-1: the single-byte INI dialect.
        case singleByte
    }

    /// Decodes UTF-16 and UTF-8 by byte order mark, and anything else by `fallback`.
    ///
    /// - Returns: the text without its mark, or nil when the bytes are not valid in their encoding.
    public static func decode(_ bytes: [UInt8], fallback: Fallback) -> String? {
        if bytes.starts(with: [0xFF, 0xFE]) { return decodeUTF16LittleEndian(bytes[2...]) }
        if bytes.starts(with: [0xFE, 0xFF]) {
            guard bytes.count.isMultiple(of: 2) else { return nil }
            let units = stride(from: 2, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
            return String(validating: units, as: UTF16.self)
        }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        guard fallback == .singleByte else { return nil }
        return String(String.UnicodeScalarView(body.map { Unicode.Scalar($0) }))
    }

    /// Decodes UTF-16LE without a byte order mark, or nil when it is not valid.
    public static func decodeUTF16LittleEndian(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count.isMultiple(of: 2) else { return nil }
        let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map {
            UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
        }
        return String(validating: units, as: UTF16.self)
    }

    /// The text as UTF-16LE without a byte order mark.
    public static func encodeUTF16LittleEndian(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        appendUTF16LittleEndian(text, to: &bytes)
        return bytes
    }

    /// Appends the text as UTF-16LE without a byte order mark.
    public static func appendUTF16LittleEndian(_ text: String, to bytes: inout [UInt8]) {
        let count = text.utf16.count
        var offset = bytes.count
        // An array is copied as a whole, and a sequence element by element.
        bytes += [UInt8](repeating: 0, count: 2 * count)
        bytes.withUnsafeMutableBytes { bytes in
            if count == text.utf8.count {
                // All ASCII: no other scalar has as many units in both forms.
                for byte in text.utf8 {
                    bytes[offset] = byte
                    offset += 2
                }
            } else {
                for unit in text.utf16 {
                    bytes.storeBytes(of: unit.littleEndian, toByteOffset: offset, as: UInt16.self)
                    offset += 2
                }
            }
        }
    }
}
