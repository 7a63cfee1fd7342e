// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Servers
import Support

/// The location of a distribution point over HTTP, as people write it: `http://host`, `https://host:port/SMS_DP_SMSPKG$`.
struct WebLocation: Sendable, Equatable {
    /// As the user wrote it.
    let text: String
    /// `http` or `https`.
    let scheme: String
    /// The name or the address of the server, in lower case and without brackets.
    let host: String
    /// The port that the user named; nil for the scheme's own.
    let port: Int?
    /// The virtual directories that are tried, in order: paths without a `/` at their end.
    let roots: [String]

    /// The virtual directories of a distribution point that need no token, in the order in which they are tried
    /// (docs/formats/content-library.md).
    static let knownRoots = ["/SMS_DP_SMSPKG$", "/NOCERT_SMS_DP_SMSPKG$"]
    private static let tokenRoot = "CCMTOKENAUTH_SMS_DP_SMSPKG$"

    /// True for what looks like a URL of a server over HTTP.
    static func takes(_ location: String) -> Bool {
        [LocationForm.url(scheme: "http"), .url(scheme: "https")].contains(LocationForm(location))
    }

    /// - Throws: ``DistributionPointError`` `.unsupportedLocation` for what cannot be used.
    init(_ text: String) throws(DistributionPointError) {
        func refuse(_ problem: DiagnosticText, _ nextStep: DiagnosticText) -> DistributionPointError {
            // What stands before an @ may be a password.
            let shown = text.contains("@") ? "of a server" : "'\(text)'"
            return DistributionPointError(
                .unsupportedLocation, .usage, "distribution point \(shown)", problem, nextStep: nextStep)
        }
        let name = "name it as http://host or https://host"
        guard let end = text.firstRange(of: "://") else { throw refuse("is not a URL", DiagnosticText(name)) }
        self.text = text
        scheme = text[..<end.lowerBound].lowercased()
        let rest = text[end.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else {
            throw refuse("holds a user name, which others on this machine could read", "use \(.credentials)")
        }
        var path = rest[authority.endIndex...]
        guard !path.contains(where: { "?#\\".contains($0) }), path.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else {
            throw refuse("has more than a path behind the server's name", DiagnosticText(name))
        }
        guard let (host, port) = ServerAuthority.split(authority) else {
            throw refuse("names no server", DiagnosticText(name))
        }
        (self.host, self.port) = (host, port)
        while path.hasSuffix("/") { path = path.dropLast() }
        guard !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) else {
            throw refuse("has dots in its path", DiagnosticText(name))
        }
        guard !path.uppercased().hasPrefix("/\(Self.tokenRoot)") else {
            throw refuse(
                "asks for a content token, which is not supported by this version",
                "name \(Self.knownRoots[1].dropFirst()) of the same server, which clients use instead")
        }
        roots = path.isEmpty ? Self.knownRoots : [String(path)]
    }

    /// The port that is asked.
    var effectivePort: Int { port ?? (scheme == "https" ? 443 : 80) }

    /// Whether nobody else can read what passes.
    var isEncrypted: Bool { scheme == "https" }

    /// What is the same for all URLs of the server.
    var origin: String {
        "\(scheme)://\(ServerAuthority.text(host, port))"
    }

    /// What its lists are called in the store: the same server however it is written.
    var listName: String {
        "\(scheme)://\(host):\(effectivePort)" + (roots == Self.knownRoots ? "" : roots.joined().lowercased())
    }

    /// The URL of `names` below `root`, each of them encoded.
    func url(_ root: String, _ names: [String]) -> String {
        origin + root + names.map { "/" + PercentEncoding.encoded($0) }.joined()
    }

    /// What its lists may lead to.
    var served: ServedHost { ServedHost(host: host, port: effectivePort) }

    /// The names of the path that `link` leads to from a page at `folder`; nil as for `ServedHost`.
    func names(of link: String, from folder: [String]) -> [String]? { served.names(of: link, from: folder) }
}
