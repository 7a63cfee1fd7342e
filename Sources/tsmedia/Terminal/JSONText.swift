// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Support

/// JSON as it leaves the program: what could drive a terminal is spelt as an escape, which reads as the same text.
enum JSONText {
    /// The bytes of `value` as JSON with stable keys.
    static func encoded(_ value: some Encodable, isPretty: Bool) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return safe(Array(try encoder.encode(value)))
    }

    /// `json`, UTF-8, with every control and format character beyond C0 as `\u....` (RFC 8259 section 7).
    ///
    /// They stand inside strings only, and those of C0 are escapes already: nothing else is JSON.
    static func safe(_ json: [UInt8]) -> [UInt8] {
        guard json.contains(where: { $0 >= 0x7F }) else { return json }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.count + 64)
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            guard scalar.value >= 0x7F, scalar.isControl else {
                bytes += String(scalar).utf8
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8
            }
        }
        return bytes
    }
}
