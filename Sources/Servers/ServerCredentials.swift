// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// User names and passwords by server.
///
/// Nothing of it is printed: a password stands in no description.
public struct ServerCredentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A user and its password.
    package struct Entry: Sendable {
        /// The server's name; nil for any.
        package let host: String?
        /// The user, with a domain or without.
        package let user: String
        /// The password.
        package let password: String
    }

    private var entries: [Entry] = []

    /// None.
    public init() {}

    /// How many there are.
    public var description: String { "(\(entries.count) credentials)" }
    /// How many there are.
    public var debugDescription: String { description }
    /// Nothing inside is shown.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Reads lines `HOST USER PASSWORD`; `*` is any host, `#` begins a comment, and a password may hold spaces.
    ///
    /// - Parameter name: the file, for messages.
    /// - Throws: ``ServerAccessError`` `.badCredentials` with the number of the line, never with its text.
    public init(lines bytes: [UInt8], name: DiagnosticText) throws(ServerAccessError) {
        guard let text = Text.decode(bytes, fallback: .utf8) else {
            throw Self.malformed(name, "is not UTF-8 text")
        }
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let parts = line.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
            guard parts.count == 3 else {
                throw Self.malformed(name, "has a malformed line \(number + 1): it is not HOST USER PASSWORD")
            }
            let password = parts[2].drop { $0 == " " || $0 == "\t" }
            entries.append(
                Entry(
                    host: parts[0] == "*" ? nil : parts[0].lowercased(), user: String(parts[1]),
                    password: String(password)))
        }
    }

    /// Reads a file of netrc (the format of ftp(1) and curl(1)): `machine HOST login USER password PASSWORD`, `default`.
    public init(netrc bytes: [UInt8]) {
        guard let text = Text.decode(bytes, fallback: .utf8) else { return }
        var words = text.split(whereSeparator: \.isNewline).filter { !$0.drop { $0.isWhitespace }.hasPrefix("#") }
            .flatMap { $0.split(whereSeparator: \.isWhitespace) }[...]
        while let word = words.popFirst() {
            var host: String?
            switch word {
            case "machine": host = words.popFirst()?.lowercased()
            case "default": host = nil
            default: continue
            }
            var (user, password): (String?, String?) = (nil, nil)
            while let key = words.first, ["login", "password", "account"].contains(key) {
                words.removeFirst()
                let value = words.popFirst().map { String($0) }
                if key == "login" { user = value }
                if key == "password" { password = value }
            }
            if let user, let password { entries.append(Entry(host: host, user: user, password: password)) }
        }
    }

    /// These, and where they have none, `others`.
    public func merging(_ others: ServerCredentials) -> ServerCredentials {
        var merged = self
        merged.entries += others.entries
        return merged
    }

    /// The user for `host`: the first line that names it, else the first for any.
    package func entry(for host: String) -> Entry? {
        entries.first { $0.host == host } ?? entries.first { $0.host == nil }
    }

    /// The entry of `user` for `host`, whatever domain it is written with.
    package func entry(for host: String, user: String) -> Entry? {
        let own = entries.filter { entry in
            let name = entry.user.split(separator: "\\").last ?? ""
            return (name.prefix { $0 != "@" }).lowercased() == user.prefix { $0 != "@" }.lowercased()
        }
        return own.first { $0.host == host } ?? own.first { $0.host == nil }
    }

    private static func malformed(_ name: DiagnosticText, _ problem: DiagnosticText) -> ServerAccessError {
        ServerAccessError(
            .badCredentials, .malformed, name, problem,
            nextStep: "write a line for each server: its name or *, the user, the password")
    }
}
