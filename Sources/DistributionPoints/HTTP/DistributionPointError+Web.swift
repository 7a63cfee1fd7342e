// SPDX-License-Identifier: GPL-3.0-or-later

import NetworkTransfer
import Servers
import Support

extension DistributionPointError {
    /// An error about `url`.
    init(
        _ code: Code, _ failureClass: FailureClass, _ url: String, _ problem: DiagnosticText
    ) {
        let nextStep: DiagnosticText =
            switch failureClass {
            case _ where code == .malformedAnswer, .malformed:
                "distribute the content again, or name another distribution point"
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
        guard let refusal = ServerRefusal(head, body: body, host: location.host, user: user) else { return nil }
        return switch refusal.kind {
        case .moved:
            DistributionPointError(
                .unreachable, .unreachable, "\(url)", refusal.problem,
                nextStep: "name that server as a distribution point if it is meant")
        case .refused:
            DistributionPointError(.refused, .refused, "\(url)", refusal.problem, nextStep: refusal.nextStep)
        case .missing: DistributionPointError(.contentMissing, .notFound, url, refusal.problem)
        case .other: DistributionPointError(.unreachable, .unreachable, url, refusal.problem)
        }
    }
}

/// A server whose location is that of a distribution point.
typealias WebServer = AskedServer<WebLocation>

extension WebLocation: ServerLocation {
    func failure(_ failure: NetworkError) -> DistributionPointError { DistributionPointError(failure, self) }

    func failure(_ url: String, answers status: Int, body: [UInt8]) -> DistributionPointError {
        DistributionPointError(.unreachable, .unreachable, url, "answers \(status)")
    }

    func failure(wantsPasswordInTheClear url: String) -> DistributionPointError {
        DistributionPointError(
            .refused, .refused, "\(url)", "wants the password in the clear, where others could read it",
            nextStep: "name it as https, or allow it with \(.basicOverHTTP)")
    }
}
