// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// A PowerShell script that a step carries in itself.
///
/// Base64 of UTF-16LE with byte order mark (task-sequence.md section 1).
public enum InlineScript {
    /// The property that holds it.
    public static let property = "SourceScript"

    /// The text of `value`, or nil when it is not such a script.
    public static func decode(_ value: String) -> String? {
        guard let bytes = Base64.decode(value), !bytes.isEmpty else { return nil }
        // Scripts of other tools come without the mark; Text takes text without one for UTF-8.
        let hasMark = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        let isWide = !hasMark && bytes.count >= 2 && bytes[1] == 0
        let text = isWide ? Text.decodeUTF16LittleEndian(bytes[...]) : Text.decode(bytes, fallback: .utf8)
        guard let text, !text.unicodeScalars.contains("\0") else { return nil }
        return text
    }
}
