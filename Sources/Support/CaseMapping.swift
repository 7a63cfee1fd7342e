// SPDX-License-Identifier: GPL-3.0-or-later

extension String {
    /// Upper case, one UTF-16 unit for one, as NTFS folds names: `straße` and `STRASSE` stay two names.
    ///
    /// Windows uses its `$UpCase` table; Unicode's simple mapping of the basic plane agrees with it for the names of
    /// today's alphabets (MS-FSCC leaves the table to the implementation).
    public var ordinalUpperCased: String {
        asciiMapped(UInt8(ascii: "a")...UInt8(ascii: "z"))
            ?? String(String.UnicodeScalarView(unicodeScalars.map { $0.simple(\.uppercaseMapping) }))
    }

    /// Lower case, one UTF-16 unit for one.
    public var ordinalLowerCased: String {
        asciiMapped(UInt8(ascii: "A")...UInt8(ascii: "Z"))
            ?? String(String.UnicodeScalarView(unicodeScalars.map { $0.simple(\.lowercaseMapping) }))
    }

    /// The text with the other case of the letters in `letters`, or nil when it is not all ASCII.
    ///
    /// Nearly all names are ASCII, and media has very many: Unicode's tables are not asked, nothing is copied in vain.
    private func asciiMapped(_ letters: ClosedRange<UInt8>) -> String? {
        var isASCII = true
        var changes = false
        for byte in utf8 {
            isASCII = isASCII && byte < 0x80
            changes = changes || letters.contains(byte)
        }
        guard isASCII else { return nil }
        guard changes else { return self }
        return String(unsafeUninitializedCapacity: utf8.count) { buffer in
            // ASCII letters of either case differ in bit 5.
            let (_, end) = buffer.initialize(from: utf8.lazy.map { letters.contains($0) ? $0 ^ 0x20 : $0 })
            return end
        }
    }
}

extension Unicode.Scalar {
    /// The mapping of this scalar when it is a single scalar of the basic plane, else the scalar itself.
    fileprivate func simple(_ mapping: (Unicode.Scalar.Properties) -> String) -> Unicode.Scalar {
        guard value < 0x10000 else { return self }
        let mapped = mapping(properties).unicodeScalars
        guard mapped.count == 1, let only = mapped.first, only.value < 0x10000 else { return self }
        return only
    }
}
