// SPDX-License-Identifier: GPL-3.0-or-later

/// How servers are reached, and what they are believed by.
public struct NetworkSettings: Sendable {
    /// What the program calls itself.
    public var userAgent: String
    /// How long a server may say nothing, in seconds.
    public var stallSeconds: Double = 30
    /// The proxy, as a URL; nil for what the environment says (curl(1): http_proxy, https_proxy, no_proxy).
    public var proxy: String?
    /// Certificates in PEM that are believed besides the system's.
    public var trustedCertificates: [UInt8] = []
    /// The one certificate that the server may have, by its SHA-1 or SHA-256; nil for any that is trusted.
    public var serverThumbprint: [UInt8]?
    /// The certificate by which servers know us, as a PFX (PKCS #12).
    public var clientCertificate: ClientCertificate?

    /// A certificate with its private key.
    public struct ClientCertificate: Sendable {
        let pfx: [UInt8]
        let password: String

        /// The PFX `pfx`, which `password` opens.
        public init(pfx: [UInt8], password: String) {
            self.pfx = pfx
            self.password = password
        }
    }

    /// What is usual, as `userAgent`.
    public init(userAgent: String) { self.userAgent = userAgent }
}

/// By what a request shows who asks.
public enum HTTPAuthentication: Sendable, Hashable {
    /// By nothing but a certificate, if there is one.
    case none
    /// By the Kerberos ticket of the user (RFC 4559).
    case negotiate
    /// By a password that does not travel (MS-NLMP).
    case ntlm(user: String, password: String)
    /// By a password in the clear (RFC 7617).
    case basic(user: String, password: String)
    /// By a token that whoever has it may use (RFC 6750).
    case bearer(token: String)

    /// What it is called, without secrets.
    public var name: String {
        switch self {
        case .none: "anonymous"
        case .negotiate: "Negotiate"
        case .ntlm: "NTLM"
        case .basic: "Basic"
        case .bearer: "Bearer"
        }
    }
}

/// What is asked of a server.
public struct HTTPRequest: Sendable {
    /// What is done.
    public enum Method: Sendable, Equatable {
        /// The resource is fetched (RFC 9110 9.3.1).
        case get
        /// Only what there is to tell of it (RFC 9110 9.3.2).
        case head
        /// The members of a folder are listed (RFC 4918 9.1, Depth 1).
        case list
        /// `body` is handed over to be worked on (RFC 9110 9.3.3).
        case post(body: String, type: String)
    }

    /// The URL, percent-encoded.
    public let url: String
    /// What is done.
    public let method: Method
    /// The first byte that is wanted (RFC 9110 14.1.2).
    public let firstByte: Int64
    /// By what the request shows who asks.
    public let authentication: HTTPAuthentication

    /// A request.
    public init(
        _ url: String, _ method: Method = .get, firstByte: Int64 = 0, authentication: HTTPAuthentication = .none
    ) {
        self.url = url
        self.method = method
        self.firstByte = firstByte
        self.authentication = authentication
    }
}

/// What a server says before the bytes.
public struct HTTPHead: Sendable {
    /// The status code (RFC 9110 15).
    public internal(set) var status = 0
    private var fields: [(name: String, value: String)] = []

    /// Fields of one answer that are kept; real ones have some ten.
    private static let fieldLimit = 100

    init() {}

    /// The first field `name`, in lower case.
    public func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// All fields `name`, in lower case.
    public func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The number of bytes that follow, as the server says.
    public var byteCount: Int64? { field("content-length").flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil } }

    /// The first byte of a part, and the number of bytes of the whole (RFC 9110 14.4).
    public var range: (first: Int64, total: Int64?)? {
        guard let text = field("content-range"), text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(whereSeparator: { $0 == "-" || $0 == "/" })
        guard parts.count == 3, let first = Int64(parts[0]) else { return nil }
        return (first, Int64(parts[2]))
    }

    /// Takes note of a line of the head.
    mutating func add(_ line: UnsafeRawBufferPointer) {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // Another answer: to the next step of an authentication, or behind one that only says to go on.
            let parts = text.split(separator: " ", maxSplits: 2)
            self = HTTPHead()
            status = parts.count > 1 ? Int(parts[1].prefix(3)) ?? 0 : 0
            return
        }
        guard let colon = text.firstIndex(of: ":"), fields.count < Self.fieldLimit else { return }
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        fields.append(
            (text[..<colon].lowercased(), String(value.prefix { !$0.isNewline })))
    }
}

/// A short answer.
public struct HTTPAnswer: Sendable {
    /// What the server says before the bytes.
    public let head: HTTPHead
    /// The bytes.
    public let body: [UInt8]
}
