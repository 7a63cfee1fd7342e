// SPDX-License-Identifier: GPL-3.0-or-later

extension UInt8 {
    /// True for A to Z, a to z and 0 to 9.
    public var isASCIILetterOrDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    /// The lower-case form of an ASCII letter; every other byte as it is.
    public var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
