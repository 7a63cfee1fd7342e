// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Who asks a server.
///
/// A password stands in no description.
public struct ShareUser: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let domain: String
    let name: String
    let password: String
    let usesKerberos: Bool
    /// Who it is and how that is shown: `user joe by NTLM`.
    public let description: String

    /// The same as ``description``.
    public var debugDescription: String { description }
    /// Nothing inside is shown.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// Nobody in particular.
    public static let guest = ShareUser(domain: "", name: "", password: "", usesKerberos: false, "as a guest")

    private init(domain: String, name: String, password: String, usesKerberos: Bool, _ description: String) {
        self.domain = domain
        self.name = name
        self.password = password
        self.usesKerberos = usesKerberos
        self.description = description
    }

    /// A user with a password: `DOMAIN\name` and `name` are shown by NTLM, `name@REALM` by Kerberos where there is one.
    public init(_ user: String, password: String) {
        if let backslash = user.firstIndex(of: "\\") {
            self.init(
                domain: String(user[..<backslash]), name: String(user[user.index(after: backslash)...]),
                password: password, usesKerberos: false, "as \(user) with a password (NTLM)")
        } else {
            let hasRealm = user.contains("@")
            self.init(
                domain: "", name: user, password: password, usesKerberos: hasRealm,
                "as \(user) with a password (\(hasRealm ? "Kerberos" : "NTLM"))")
        }
    }

    /// The owner of a Kerberos ticket, `name@REALM` or `name`.
    public init(ticketOf principal: String) {
        self.init(
            domain: "", name: principal, password: "", usesKerberos: true, "as \(principal) with a Kerberos ticket")
    }

    /// Whether nothing says who it is.
    public var isGuest: Bool { name.isEmpty }

    // MARK: Tickets

    private static let cacheLimit = 1 << 20

    /// The owner of the tickets in the user's cache, `name@REALM`; nil without a cache in a file.
    ///
    /// The cache is that of `KRB5CCNAME`, else `/tmp/krb5cc_UID`.
    public static var ticketOwner: String? {
        let name = getenv("KRB5CCNAME").map { String(cString: $0) } ?? "FILE:/tmp/krb5cc_\(getuid())"
        guard !name.contains(":") || name.hasPrefix("FILE:") else { return nil }
        let path = FilePath(name.hasPrefix("FILE:") ? String(name.dropFirst(5)) : name)
        guard let bytes = try? SmallFile.read(path, limit: cacheLimit) else { return nil }
        return owner(inCache: bytes)
    }

    /// The default principal of a credential cache: format 4 of "The credential cache file format" (MIT Kerberos), which
    /// Heimdal writes too; numbers are big-endian.
    static func owner(inCache bytes: [UInt8]) -> String? {
        var rest = bytes[...]
        func number(_ count: Int) -> Int? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
        }
        func text() -> String? {
            guard let count = number(4), rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return String(validating: rest.prefix(count), as: UTF8.self)
        }
        guard number(2) == 0x0504, let headerCount = number(2), rest.count >= headerCount else { return nil }
        rest = rest.dropFirst(headerCount)
        guard number(4) != nil, let count = number(4), (1...8).contains(count), let realm = text() else { return nil }
        var parts: [String] = []
        for _ in 0..<count {
            guard let part = text() else { return nil }
            parts.append(part)
        }
        return "\(parts.joined(separator: "/"))@\(realm)"
    }
}
