// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A place on a share of a server, as people write it: `smb://[DOMAIN;user@]host[:port]/share/folder`,
/// `\\host\share\folder` or `//host/share/folder`.
public struct ShareLocation: Sendable, Hashable {
    /// As the user wrote it.
    public let text: String
    /// The domain of the user, where one is named.
    public let domain: String?
    /// The user, where one is named.
    public let user: String?
    /// The server.
    public let server: ShareServer
    /// The share; nil where only the server is named.
    public let share: String?
    /// The names of the folders below it.
    public let names: [String]

    /// What is wrong with a location.
    public struct Malformed: Error {
        /// The location, without what may be a password.
        public let object: DiagnosticText
        /// The predicate of a sentence.
        public let problem: DiagnosticText
    }

    private static let scheme = "smb://"

    /// Whether `text` has the form of such a place.
    public static func takes(_ text: String) -> Bool {
        text.hasPrefix("\\\\") || text.hasPrefix("//") || text.prefix(scheme.count).lowercased() == scheme
    }

    /// - Throws: ``Malformed`` for what names no server, or more than a place.
    public init(_ text: String) throws(Malformed) {
        self.text = text
        func malformed(_ problem: DiagnosticText) -> Malformed {
            // What stands before an @ may be a password.
            Malformed(object: text.contains("@") ? "of a server" : "'\(text)'", problem: problem)
        }
        let isURL = text.prefix(Self.scheme.count).lowercased() == Self.scheme
        let rest = isURL ? Substring(text.dropFirst(Self.scheme.count)) : text.dropFirst(2)
        let separators = isURL ? "/" : "/\\"
        var authority = rest.prefix { !separators.contains($0) }
        let path = rest[authority.endIndex...]
        var (domain, user): (String?, String?) = (nil, nil)
        if let at = authority.lastIndex(of: "@") {
            let written = authority[..<at]
            guard isURL else { throw malformed("holds a user name, which belongs into smb://user@host") }
            guard !written.contains(":") else {
                throw malformed("holds a password, which others on this machine could read")
            }
            let parts = written.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
                .map { PercentEncoding.decoded($0) }
            guard let last = parts.last ?? nil, !last.isEmpty, !parts.contains(nil) else {
                throw malformed("has a malformed user name")
            }
            (domain, user) = (parts.count == 2 ? parts[0] : nil, last)
            authority = authority[authority.index(after: at)...]
        }
        (self.domain, self.user) = (domain, user)
        guard let server = ShareServer(authority) else { throw malformed("names no server") }
        self.server = server
        var names: [String] = []
        for part in path.split(whereSeparator: { separators.contains($0) }) {
            guard let name = isURL ? PercentEncoding.decoded(part) : String(part) else {
                throw malformed("is not encoded as a URL is: a % stands as %25")
            }
            guard name != ".", name != "..",
                !name.unicodeScalars.contains(where: { $0.value < 0x20 || "/\\:*?\"<>|".unicodeScalars.contains($0) })
            else { throw malformed("holds a name that no share has: '\(name)'") }
            names.append(name)
        }
        share = names.first
        self.names = Array(names.dropFirst())
    }
}

/// A server that has shares.
public struct ShareServer: Sendable, Hashable, CustomStringConvertible {
    /// The name or the address of the server, in lower case and without brackets.
    public let host: String
    /// The port that the user named; nil for the usual one.
    public let port: Int?

    /// The port of SMB over TCP (MS-SMB2 2.1).
    public static let usualPort = 445

    /// `host`, `host:port`, `[address]` or `[address]:port`.
    init?(_ authority: Substring) {
        // `\\?\` and `\\.\` are no servers.
        guard let (host, port) = ServerAuthority.split(authority),
            authority.hasPrefix("[") || host.utf8.contains(where: { $0.isASCIILetterOrDigit })
        else { return nil }
        (self.host, self.port) = (host, port)
    }

    /// As in a URL.
    public var description: String { ServerAuthority.text(host, port) }

    /// The URL that libsmbclient takes.
    ///
    /// The port is always named: without one it asks for NetBIOS first.
    func url(_ place: SharePlace) -> String {
        "smb://\(ServerAuthority.text(host, port ?? Self.usualPort))/\(place.path)"
    }

    /// The place as people write it.
    public func text(_ place: SharePlace) -> String {
        "smb://\(self)/\(place.path)"
    }
}

/// A file or a folder on a share.
public struct SharePlace: Sendable, Hashable {
    /// The share.
    public let share: String
    /// The names that lead to it; none for the share itself.
    public let names: [String]

    /// The place that `names` lead to on `share`.
    public init(_ share: String, _ names: [String] = []) { (self.share, self.names) = (share, names) }

    /// A member of it.
    public func appending(_ names: String...) -> SharePlace { appending(names) }

    /// What `names` lead to from it.
    public func appending(_ names: [String]) -> SharePlace { SharePlace(share, self.names + names) }

    /// The path in a URL.
    var path: String { ([share] + names).map { PercentEncoding.encoded($0) }.joined(separator: "/") }
}
