// SPDX-License-Identifier: GPL-3.0-or-later

import NetworkTransfer
import Support

/// Where a server is, as whoever asks it knows: it says what a failure of the server is called there.
package protocol ServerLocation: Sendable {
    /// What whoever asks throws.
    associatedtype Failure: DiagnosticError

    /// The name or the address of the server, in lower case and without brackets.
    var host: String { get }
    /// Whether nobody else can read what passes.
    var isEncrypted: Bool { get }

    /// What the network says.
    func failure(_ failure: NetworkError) -> Failure
    /// A status that may pass and did not; `body` is what came with it.
    func failure(_ url: String, answers status: Int, body: [UInt8]) -> Failure
    /// A server without TLS that wants a password, which may not pass in the clear.
    func failure(wantsPasswordInTheClear url: String) -> Failure
}

/// What stands behind the scheme of a URL: the name or the address of a server, and its port.
package enum ServerAuthority {
    /// Host and port of `host`, `host:port`, `[address]` or `[address]:port`; nil for what is none of them.
    package static func split(_ authority: Substring) -> (host: String, port: Int?)? {
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

    /// `name` as a part of a path or a query (RFC 3986 2.3); `$` and braces stand in names of contents, and servers know
    /// both forms.
    package static func encoded(_ name: String) -> String {
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
}
