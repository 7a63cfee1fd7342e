// SPDX-License-Identifier: GPL-3.0-or-later

extension String {
    /// Upper case, one UTF-16 unit for one, as NTFS folds names: `straße` and `STRASSE` stay two names.
    ///
    /// Windows uses its `$UpCase` table; Unicode's simple mapping of the basic plane agrees with it for the names of
    /// today's alphabets (MS-FSCC leaves the table to the implementation).
    public var ordinalUpperCased: String {
        utf8.allSatisfy { $0 < 0x80 }
            ? uppercased() : String(String.UnicodeScalarView(unicodeScalars.map { $0.simple(\.uppercaseMapping) }))
    }

    /// Lower case, one UTF-16 unit for one.
    public var ordinalLowerCased: String {
        utf8.allSatisfy { $0 < 0x80 }
            ? lowercased() : String(String.UnicodeScalarView(unicodeScalars.map { $0.simple(\.lowercaseMapping) }))
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
