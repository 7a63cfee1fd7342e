// SPDX-License-Identifier: GPL-3.0-or-later

import NetworkTransfer
import Support

extension DistributionPointError {
    /// An error about `url`.
    init(
        _ code: Code, _ failureClass: FailureClass, _ url: String, _ problem: DiagnosticText
    ) {
        let nextStep: DiagnosticText =
            switch failureClass {
            case .malformed: "distribute the content again, or name another distribution point"
            case .notFound: "distribute the content again"
            default: "check that it runs, or name another distribution point"
            }
        self.init(code, failureClass, "\(url)", problem, nextStep: nextStep)
    }

    /// What the network says.
    init(_ failure: NetworkError, _ location: WebLocation) {
        switch failure.code {
        case .untrusted:
            self.init(
                .refused, .refused, failure.object, failure.problem,
                nextStep: "name the certificate of its authority with \(.trust), or \(.serverCertificateThumbprint)")
        case .certificateWanted:
            self.init(.refused, .refused, failure.object, failure.problem, nextStep: "add \(.clientCertificate)")
        case .tooLarge:
            self.init(
                .malformedAnswer, .malformed, failure.object, failure.problem,
                nextStep: "name another distribution point")
        default:
            self.init(
                .unreachable, failure.failureClass, failure.object, failure.problem,
                nextStep: failure.nextStep.map { "\($0), or name another distribution point" })
        }
    }

    /// A status that is no answer to what was asked, or nil for one that is.
    ///
    /// - Parameters:
    ///   - body: the page that comes with it, in which IIS names the reason: "HTTP Error 403.4".
    ///   - user: by what the server saw who asked.
    static func status(
        _ head: HTTPHead, body: [UInt8], _ url: String, _ location: WebLocation, _ user: HTTPAuthentication
    ) -> DistributionPointError? {
        switch head.status {
        case 200...299: return nil
        case 300...399:
            let target = head.field("location").map { $0.prefix { $0 != "?" }.description } ?? "nowhere"
            return DistributionPointError(
                .unreachable, .unreachable, "\(url)",
                "sends us to \(target.prefix(200).description.onOneLine), and that is not followed: it could be anybody",
                nextStep: "name that server as a distribution point if it is meant")
        case 401:
            let offered = head.schemes.joined(separator: ", ")
            guard user == .none else {
                return DistributionPointError(
                    .refused, .refused, "\(url)", "does not accept the user (401, \(user.name))",
                    nextStep: user == .negotiate
                        ? "add \(.credentials), or get a ticket with kinit" : "correct \(.credentials)")
            }
            return DistributionPointError(
                .refused, .refused, "\(url)",
                "wants to know who asks (401\(offered.isEmpty ? "" : "; it takes \(offered.onOneLine)"))",
                nextStep: "add \(.credentials)")
        case 403:
            return forbidden(detail(of: body), url, location)
        case 404, 410:
            return DistributionPointError(.contentMissing, .notFound, url, "is not there (\(head.status))")
        case 407:
            return DistributionPointError(
                .refused, .refused, "\(url)", "cannot be asked: the proxy wants to know who asks (407)",
                nextStep: "name another with \(.proxy), or none")
        default:
            return DistributionPointError(.unreachable, .unreachable, url, "answers \(head.status)")
        }
    }

    /// Why IIS forbids something ("HTTP status codes in IIS", Microsoft Learn).
    private static func forbidden(_ detail: Int?, _ url: String, _ location: WebLocation) -> DistributionPointError {
        let (problem, nextStep): (DiagnosticText, DiagnosticText) =
            switch detail {
            case 4: ("wants TLS (403.4)", "name it as https://\(location.host)")
            case 7: ("wants a client certificate (403.7)", "add \(.clientCertificate)")
            case 12, 13, 16, 17:
                ("does not accept the client certificate (403.\(detail ?? 0))", "correct \(.clientCertificate)")
            default:
                (
                    "may not be read (403\(detail.map { ".\($0)" } ?? ""))",
                    "ask for the right to read it, or use another account with \(.credentials)"
                )
            }
        return DistributionPointError(.refused, .refused, "\(url)", problem, nextStep: nextStep)
    }

    /// The number behind 403 in the page of IIS.
    private static func detail(of body: [UInt8]) -> Int? {
        let page = String(decoding: body.prefix(16 << 10), as: UTF8.self)
        guard let match = page.firstMatch(of: /403\.([0-9]{1,3})/) else { return nil }
        return Int(match.output.1)
    }
}
