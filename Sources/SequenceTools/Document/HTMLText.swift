// SPDX-License-Identifier: GPL-3.0-or-later

import Support
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
            // Persian is written with the first, emoji are joined with the second.
            case "\u{200C}", "\u{200D}": bytes.append(contentsOf: String(scalar).utf8)
            case "\u{FFFE}", "\u{FFFF}": bytes.append(contentsOf: "\u{FFFD}".utf8)
            case _ where scalar.isControl: bytes.append(contentsOf: "\u{FFFD}".utf8)
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
