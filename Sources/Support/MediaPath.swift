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

    /// The names from the outermost to the innermost; never empty.
    public let components: [String]

    /// Checks `text`, whose names are separated by `/` or `\`.
    public init(_ text: String) throws(MediaPathError) {
        try self.init(
            components: text.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }.map(String.init))
    }

    /// Checks `components`, none of which may contain a separator.
    public init(components: [String]) throws(MediaPathError) {
        let whole = components.joined(separator: "/")
        guard !components.isEmpty else { throw MediaPathError(name: whole, problem: "is empty") }
        guard whole.utf16.count <= Self.maximumPathLength else {
            throw MediaPathError(
                name: String(whole.prefix(80)) + "...", problem: "is longer than \(Self.maximumPathLength) characters")
        }
        for component in components { try Self.check(component, in: whole) }
        self.components = components
    }

    /// A path that is already known to be well-formed because its parts are.
    private init(checked components: [String]) { self.components = components }

    /// The names joined by `/`.
    public var description: String { components.joined(separator: "/") }

    /// The names joined by `\`.
    public var windowsDescription: String { components.joined(separator: "\\") }

    /// The innermost name.
    public var name: String { components[components.count - 1] }

    /// The path without its innermost name, or nil for a single name.
    public var parent: MediaPath? { components.count > 1 ? MediaPath(checked: Array(components.dropLast())) : nil }

    /// The key for comparisons without case: NTFS, FAT and ISO 9660 all fold.
    public var caseFolded: String { description.ordinalUpperCased }

    /// This path inside `folder`.
    public func inside(_ folder: MediaPath) -> MediaPath { MediaPath(checked: folder.components + components) }

    /// This path followed by `other`.
    public func appending(_ other: MediaPath) -> MediaPath { MediaPath(checked: components + other.components) }

    /// True when `other` is this path or lies below it, without case.
    public func contains(_ other: MediaPath) -> Bool {
        other.components.count >= components.count
            && zip(components, other.components).allSatisfy { $0.ordinalUpperCased == $1.ordinalUpperCased }
    }

    /// Orders name by name, by UTF-8 bytes.
    public static func < (left: MediaPath, right: MediaPath) -> Bool {
        left.components.lexicographicallyPrecedes(right.components) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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
        guard let last = name.last, last != ".", last != " " else {
            throw refuse("has a part that ends in a dot or space")
        }
        // Windows reserves a device name whatever extension follows, and ignores spaces before the dot.
        let stem = name.prefix { $0 != "." }.reversed().drop { $0 == " " }.reversed()
        if deviceNames.contains(String(stem).uppercased()) { throw refuse("is a reserved device name") }
    }
}
