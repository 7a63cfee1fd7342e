// SPDX-License-Identifier: GPL-3.0-or-later

extension String {
    /// Upper case, one UTF-16 unit for one, as NTFS folds names: `straße` and `STRASSE` stay two names.
    ///
    /// For hashing only; two names are compared as ``CaseFoldedName``.
    var ordinalUpperCased: String {
        // Surrogates have no capitals, so that the units stay valid.
        asciiMapped { $0.asciiUpperCased } ?? String(decoding: foldedUnits, as: UTF16.self)
    }

    /// Lower case, one UTF-16 unit for one.
    public var ordinalLowerCased: String {
        asciiMapped { $0.asciiLowerCased }
            ?? String(String.UnicodeScalarView(unicodeScalars.map { $0.simple(\.lowercaseMapping) }))
    }

    /// The UTF-16 units, each folded with the upper-case table.
    package var foldedUnits: LazyMapSequence<String.UTF16View, UInt16> {
        utf16.lazy.map { UpperCaseTable.capital(of: $0) }
    }

    /// True when both texts are equal in upper case.
    func isEqualOrdinalUpperCased(_ other: String) -> Bool {
        let (left, right) = (utf8.span, other.utf8.span)
        var isASCII = true
        var isEqual = left.count == right.count
        for index in 0..<min(left.count, right.count) {
            isASCII = isASCII && left[index] | right[index] < 0x80
            isEqual = isEqual && left[index].asciiUpperCased == right[index].asciiUpperCased
        }
        if isEqual { return true }
        for index in min(left.count, right.count)..<left.count { isASCII = isASCII && left[index] < 0x80 }
        for index in min(left.count, right.count)..<right.count { isASCII = isASCII && right[index] < 0x80 }
        return !isASCII && foldedUnits.elementsEqual(other.foldedUnits)
    }

    /// The text with `mapping` applied to its letters, or nil when it is not all ASCII.
    ///
    /// Nearly all names are ASCII, and media has very many: Unicode's tables are not asked, nothing is copied in vain.
    @inline(__always)
    private func asciiMapped(_ mapping: (UInt8) -> UInt8) -> String? {
        let bytes = utf8.span
        var isASCII = true
        var changes = false
        for index in 0..<bytes.count {
            isASCII = isASCII && bytes[index] < 0x80
            changes = changes || mapping(bytes[index]) != bytes[index]
        }
        guard isASCII else { return nil }
        guard changes else { return self }
        return String(unsafeUninitializedCapacity: bytes.count) { buffer in
            for index in 0..<bytes.count { buffer.initializeElement(at: index, to: mapping(bytes[index])) }
            return bytes.count
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
