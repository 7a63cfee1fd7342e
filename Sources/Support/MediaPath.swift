// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a name from outside was not accepted as a path.
public struct MediaPathError: DiagnosticError, Equatable {
    /// The name as it came.
    public let name: String
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What of it is wrong.
    public let fault: Fault

    /// What of something on a medium keeps it from being a file of media.
    public enum Fault: Sendable {
        /// Its name.
        case name
        /// It is a link or a special file, whose name may be a good one.
        case link
        /// It is kept in a form that is not read.
        case form
        /// What leads to it, or to what is in it, is not as it was written.
        case damage
    }

    /// True for a link or a special file.
    public var isLink: Bool { fault == .link }
    /// True for what is damaged.
    public var isDamage: Bool { fault == .damage }

    init(name: String, problem: DiagnosticText, fault: Fault = .name) {
        self.name = name
        self.problem = problem
        self.fault = fault
    }

    /// Malformed input.
    public var failureClass: FailureClass { .malformed }
    /// The name, quoted.
    public var object: DiagnosticText { fault == .name ? "name '\(name)'" : "'\(name)'" }
    /// The source must be mended; we never guess another name.
    public var nextStep: DiagnosticText? { isDamage ? "get a fresh copy of it" : "rename it at its source" }
    /// What is wrong with it, to follow "it".
    public var statement: DiagnosticText { fault == .name ? "its name \(problem)" : "it \(problem)" }
}

