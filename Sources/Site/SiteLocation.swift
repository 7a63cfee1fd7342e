// SPDX-License-Identifier: GPL-3.0-or-later

import Servers
import Support

/// Where the AdminService of a site is, as people write it: `https://provider/AdminService`, or through a cloud management
/// gateway `https://gateway/CCM_Proxy_MutualAuth/ID/AdminService` and `.../AdminService_TokenAuth`.
public struct SiteLocation: Sendable, Equatable {
    /// As the user wrote it.
    public let text: String
    /// The name or the address of the server, in lower case and without brackets.
    public let host: String
    /// The port that the user named; nil for 443.
    let port: Int?
    /// The path of the service, without a `/` at its end.
    let path: String

    private static let ownPath = "/AdminService"
    /// The names that a service has (docs/formats/site.md section 1), in lower case.
    private static let serviceNames: Set = ["adminservice", "adminservice_tokenauth"]
    private static let scheme = "https://"

    /// The location that `text` names; a server alone means `/AdminService` of it.
    ///
    /// - Throws: ``SiteError`` `.badValue`.
    public init(_ text: String) throws(SiteError) {
        func refuse(_ problem: DiagnosticText) -> SiteError {
            .bad(.site, problem, "name it as https://<provider>/AdminService")
        }
        guard text.lowercased().hasPrefix(Self.scheme) else {
            throw refuse("takes the URL of an AdminService, which begins with https")
        }
        let rest = text.dropFirst(Self.scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            throw .bad(.site, "holds a user name, which others on this machine could read", "use \(.credentials)")
        }
        guard let (host, port) = ServerAuthority.split(authority) else { throw refuse("names no server") }
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path = path.dropLast() }
        let names = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard path.utf8.allSatisfy({ $0.isASCIILetterOrDigit || "/-._~".utf8.contains($0) }),
            names.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else { throw refuse("has more than a path behind the server's name") }
        guard names.isEmpty || Self.serviceNames.contains(names.last?.lowercased() ?? "") else {
            throw refuse("has a path that does not end in AdminService")
        }
        self.text = text
        (self.host, self.port) = (host, port)
        self.path = path.isEmpty ? Self.ownPath : String(path)
    }

    /// No site is asked without TLS.
    package var isEncrypted: Bool { true }

    /// What is the same for all URLs of the server.
    var origin: String { Self.scheme + ServerAuthority.text(host, port) }

    /// What is the same for all URLs of the WMI route.
    var route: String { origin + path + "/wmi/" }

    /// The URL of the next page that an answer names; nil when it leads anywhere but to the WMI route of this service.
    func next(_ link: String) -> String? {
        guard link.utf8.count <= 8192, link.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else { return nil }
        let url: String
        if link.lowercased().hasPrefix(Self.scheme) {
            let rest = link.dropFirst(Self.scheme.count)
            let authority = rest.prefix { !"/?#".contains($0) }
            guard let (host, port) = ServerAuthority.split(authority), host == self.host,
                (port ?? 443) == (self.port ?? 443)
            else { return nil }
            url = origin + rest[authority.endIndex...]
        } else if link.hasPrefix("/") {
            guard !link.hasPrefix("//") else { return nil }
            url = origin + link
        } else if link.prefix(while: { $0 != "?" }).contains(":") {
            return nil
        } else {
            url = route + link
        }
        let file = url.prefix { $0 != "?" && $0 != "#" }
        guard file.lowercased().hasPrefix(route.lowercased()), !file.contains("/."), !file.contains("%") else {
            return nil
        }
        return url
    }
}
