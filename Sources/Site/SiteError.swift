// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import NetworkTransfer
import Servers
import Support

/// Why a site could not be asked, or has not what was asked for.
public struct SiteError: DiagnosticError {
    /// The kind of failure.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// The location is not that of an AdminService, or a field has a value that it cannot have.
        public static let badValue = Code("badValue")
        /// Nobody answers, or not as an AdminService does.
        public static let unreachable = Code("unreachable")
        /// The site does not let us.
        public static let refused = Code("refused")
        /// The site does not have what was asked for.
        public static let missing = Code("missing")
        /// The site has several of that name.
        public static let ambiguous = Code("ambiguous")
        /// What the site sends contradicts what is known of it, or is hostile.
        public static let malformedAnswer = Code("malformedAnswer")
        /// The site does not do what was asked, and says why.
        public static let failed = Code("failed")
        /// The certificate is one that the site keeps out.
        public static let blocked = Code("blocked")
    }

    /// The kind of failure.
    public let code: Code
    /// The class that decides the exit code.
    public let failureClass: FailureClass
    /// The URL or the object of the site that it is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    init(
        _ code: Code, _ failureClass: FailureClass, _ object: DiagnosticText, _ problem: DiagnosticText,
        nextStep: DiagnosticText?
    ) {
        self.code = code
        self.failureClass = failureClass
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// An answer about `object` that cannot be used.
    static func malformed(_ object: DiagnosticText, _ problem: DiagnosticText) -> SiteError {
        SiteError(
            .malformedAnswer, .malformed, object, problem,
            nextStep: "check that it is the AdminService of a site")
    }

    /// A value that `field` cannot have.
    static func bad(_ field: RequestField, _ problem: DiagnosticText, _ nextStep: DiagnosticText) -> SiteError {
        SiteError(.badValue, .usage, "\(field)", problem, nextStep: nextStep)
    }
}

// MARK: What servers say

extension SiteLocation: ServerLocation {
    /// What the network says.
    package func failure(_ failure: NetworkError) -> SiteError {
        let object = DiagnosticText(Self.shown(failure.object.description))
        return switch failure.code {
        case .untrusted:
            SiteError(
                .refused, .refused, object, failure.problem,
                nextStep:
                    "compare its certificate with the site's and name it with \(.siteCertificateThumbprint), or its authority with \(.trust)"
            )
        case .certificateWanted:
            SiteError(.refused, .refused, object, failure.problem, nextStep: "add \(.clientCertificate)")
        case .tooLarge: .malformed(object, failure.problem)
        default:
            SiteError(
                .unreachable, failure.failureClass, object, failure.problem, nextStep: failure.nextStep)
        }
    }

    /// A status that may pass and did not, with the service's own words.
    package func failure(_ url: String, answers status: Int, body: [UInt8]) -> SiteError {
        SiteError(
            .unreachable, .unreachable, "\(Self.shown(url))", "answers \(status)\(ServiceFailure(body)?.suffix ?? "")",
            nextStep: "read AdminService.log on the server, or try again")
    }

    /// A service that would have the password in the clear.
    package func failure(wantsPasswordInTheClear url: String) -> SiteError {
        // No site is asked without TLS.
        SiteError(
            .refused, .refused, "\(Self.shown(url))", "wants the password in the clear, where others could read it",
            nextStep: "name it as https")
    }

    /// A status that is no answer to what was asked, or nil for one that is.
    func refusal(_ head: HTTPHead, body: [UInt8], _ url: String, _ user: HTTPAuthentication) -> SiteError? {
        guard let refusal = ServerRefusal(head, body: body, host: host, user: user) else { return nil }
        let words = ServiceFailure(body)?.suffix ?? ""
        let object: DiagnosticText = "\(Self.shown(url))"
        return switch refusal.kind {
        case .moved:
            SiteError(.unreachable, .unreachable, object, refusal.problem, nextStep: "name that server if it is meant")
        case .refused:
            SiteError(
                .refused, .refused, object, refusal.problem + words,
                nextStep: user == .none && head.schemes == ["bearer"] ? "add \(.siteToken)" : refusal.nextStep)
        case .missing:
            SiteError(
                .missing, .notFound, object, refusal.problem + words,
                nextStep: "name the site as https://<provider>/AdminService")
        case .other:
            SiteError(
                .failed, .malformed, object, refusal.problem + words,
                nextStep: "read AdminService.log on the server")
        }
    }

    /// A URL without its question, which is long and says nothing to people.
    static func shown(_ url: String) -> String { String(url.prefix { $0 != "?" }) }
}

/// What an AdminService says of a failure: `{"error":{"code","message"}}` (docs/formats/site.md section 1).
struct ServiceFailure {
    /// Its own words, short enough for one line.
    let message: String

    /// Longer words are cut.
    private static let lengthLimit = 300
    private static let valueLimit = 100
    private static let byteLimit = 64 << 10

    /// The failure in the body of an answer; nil for another body.
    init?(_ body: [UInt8]) {
        guard body.count <= Self.byteLimit else { return nil }
        var reader = JSONReader(body)
        guard let node = try? reader.node(limit: Self.valueLimit), case .text(let message)? = node["error"]?["message"]
        else { return nil }
        self.message = message.prefix(Self.lengthLimit).description.onOneLine
    }

    /// The words behind a problem.
    var suffix: DiagnosticText { message.isEmpty ? "" : ": \(message)" }
}
