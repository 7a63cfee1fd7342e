// SPDX-License-Identifier: GPL-3.0-or-later

/// Letter case of hexadecimal digits.
public enum HexadecimalCase: Sendable {
    /// `0-9A-F`, as the content library writes hashes.
    case upper
    /// `0-9a-f`, as sha256sum and our manifests write hashes.
    case lower

    /// The digit, in ASCII, of `value`, which is 0 to 15.
    func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: self == .upper ? "A" : "a") + value - 10
    }
}

extension Sequence where Element == UInt8 {
    /// The bytes as hexadecimal text, two digits each.
    public func hexadecimal(_ letterCase: HexadecimalCase = .lower) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(underestimatedCount * 2)
        for byte in self {
            text.append(letterCase.digit(byte >> 4))
            text.append(letterCase.digit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Array where Element == UInt8 {
    /// The bytes that hexadecimal `text` of either case names, or nil when it is anything else.
    public init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index].hexadecimalDigitValue, let low = digits[index + 1].hexadecimalDigitValue
            else { return nil }
            append(high << 4 | low)
        }
    }
}

extension UInt8 {
    /// The value of this ASCII hexadecimal digit, or nil.
    var hexadecimalDigitValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
