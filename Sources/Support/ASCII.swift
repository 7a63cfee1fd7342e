// SPDX-License-Identifier: GPL-3.0-or-later

extension UInt8 {
    /// True for A to Z, a to z and 0 to 9.
    public var isASCIILetterOrDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    /// This byte, or that of the capital when it is a small letter of ASCII: they differ in bit 5.
    @inlinable public var asciiUpperCased: UInt8 { self &- UInt8(ascii: "a") < 26 ? self ^ 0x20 : self }

    /// This byte, or that of the small letter when it is a capital of ASCII.
    @inlinable public var asciiLowerCased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self ^ 0x20 : self }
}
