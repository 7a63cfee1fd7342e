// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// HTML as it grows; everything from outside goes through ``text(_:)``.
struct HTMLText {
    private(set) var bytes: [UInt8] = []

    /// Writes `markup` of ours.
    mutating func markup(_ markup: StaticString) {
        markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Writes `text` escaped, for content and for attributes in double quotes.
    ///
    /// Control characters that HTML does not allow, and those that turn the direction of text and so disguise it, are
    /// shown as U+FFFD.
    mutating func text(_ text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup("&amp;")
            case "<": markup("&lt;")
            case ">": markup("&gt;")
            case "\"": markup("&quot;")
            case "'": markup("&#39;")
            case "\t", "\n": bytes.append(contentsOf: String(scalar).utf8)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}",
                "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
                bytes.append(contentsOf: "\u{FFFD}".utf8)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    /// Writes `text` between tags.
    mutating func element(_ open: StaticString, _ text: String, _ close: StaticString) {
        markup(open)
        self.text(text)
        markup(close)
    }
}
