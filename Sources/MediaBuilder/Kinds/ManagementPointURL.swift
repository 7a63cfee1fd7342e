// SPDX-License-Identifier: GPL-3.0-or-later

/// The URL of a management point: a scheme, a host, and perhaps a port.
struct ManagementPointURL {
    private static let schemes = ["http://", "https://"]

    /// Whether the scheme is https.
    let isSecure: Bool
    /// The port, when the URL names one.
    let port: UInt16?

    /// `text` as errors may show it: what stands before an `@` may be a password.
    static func shown(_ text: String) -> String {
        guard let end = text.lastIndex(of: "@") else { return text }
        let scheme = schemes.first { text.lowercased().hasPrefix($0) } ?? ""
        return scheme + "***" + text[end...]
    }

    /// Reads `text`, or returns nil when it is anything else.
    ///
    /// A path may follow, as that of a cloud management gateway, but not the one below which management points answer:
    /// clients add it themselves. `*` is refused because it joins the URLs of dynamic media, `@` because it would bring a
    /// password with it.
    init?(_ text: String) {
        guard let scheme = Self.schemes.first(where: { text.lowercased().hasPrefix($0) }) else { return nil }
        isSecure = scheme == "https://"
        guard
            text.utf8.allSatisfy({ byte in
                byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "*") && byte != UInt8(ascii: "@")
            })
        else { return nil }
        let rest = text.dropFirst(scheme.count)
        guard !rest.contains("?"), !rest.contains("#") else { return nil }
        var host = rest.prefix { $0 != "/" }
        guard !rest.dropFirst(host.count).lowercased().hasPrefix("/sms_mp") else { return nil }
        // The brackets of an IPv6 address hold colons too (RFC 3986 3.2.2).
        let bracket = host.lastIndex(of: "]")
        if let colon = host.lastIndex(of: ":"), bracket.map({ $0 < colon }) ?? true {
            let digits = host[host.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = UInt16(digits), number > 0
            else { return nil }
            port = number
            host = host[..<colon]
        } else {
            port = nil
        }
        guard !host.isEmpty, host.hasPrefix("[") == host.hasSuffix("]"), host != "[]",
            host.hasPrefix("[") || !host.contains(":")
        else { return nil }
    }
}
