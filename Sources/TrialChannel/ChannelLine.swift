// SPDX-License-Identifier: GPL-3.0-or-later

internal import JSON

/// A message that is written: its type and its members in their order.
struct ChannelLine {
    /// What a member holds.
    enum Value {
        case null
        case truth(Bool)
        case number(Int64)
        /// A text, which is cut at ``TrialChannel/textByteLimit``.
        case text(String)
        /// A text that would be wrong if it were cut.
        case whole(String)

        static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
    }

    /// The line without its end.
    let text: String

    init(_ type: String, _ members: [(name: String, value: Value)]) {
        var bytes = Array("{".utf8)
        for (index, member) in ([("type", Value.text(type))] + members).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(member.0, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            switch member.1 {
            case .null: bytes += "null".utf8
            case .truth(let truth): bytes += (truth ? "true" : "false").utf8
            case .number(let number): JSONText.append(number, to: &bytes)
            case .text(let text): JSONText.append(text.cut(atByte: TrialChannel.textByteLimit), to: &bytes)
            case .whole(let text): JSONText.append(text, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
        text = String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// As many whole characters of Unicode from the beginning as `limit` bytes of UTF-8 hold.
    fileprivate func cut(atByte limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
