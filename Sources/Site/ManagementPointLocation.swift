// SPDX-License-Identifier: GPL-3.0-or-later

import NetworkTransfer
import Servers
import Support

/// Where a management point answers, as media has its URL: `http://server`, perhaps with a port or a path.
public struct ManagementPointLocation: Sendable, Equatable {
    /// As it was written.
    public let text: String
    /// The name or the address of the server, in lower case and without brackets.
    public let host: String
    /// Whether it is asked over TLS.
    public let isEncrypted: Bool
    /// The URL without a `/` at its end.
    private let base: String

    private static let schemes = ["http://", "https://"]
    /// What answers below it (docs/formats/site.md section 2).
    private static let service = "/SMS_MP/.sms_aut"

    /// The location that `text` names; nil for what is no URL of a server.
    public init?(_ text: String) {
        guard let scheme = Self.schemes.first(where: { text.lowercased().hasPrefix($0) }) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let (host, port) = ServerAuthority.split(authority) else { return nil }
        var path = rest[authority.endIndex...]
        while path.hasSuffix("/") { path = path.dropLast() }
        guard path.utf8.allSatisfy({ $0.isASCIILetterOrDigit || "/-._~".utf8.contains($0) }) else { return nil }
        self.text = text
        self.host = host
        isEncrypted = scheme == "https://"
        base = scheme + ServerAuthority.text(host, port) + path
    }

    /// The URL of the answer to `question`, as `MPLIST`.
    func url(of question: String) -> String { "\(base)\(Self.service)?\(question)" }
}

// MARK: What servers say

extension ManagementPointLocation: ServerLocation {
    /// What the network says.
    package func failure(_ failure: NetworkError) -> SiteError {
        let object = DiagnosticText("management point \(text)")
        return switch failure.code {
        case .untrusted:
            SiteError(
                .refused, .refused, object, failure.problem,
                nextStep: "name the authority of its certificate with \(.trust)")
        case .certificateWanted:
            SiteError(.refused, .refused, object, failure.problem, nextStep: "add \(.clientCertificate)")
        case .tooLarge:
            SiteError(
                .malformedAnswer, .malformed, object, failure.problem, nextStep: "check that it is a management point")
        default:
            SiteError(.unreachable, failure.failureClass, object, failure.problem, nextStep: failure.nextStep)
        }
    }

    /// A status that may pass and did not.
    package func failure(_ url: String, answers status: Int, body: [UInt8]) -> SiteError {
        SiteError(
            .unreachable, .unreachable, "\(url)", "answers \(status)",
            nextStep: "try again, or read the logs of its IIS")
    }

    /// A server that would have the password in the clear.
    package func failure(wantsPasswordInTheClear url: String) -> SiteError {
        SiteError(
            .refused, .refused, "\(url)", "wants the password in the clear, where others could read it",
            nextStep: "name it as https")
    }

    /// A status that is no answer to what was asked, or nil for one that is.
    func refusal(_ head: HTTPHead, body: [UInt8], _ url: String, _ user: HTTPAuthentication) -> SiteError? {
        guard let refusal = ServerRefusal(head, body: body, host: host, user: user) else { return nil }
        let object: DiagnosticText = "\(url)"
        return switch refusal.kind {
        case .moved:
            SiteError(.unreachable, .unreachable, object, refusal.problem, nextStep: "name that server if it is meant")
        case .refused: SiteError(.refused, .refused, object, refusal.problem, nextStep: refusal.nextStep)
        case .missing:
            SiteError(
                .missing, .notFound, object, refusal.problem, nextStep: "name a server that is a management point")
        case .other:
            SiteError(.failed, .malformed, object, refusal.problem, nextStep: "read the logs of its IIS")
        }
    }
}
