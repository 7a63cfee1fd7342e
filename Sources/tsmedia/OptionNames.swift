// SPDX-License-Identifier: GPL-3.0-or-later

import MediaBuilder
import MediaFormat
import SequenceTools
import Servers
import Site
import Support

/// What the fields of requests are called on the command line: the one place that knows.
enum OptionNames {
    /// Fields whose options are not called as they are: a password is never an argument.
    private static let others: [RequestField: String] = [
        .password: "--password-file", .certificatePassword: "--certificate-password-file",
        .administratorPassword: "--administrator-password-file",
        .clientCertificatePassword: "--client-certificate-password-file",
        .siteToken: "--site-token-file", .signingKeyPassword: "--signing-key-password-file",
        .domainPassword: "--domain-password-file", .capturePassword: "--capture-password-file",
    ]

    /// The option of `field`, with a value as it is typed in a shell.
    static func option(_ field: RequestField, _ value: String? = nil) -> String {
        let option = others[field] ?? "--" + field.name
        return value.map { "\(option) \($0.quotedForShell)" } ?? option
    }
}

extension DiagnosticText {
    /// The text with fields as options.
    var withOptions: String { text(naming: OptionNames.option) }
}

/// In reports too, fields are options.
extension DiagnosticText: Encodable {
    /// Encodes the text with fields as options.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(withOptions)
    }
}

extension String {
    /// The text as one word of a shell's command line.
    var quotedForShell: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_./:+@%,=".utf8.contains($0)
                }
            }
        if isPlain { return self }
        return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