/// A relative path of names that Windows, ISO 9660 with Joliet and FAT32 all can hold.
///
/// This is the one gate for every name that comes from outside (INI, WIM, XML, HTML, ISO): no empty or dot names, no
/// separators inside names, no control characters, none of `< > : " | ? *`, no trailing dot or space, none of the
/// reserved device names, at most 255 UTF-16 units a name and 1,024 a path (Win32 "Naming Files, Paths, and Namespaces").
/// Compares by spelling, byte for byte; ``caseFolded`` is the key for look-ups without case.
public struct MediaPath: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// UTF-16 units a single name may have on NTFS and FAT.
    public static let maximumNameLength = 255
    /// UTF-16 units we accept for a whole path.
    public static let maximumPathLength = 1_024

    /// The names joined by `/`: one string, because media has very many paths.
    public let description: String

    /// Checks `text`, whose names are separated by `/` or `\`.
    public init(_ text: String) throws(MediaPathError) {
        let hasBackslash = text.utf8.contains(UInt8(ascii: "\\"))
        try self.init(
            checking: hasBackslash
                ? String(decoding: text.utf8.map { $0 == UInt8(ascii: "\\") ? Self.separator : $0 }, as: UTF8.self)
                : text)
    }

    /// Checks `components`, none of which may contain a separator.
    public init(components: [String]) throws(MediaPathError) {
        let whole = components.joined(separator: "/")
        for component in components where component.utf8.contains(where: { $0 == Self.separator }) {
            throw MediaPathError(name: whole, problem: "contains the forbidden character /")
        }
        try self.init(checking: whole)
    }

    /// Checks the single name `name` in `folder`, or by itself.
    public init(name: String, in folder: MediaPath?) throws(MediaPathError) {
        guard !name.utf8.contains(Self.separator) else {
            throw MediaPathError(name: name, problem: "contains the forbidden character /")
        }
        let own = try MediaPath(checking: name)
        self = folder?.appending(own) ?? own
        try Self.checkLength(of: description)
    }

    private init(checking whole: String) throws(MediaPathError) {
        guard !whole.isEmpty else { throw MediaPathError(name: whole, problem: "is empty") }
        try Self.checkLength(of: whole)
        var rest = whole[...]
        while let end = rest.utf8.firstIndex(of: Self.separator) {
            try Self.check(rest[..<end], in: whole)
            rest = rest[rest.utf8.index(after: end)...]
        }
        try Self.check(rest, in: whole)
        description = whole
    }

    /// The path of `name`, which has no separator, in `folder`, and what keeps media from holding the name.
    ///
    /// A path that media cannot hold, or that lies in a folder that it cannot hold, is compared and hashed, and never written.
    package static func placing(_ name: String, in folder: MediaPath?) -> (path: MediaPath, problem: MediaPathError?) {
        let path = MediaPath(checked: folder.map { "\($0.description)/\(name)" } ?? name)
        do throws(MediaPathError) {
            _ = try MediaPath(checking: name)
            try checkLength(of: path.description)
            return (path, nil)
        } catch {
            return (path, error)
        }
    }

    /// A path that is already known to be well-formed because its parts are.
    private init(checked description: String) { self.description = description }

    /// The names from the outermost to the innermost; never empty.
    public var components: [String] { description.utf8.split(separator: Self.separator).map { String(Substring($0)) } }

    /// The names joined by `\`.
    public var windowsDescription: String {
        String(decoding: description.utf8.lazy.map { $0 == Self.separator ? UInt8(ascii: "\\") : $0 }, as: UTF8.self)
    }

    /// The innermost name.
    public var name: String {
        description.utf8.lastIndex(of: Self.separator).map { String(description[description.utf8.index(after: $0)...]) }
            ?? description
    }

    /// The path without its innermost name, or nil for a single name.
    public var parent: MediaPath? {
        description.utf8.lastIndex(of: Self.separator).map { MediaPath(checked: String(description[..<$0])) }
    }

    /// Compares bytes: a `String` would take `é` in one scalar and in two for equal.
    public static func == (left: MediaPath, right: MediaPath) -> Bool { left.description.isExactly(right.description) }

    /// Hashes bytes.
    public func hash(into hasher: inout Hasher) { description.hashBytes(into: &hasher) }

    /// The key for comparisons without case: NTFS, FAT and ISO 9660 all fold.
    public var caseFolded: CaseFoldedName { CaseFoldedName(description) }

    /// This path inside `folder`.
    public func inside(_ folder: MediaPath) -> MediaPath { folder.appending(self) }

    /// This path followed by `other`.
    public func appending(_ other: MediaPath) -> MediaPath {
        // Interpolation would take up to twice the memory.
        var path = ""
        path.reserveCapacity(description.utf8.count + 1 + other.description.utf8.count)
        path += description
        path += "/"
        path += other.description
        return MediaPath(checked: path)
    }

    /// True when `other` is this path or lies below it, without case.
    public func contains(_ other: MediaPath) -> Bool {
        guard other.caseFolded.hasPrefix(caseFolded) else { return false }
        let rest = other.description.utf16.dropFirst(description.utf16.count)
        return rest.isEmpty || rest.first == UInt16(Self.separator)
    }

    /// This path as it is called inside `folder`; nil when it does not lie below it, without case.
    public func relative(to folder: MediaPath) -> MediaPath? {
        guard folder.contains(self) else { return nil }
        let rest = description.utf16.dropFirst(folder.description.utf16.count + 1)
        // Begins behind a separator, so that it is whole.
        return rest.isEmpty ? nil : MediaPath(checked: String(Substring(rest)))
    }

    /// True when `other` lies in this folder itself, which it spells as this path does.
    public func isParent(of other: MediaPath) -> Bool {
        let (folder, path) = (description.utf8, other.description.utf8)
        let rest = path.dropFirst(folder.count)
        return rest.first == Self.separator && path.starts(with: folder) && !rest.dropFirst().contains(Self.separator)
    }

    /// Orders name by name, by UTF-8 bytes.
    public static func < (left: MediaPath, right: MediaPath) -> Bool {
        // No name holds a byte below the space, so that a separator that counts as 0 ends a name before all others.
        left.description.precedesByBytes(right.description) { $0 == separator ? 0 : $0 }
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
    private static let separator = UInt8(ascii: "/")
    /// A bit for each ASCII character that no name may hold.
    private static let forbidden: UInt128 =
        "<>:\"|?*\\\u{7F}".utf8.reduce((1 << 0x20) - 1) { $0 | 1 << UInt128($1) }
    private static let deviceNames = Set(
        (["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
            + (0...9).flatMap { ["COM\($0)", "LPT\($0)"] }
            + ["\u{B9}", "\u{B2}", "\u{B3}"].flatMap { ["COM\($0)", "LPT\($0)"] }).map(\.caseFolded))
    private static let longestDeviceName = 7
    private static let deviceInitials = Array("CPANL".utf8)

    private static func checkLength(of path: String) throws(MediaPathError) {
        // A text has at least as many UTF-8 as UTF-16 units.
        guard path.utf8.count <= maximumPathLength || path.utf16.count <= maximumPathLength else {
            throw MediaPathError(
                name: beginning(of: path), problem: "is longer than \(maximumPathLength) characters")
        }
    }

    /// Looks at bytes, not at characters: Windows knows no grapheme clusters, which could hide a dot or a space.
    private static func check(_ name: Substring, in whole: String) throws(MediaPathError) {
        func refuse(_ problem: DiagnosticText) -> MediaPathError { MediaPathError(name: whole, problem: problem) }
        let bytes = name.utf8
        guard let last = bytes.last else { throw refuse("has an empty or absolute part") }
        guard last != UInt8(ascii: ".") || (name != "." && name != "..") else {
            throw refuse("climbs with '\(name)'")
        }
        guard bytes.count <= maximumNameLength || name.utf16.count <= maximumNameLength else {
            throw MediaPathError(
                name: beginning(of: name), problem: "is longer than \(maximumNameLength) characters")
        }
        if let bad = bytes.first(where: isForbidden) {
            throw refuse("contains the forbidden character \(Unicode.Scalar(bad).escaped(asASCII: true))")
        }
        guard last != UInt8(ascii: "."), last != UInt8(ascii: " ") else {
            throw refuse("has a part that ends in a dot or space")
        }
        // Windows reserves a device name whatever extension follows, and ignores spaces before the dot.
        guard let first = bytes.first, deviceInitials.contains(first & ~0x20) else { return }
        var stem = bytes.prefix { $0 != UInt8(ascii: ".") }
        while stem.last == UInt8(ascii: " ") { stem.removeLast() }
        if stem.count <= longestDeviceName, deviceNames.contains(String(Substring(stem)).caseFolded) {
            throw refuse("is a reserved device name")
        }
    }

    /// True for a name with a character that no name on Windows has, a separator among them.
    public static func hasForbiddenCharacter(_ name: some StringProtocol) -> Bool {
        name.utf8.contains { isForbidden($0) || $0 == UInt8(ascii: "/") }
    }

    private static func isForbidden(_ byte: UInt8) -> Bool { byte < 0x80 && forbidden >> UInt128(byte) & 1 == 1 }

    /// So much of a name that is too long as an error can show.
    private static func beginning(of name: some StringProtocol) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(80))) + "..."
    }
}
