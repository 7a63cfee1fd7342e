// SPDX-License-Identifier: GPL-3.0-or-later

/// Texts of UDF: OSTA compressed Unicode (UDF 1.02 2.1.1).
///
/// A byte says whether each character that follows has 8 or 16 bits, big-endian. Characters beyond 16 bits are surrogate
/// pairs, as Windows writes and as all readers at hand read them; UDF 1.02 is older than these.
enum UDFText {
    /// 2.1.1: the compression identifiers.
    static let eightBits: UInt8 = 8
    static let sixteenBits: UInt8 = 16

    /// The largest length of a file identifier (ECMA-167 4/14.4.4: one byte): 254 characters of 8 bits, or 127 of 16.
    static let identifierByteLimit = 255

    /// The bytes that `text` takes, the compression identifier among them.
    static func byteCount(of text: String) -> Int {
        let units = text.utf16.count
        // All of ASCII has as many bytes of UTF-8 as units.
        if text.utf8.count == units { return 1 + units }
        return 1 + (fitsEightBits(text) ? units : 2 * units)
    }

    /// `text` as UDF has it.
    static func encoded(_ text: String) -> [UInt8] {
        let units = text.utf16.count
        if text.utf8.count == units { return [eightBits] + Array(text.utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1 + 2 * units)
        if fitsEightBits(text) {
            bytes.append(eightBits)
            for unit in text.utf16 { bytes.append(UInt8(unit)) }
        } else {
            bytes.append(sixteenBits)
            for unit in text.utf16 {
                bytes.append(UInt8(unit >> 8))
                bytes.append(UInt8(unit & 0xFF))
            }
        }
        return bytes
    }

    /// As much of `text` as a field of `byteCount` bytes holds, whose last byte is the length (2.1.3, ECMA-167 1/7.2.12);
    /// no character is cut.
    static func field(_ text: String, byteCount: Int) -> [UInt8] {
        var kept = text
        while self.byteCount(of: kept) > byteCount - 1 { kept.unicodeScalars.removeLast() }
        // 1/7.2.12: no text has the length 0.
        let bytes = kept.isEmpty ? [] : encoded(kept)
        return bytes + [UInt8](repeating: 0, count: byteCount - 1 - bytes.count) + [UInt8(bytes.count)]
    }

    private static func fitsEightBits(_ text: String) -> Bool { text.utf16.allSatisfy { $0 <= 0xFF } }
}
