// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a name from outside was not accepted as a path.
public struct MediaPathError: DiagnosticError, Equatable {
    /// The name as it came.
    public let name: String
    /// What is wrong with it.
    public let problem: String

    /// Malformed input.
    public var failureClass: FailureClass { .malformed }
    /// The name, quoted.
    public var object: String { "name '\(name)'" }
    /// The source must be mended; we never guess another name.
    public var nextStep: String? { "rename it at its source" }
}

/// A relative path of names that Windows, ISO 9660 with Joliet and FAT32 all can hold.
///
/// This is the one gate for every name that comes from outside (INI, WIM, XML, HTML, ISO): no empty or dot names, no
/// separators inside names, no control characters, none of `< > : " | ? *`, no trailing dot or space, none of the
/// reserved device names, at most 255 UTF-16 units a name and 1,024 a path (Win32 "Naming Files, Paths, and Namespaces").
/// Compares by spelling; ``caseFolded`` is the key for look-ups without case.
public struct MediaPath: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// UTF-16 units a single name may have on NTFS and FAT.
    public static let maximumNameLength = 255
    /// UTF-16 units we accept for a whole path.
    public static let maximumPathLength = 1_024

    /// The names joined by `/`; the only thing that is stored, because media has many paths.
    public let description: String

    /// Checks `text`, whose names are separated by `/` or `\`.
    public init(_ text: String) throws(MediaPathError) {
        try self.init(
            components: text.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.map(String.init))
    }

    /// Checks `components`, none of which may contain a separator.
    public init(components: [String]) throws(MediaPathError) {
        let whole = components.joined(separator: "/")
        guard !components.isEmpty else { throw MediaPathError(name: whole, problem: "is empty") }
        for component in components { try Self.check(component, in: whole) }
        try self.init(checkingLengthOf: whole)
    }

    /// Checks `name` as the innermost name below `folder`; nil for a single name.
    public init(_ name: String, in folder: MediaPath?) throws(MediaPathError) {
        let whole = folder.map { "\($0.description)/\(name)" } ?? name
        try Self.check(name, in: whole)
        try self.init(checkingLengthOf: whole)
    }

    private init(checkingLengthOf description: String) throws(MediaPathError) {
        guard description.utf8.count <= Self.maximumPathLength || description.utf16.count <= Self.maximumPathLength
        else {
            throw MediaPathError(
                name: String(description.prefix(80)) + "...",
                problem: "is longer than \(Self.maximumPathLength) characters")
        }
        self.init(checked: description)
    }

    /// A path that is already known to be well-formed because its parts are.
    private init(checked description: String) { self.description = description }

    /// The names from the outermost to the innermost; never empty.
    public var components: [String] { description.split(separator: "/").map(String.init) }

    /// The names joined by `\`.
    public var windowsDescription: String { components.joined(separator: "\\") }

    /// The innermost name.
    public var name: String {
        guard let separator = description.utf8.lastIndex(of: UInt8(ascii: "/")) else { return description }
        return String(description[description.utf8.index(after: separator)...])
    }

    /// The path without its innermost name, or nil for a single name.
    public var parent: MediaPath? {
        description.utf8.lastIndex(of: UInt8(ascii: "/")).map { MediaPath(checked: String(description[..<$0])) }
    }

    /// The key for comparisons without case: NTFS, FAT and ISO 9660 all fold.
    public var caseFolded: String { description.ordinalUpperCased }

    /// This path inside `folder`.
    public func inside(_ folder: MediaPath) -> MediaPath {
        MediaPath(checked: "\(folder.description)/\(description)")
    }

    /// This path followed by `other`.
    public func appending(_ other: MediaPath) -> MediaPath { other.inside(self) }

    /// True when `other` is this path or lies below it, without case.
    public func contains(_ other: MediaPath) -> Bool {
        let (own, theirs) = (caseFolded, other.caseFolded)
        return theirs == own || theirs.hasPrefix(own + "/")
    }

    /// Orders by the bytes of the text, as `LC_ALL=C sort` does.
    public static func < (left: MediaPath, right: MediaPath) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }

    /// Decodes and checks the text form.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the text form with `/`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension MediaPath {
    private static let forbidden = Set("<>:\"|?*/\\".unicodeScalars)
    private static let deviceNames: Set<String> = Set(
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
            + (0...9).flatMap { ["COM\($0)", "LPT\($0)"] }
            + ["\u{B9}", "\u{B2}", "\u{B3}"].flatMap { ["COM\($0)", "LPT\($0)"] })

    private static func check(_ name: String, in whole: String) throws(MediaPathError) {
        if isPlain(name) { return }
        func refuse(_ problem: String) -> MediaPathError { MediaPathError(name: whole, problem: problem) }
        guard !name.isEmpty else { throw refuse("has an empty or absolute part") }
        guard name != ".", name != ".." else { throw refuse("climbs with '\(name)'") }
        guard name.utf16.count <= maximumNameLength else {
            throw MediaPathError(
                name: String(name.prefix(80)) + "...", problem: "is longer than \(maximumNameLength) characters")
        }
        if let bad = name.unicodeScalars.first(where: { $0.value < 0x20 || $0.value == 0x7F || forbidden.contains($0) })
        {
            throw refuse("contains the forbidden character \(bad.escaped(asASCII: true))")
        }
        guard let last = name.unicodeScalars.last, last != ".", last != " " else {
            throw refuse("has a part that ends in a dot or space")
        }
        // Windows reserves a device name whatever extension follows, and ignores spaces before the dot.
        let stem = name.prefix { $0 != "." }.reversed().drop { $0 == " " }.reversed()
        if deviceNames.contains(String(stem).uppercased()) { throw refuse("is a reserved device name") }
    }

    /// True for names that need no closer look, which nearly all are: ASCII letters, digits, `_`, `-` and inner dots,
    /// and no first letter of a device name.
    private static func isPlain(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, let last = bytes.last, bytes.count <= maximumNameLength,
            last != UInt8(ascii: "."), first != UInt8(ascii: "."),
            !"CPANLcpanl".utf8.contains(first)
        else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
