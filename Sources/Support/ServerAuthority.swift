// SPDX-License-Identifier: GPL-3.0-or-later

/// What stands behind the scheme of a URL: the name or the address of a server, and its port (RFC 3986 3.2).
public enum ServerAuthority {
    /// Host and port of `host`, `host:port`, `[address]` or `[address]:port`; nil for what is none of them.
    ///
    /// - Returns: the host in lower case and without brackets, and the port, nil when none is named.
    public static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var digits: Substring?
        if host.hasPrefix("[") {
            guard let bracket = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: bracket)...]
            host = host[host.index(after: host.startIndex)..<bracket]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            digits = rest.isEmpty ? nil : rest.dropFirst()
            guard !host.isEmpty, host.utf8.allSatisfy({ $0.isASCIILetterOrDigit || ":.%".utf8.contains($0) }) else {
                return nil
            }
        } else {
            if let colon = host.firstIndex(of: ":") {
                digits = host[host.index(after: colon)...]
                host = host[..<colon]
            }
            guard !host.isEmpty, host.utf8.allSatisfy({ $0.isASCIILetterOrDigit || "-._".utf8.contains($0) }) else {
                return nil
            }
        }
        guard let digits else { return (host.lowercased(), nil) }
        guard let port = Int(digits), (1...65_535).contains(port) else { return nil }
        return (host.lowercased(), port)
    }

    /// `host` and `port` as they stand in a URL: an address with colons in brackets.
    public static func text(_ host: String, _ port: Int?) -> String {
        (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }
}

/// How names stand in URLs (RFC 3986 2.1).
public enum PercentEncoding {
    /// `name` as a part of a path or a query; `$` stands in names of shares and contents, and servers know both forms.
    public static func encoded(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            if byte.isASCIILetterOrDigit || "-._~$".utf8.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + [byte].hexadecimal(.upper)
            }
        }
        return text
    }

    /// What `part` says, or nil when it is not UTF-8 or not encoded as it must be.
    public static func decoded(_ part: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = part.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = [UInt8](hexadecimal: String(decoding: rest.prefix(2), as: UTF8.self))?.first else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
