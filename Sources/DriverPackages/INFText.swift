// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The bytes of an INF file as UTF-8, or, of one without a mark, in the code page that it was written in.
///
/// INF files are UTF-16 with a byte order mark, or text of a code page ("General Syntax Rules for INF Files",
/// learn.microsoft.com). Damaged UTF-16 is mended, not refused: what matters in them is ASCII.
enum INFText {
    /// `bytes` in a form whose ASCII is single bytes.
    static func bytes(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.starts(with: [0xFF, 0xFE]) { return utf8(bytes.dropFirst(2), isBigEndian: false) }
        if bytes.starts(with: [0xFE, 0xFF]) { return utf8(bytes.dropFirst(2), isBigEndian: true) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes[3...]) }
        // No code page has a zero byte in a text, and a section begins with ASCII.
        if bytes.count >= 2, bytes[0] != 0, bytes[1] == 0 { return utf8(bytes[...], isBigEndian: false) }
        return bytes
    }

    /// A part of such bytes as text: UTF-8 where it is valid, else ISO 8859-1.
    static func string(_ bytes: [UInt8]) -> String { Text.decode(bytes, fallback: .singleByte) ?? "" }

    private static func utf8(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt8] {
        // An odd byte at the end is none.
        let units = (0..<bytes.count / 2).lazy.map { number in
            let place = bytes.startIndex + 2 * number
            let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
