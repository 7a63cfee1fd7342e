// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A name that Joliet cannot carry, cut so that it can: the beginning, a number that makes it unique, and the extension.
struct CutName {
    /// The beginning: names with the same one need different numbers.
    let stem: String
    private let fileExtension: String

    /// Joliet allows 64 UTF-16 units; 103 is the length that Windows reads and that `mkisofs -joliet-long` writes.
    static let unitLimit = 103
    /// Bytes of UTF-8 that libisofs takes for a name (libisofs.h, iso_node_set_name).
    static let byteLimit = 255
    /// An extension of more units is cut like the rest.
    private static let extensionUnitLimit = 16
    /// Room for a tilde and a number: a disc has fewer files.
    private static let numberLength = 11

    /// True when Joliet has `name` as it is; libisofs takes a semicolon for that of a version.
    static func isCarried(_ name: String) -> Bool {
        name.utf8.count <= byteLimit && (name.utf8.count <= unitLimit || name.utf16.count <= unitLimit)
            && !name.utf8.contains(UInt8(ascii: ";"))
    }

    init(_ name: String) {
        let carried = String(String.UnicodeScalarView(name.unicodeScalars.map { $0 == ";" ? "_" : $0 }))
        let scalars = carried.unicodeScalars
        var end = scalars.endIndex
        if let dot = scalars.lastIndex(of: "."), dot > scalars.startIndex,
            carried[dot...].utf16.count <= Self.extensionUnitLimit
        {
            end = dot
        }
        fileExtension = String(scalars[end...])
        var kept = String(scalars[..<end])
        let rest = Self.numberLength
        while kept.utf16.count + rest + fileExtension.utf16.count > Self.unitLimit
            || kept.utf8.count + rest + fileExtension.utf8.count > Self.byteLimit
        {
            kept.unicodeScalars.removeLast()
        }
        stem = kept
    }

    /// The name with `number`.
    func name(number: Int) -> String { "\(stem)~\(number)\(fileExtension)" }
}
