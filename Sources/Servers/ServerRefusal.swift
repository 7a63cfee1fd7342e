// SPDX-License-Identifier: GPL-3.0-or-later

import NetworkTransfer
import Support

/// Why a server answers with a status that is no answer to what was asked.
package struct ServerRefusal: Sendable {
    /// What kind of status it is.
    package enum Kind: Sendable {
        /// Another URL is named, which is not followed: it could be anybody's.
        case moved
        /// The server does not let us.
        case refused
        /// There is nothing at that URL.
        case missing
        /// Anything else.
        case other
    }

    /// What kind of status it is.
    package let kind: Kind
    /// What is wrong with the URL.
    package let problem: DiagnosticText
    /// What to do next; nil where only whoever asks knows.
    package let nextStep: DiagnosticText?

    /// The refusal in `head`; nil when it is none.
    ///
    /// - Parameters:
    ///   - body: the page that comes with it, in which IIS names the reason: "HTTP Error 403.4".
    ///   - host: the server's name.
    ///   - user: by what the server saw who asked.
    package init?(_ head: HTTPHead, body: [UInt8], host: String, user: HTTPAuthentication) {
        switch head.status {
        case 200...299: return nil
        case 300...399:
            let target = head.field("location").map { $0.prefix { $0 != "?" }.description } ?? "nowhere"
            (kind, nextStep) = (.moved, nil)
            problem =
                "sends us to \(target.prefix(200).description.onOneLine), and that is not followed: it could be anybody"
        case 401:
            kind = .refused
            let offered = head.schemes.joined(separator: ", ")
            switch user {
            case .none:
                problem = "wants to know who asks (401\(offered.isEmpty ? "" : "; it takes \(offered.onOneLine)"))"
                nextStep = "add \(.credentials), with a line for \(host)"
            case .negotiate:
                problem = "does not accept the user (401, \(user.name))"
                nextStep = "add \(.credentials), or get a ticket with kinit"
            case .bearer:
                problem = "does not accept the token (401)"
                nextStep = "get a new one: tokens expire"
            default:
                problem = "does not accept the user (401, \(user.name))"
                nextStep = "correct \(.credentials)"
            }
        case 403:
            kind = .refused
            let forbidden = Self.forbidden(Self.detail(of: body), host)
            (problem, nextStep) = (forbidden.problem, forbidden.nextStep)
        case 404, 410: (kind, problem, nextStep) = (.missing, "is not there (\(head.status))", nil)
        case 407:
            kind = .refused
            problem = "cannot be asked: the proxy wants to know who asks (407)"
            nextStep = "name another with \(.proxy), or none"
        default: (kind, problem, nextStep) = (.other, "answers \(head.status)", nil)
        }
    }

    /// Why IIS forbids something ("HTTP status codes in IIS", Microsoft Learn).
    private static func forbidden(
        _ detail: Int?, _ host: String
    ) -> (problem: DiagnosticText, nextStep: DiagnosticText) {
        switch detail {
        case 4: ("wants TLS (403.4)", "name it as https://\(host)")
        case 7: ("wants a client certificate (403.7)", "add \(.clientCertificate)")
        case 12, 13, 16, 17:
            ("does not accept the client certificate (403.\(detail ?? 0))", "correct \(.clientCertificate)")
        default:
            (
                "may not be read (403\(detail.map { ".\($0)" } ?? ""))",
                "ask for the right to read it, or use another account with \(.credentials)"
            )
        }
    }

    /// The number behind 403 in the page of IIS.
    private static func detail(of body: [UInt8]) -> Int? {
        let page = String(decoding: body.prefix(16 << 10), as: UTF8.self)
        guard let match = page.firstMatch(of: /403\.([0-9]{1,3})/) else { return nil }
        return Int(match.output.1)
    }
}
