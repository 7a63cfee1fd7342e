// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Turns the bytes of a document into UTF-8 without a byte order mark.
enum XMLEncoding {
    /// Decodes `bytes`.
    static func utf8(_ bytes: [UInt8], source: String, origin: XMLLocation) throws(MarkupError) -> [UInt8] {
        func wrong(_ problem: DiagnosticText, _ location: XMLLocation? = nil) -> MarkupError {
            MarkupError(.encoding, source: source, location: location?.offset(from: origin), problem: problem)
        }
        guard !bytes.isEmpty else {
            throw MarkupError(.notWellFormed, source: source, location: nil, problem: "is empty")
        }
        if let text = try decodeUTF16(bytes, wrong) {
            try refuseNUL(in: text, wrong)
            return text
        }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
        if String(validating: body, as: UTF8.self) != nil {
            try refuseNUL(in: body, wrong)
            return body
        }
        if let table = declaredSingleByteTable(body) {
            let text = Array(String(String.UnicodeScalarView(body.map { table[Int($0)] })).utf8)
            try refuseNUL(in: text, wrong)
            return text
        }
        throw wrong("is not valid UTF-8 here", locationOfFirstError(body))
    }

    private static func refuseNUL(
        in text: [UInt8], _ wrong: (DiagnosticText, XMLLocation?) -> MarkupError
    ) throws(MarkupError) {
        guard let index = text.firstIndex(of: 0) else { return }
        throw wrong("contains a NUL character", location(of: index, in: text))
    }

    /// The text as UTF-8 when it is UTF-16 by its mark or its first character, else nil.
    private static func decodeUTF16(
        _ bytes: [UInt8], _ wrong: (DiagnosticText, XMLLocation?) -> MarkupError
    ) throws(MarkupError) -> [UInt8]? {
        let isLittle = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0x3C, 0x00])
        guard isLittle || bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0x00, 0x3C]) else { return nil }
        let body = bytes[0] == 0x3C || bytes[0] == 0x00 ? bytes[...] : bytes[2...]
        guard body.count.isMultiple(of: 2) else { throw wrong("ends in the middle of a UTF-16 character", nil) }
        let text: String?
        if isLittle {
            text = Text.decodeUTF16LittleEndian(body)
        } else {
            let units = stride(from: body.startIndex, to: body.endIndex, by: 2).map {
                UInt16(body[$0]) << 8 | UInt16(body[$0 + 1])
            }
            text = String(validating: units, as: UTF16.self)
        }
        guard let text else { throw wrong("is not valid UTF-16: it has half a surrogate pair", nil) }
        return Array(text.utf8)
    }

    /// ISO 8859-1 or windows-1252 when the XML declaration names it; tools on Windows write both.
    private static func declaredSingleByteTable(_ bytes: [UInt8]) -> [Unicode.Scalar]? {
        guard bytes.starts(with: Array("<?xml".utf8)), let end = bytes.firstIndex(of: UInt8(ascii: ">")), end < 200
        else { return nil }
        let declaration = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
        let isLatin1 = declaration.contains("iso-8859-1")
        guard isLatin1 || declaration.contains("windows-1252") else { return nil }
        var table = (0...255).map { Unicode.Scalar(UInt8($0)) }
        if !isLatin1 {
            for (index, value) in windows1252.enumerated() {
                table[0x80 + index] = Unicode.Scalar(value) ?? Unicode.Scalar(UInt8(0x80 + index))
            }
        }
        return table
    }

    /// Bytes 0x80 to 0x9F of windows-1252 (WHATWG Encoding, index-windows-1252).
    private static let windows1252: [UInt16] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
        0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x009D, 0x017E, 0x0178,
    ]

    private static func locationOfFirstError(_ bytes: [UInt8]) -> XMLLocation {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return location(of: offset, in: bytes)
    }

    private static func location(of offset: Int, in bytes: [UInt8]) -> XMLLocation {
        var cursor = LocationCursor()
        return bytes.withUnsafeBufferPointer { cursor.advance(to: offset, in: $0) }
    }
}

/// Follows a text from its beginning and knows line and column of the place it has reached.
struct LocationCursor {
    private var offset = 0
    private var line = 1
    private var column = 1

    /// Moves on to `target` (never back) and returns its place.
    mutating func advance(to target: Int, in text: UnsafeBufferPointer<UInt8>) -> XMLLocation {
        let end = min(target, text.count)
        while offset < end {
            let byte = text[offset]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // Continuation bytes of UTF-8 are no characters of their own.
                column += 1
            }
            offset += 1
        }
        return XMLLocation(line: line, column: column)
    }
}
