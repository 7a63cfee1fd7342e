// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcurl
import Glibc
import Support

/// Why a server did not answer, or not to the end.
public struct NetworkError: DiagnosticError {
    /// The kind of failure.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// Nothing listens there.
        public static let connectionRefused = Code("connectionRefused")
        /// The name of the server or of the proxy is not known.
        public static let unknownHost = Code("unknownHost")
        /// The connection could not be made, or broke.
        public static let broken = Code("broken")
        /// The server said nothing for too long.
        public static let stalled = Code("stalled")
        /// The server's certificate is not believed.
        public static let untrusted = Code("untrusted")
        /// The server does not believe our certificate, or wants one.
        public static let certificateWanted = Code("certificateWanted")
        /// The answer is larger than anything that was asked for can be.
        public static let tooLarge = Code("tooLarge")
        /// What was asked for cannot be asked.
        public static let impossible = Code("impossible")
    }

    /// The kind of failure.
    public let code: Code
    /// The URL that was asked for.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public var nextStep: DiagnosticText? {
        switch code {
        case .unknownHost: "check its name"
        case .untrusted: "name the certificate of its authority, or its own"
        case .certificateWanted: "name a client certificate that it believes"
        case .impossible: nil
        default: "check that it runs and can be reached"
        }
    }

    /// The class that decides the exit code.
    public var failureClass: FailureClass {
        switch code {
        case .untrusted, .certificateWanted: .refused
        case .tooLarge: .malformed
        case .impossible: .io
        default: .unreachable
        }
    }

    /// Whether the next attempt may succeed.
    public var mayPass: Bool { code == .broken || code == .stalled || code == .connectionRefused }

    init(_ code: Code, _ url: String, _ problem: DiagnosticText) {
        self.code = code
        object = DiagnosticText(url)
        self.problem = problem
    }

    /// What libcurl says of a transfer that failed.
    ///
    /// - Parameters:
    ///   - message: its own words; they hold neither headers nor passwords.
    ///   - systemError: errno of the connection.
    ///   - proxy: the proxy by which the server is asked.
    ///   - isPinned: whether the certificate must be one whose thumbprint was named.
    init(
        _ result: CURLcode, _ url: String, message: String, systemError: Int, proxy: String? = nil,
        isPinned: Bool = false
    ) {
        let words = (message.isEmpty ? String(cString: curl_easy_strerror(result)) : message).onOneLine
        let text = words.lowercased()
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST: self.init(.unknownHost, url, "cannot be reached: its name is not known")
        case CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.unknownHost, url, "cannot be reached: the name of the proxy is not known")
        case CURLE_COULDNT_CONNECT where systemError == Int(ECONNREFUSED):
            let who: DiagnosticText =
                proxy.map { "cannot be reached: its proxy \($0) refuses the connection" }
                ?? "refuses the connection"
            self.init(.connectionRefused, url, who)
        case CURLE_COULDNT_CONNECT where systemError == Int(EACCES) && ProcessLimits.areInForce:
            self.init(.impossible, url, "is at a port that no option names, and the sandbox keeps it away")
        case CURLE_PEER_FAILED_VERIFICATION where isPinned:
            self.init(.untrusted, url, "shows another certificate than the one whose thumbprint was named")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            self.init(.untrusted, url, "is not believed: \(words)")
        case CURLE_SSL_CERTPROBLEM:
            self.init(.certificateWanted, url, "cannot be shown the client certificate: \(words)")
        case _
        where ["certificate required", "bad certificate", "unknown ca", "handshake failure"].contains {
            text.contains("alert \($0)") || text.contains("alert_\($0)")
        }:
            self.init(.certificateWanted, url, "wants a client certificate that it believes: \(words)")
        case CURLE_OUT_OF_MEMORY, CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT:
            self.init(.impossible, url, "cannot be asked: \(words)")
        default: self.init(.broken, url, "could not be read: \(words)")
        }
    }

    static func stalled(_ url: String, seconds: Double) -> NetworkError {
        let rounded = (seconds * 10).rounded() / 10
        let text = rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
        return NetworkError(.stalled, url, "said nothing for \(text) seconds")
    }
}
