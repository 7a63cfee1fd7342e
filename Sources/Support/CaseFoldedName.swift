// SPDX-License-Identifier: GPL-3.0-or-later

/// A name or a path as a key without case: two are equal where NTFS and FAT take them for one.
///
/// The only key for look-ups without case. A `String` is none: it takes `é` in one scalar and in two for equal, which
/// every file system keeps apart. Keeps the spelling, not a folded copy: media has very many names.
public struct CaseFoldedName: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as it is spelt.
    public let description: String

    /// The key of a name or path.
    public init(_ spelling: String) { description = spelling }

    /// The key of a name that the program knows.
    public init(stringLiteral spelling: String) { description = spelling }

    /// Compares UTF-16 units, folded with the volume's upper-case table.
    public static func == (left: CaseFoldedName, right: CaseFoldedName) -> Bool {
        left.description.isEqualOrdinalUpperCased(right.description)
    }

    /// Hashes without case.
    public func hash(into hasher: inout Hasher) { description.ordinalUpperCased.hashBytes(into: &hasher) }

    /// Orders by folded UTF-16 units, as NTFS orders the names of a folder.
    public static func < (left: CaseFoldedName, right: CaseFoldedName) -> Bool {
        left.units.lexicographicallyPrecedes(right.units)
    }

    /// True when the name begins with `prefix`, without case.
    public func hasPrefix(_ prefix: CaseFoldedName) -> Bool { units.starts(with: prefix.units) }

    /// True when the name ends with `suffix`, without case.
    public func hasSuffix(_ suffix: CaseFoldedName) -> Bool {
        let surplus = description.utf16.count - suffix.description.utf16.count
        return surplus >= 0 && units.dropFirst(surplus).elementsEqual(suffix.units)
    }

    private var units: LazyMapSequence<String.UTF16View, UInt16> { description.foldedUnits }
}

extension String {
    /// The key of this name or path for look-ups without case.
    public var caseFolded: CaseFoldedName { CaseFoldedName(self) }
}
