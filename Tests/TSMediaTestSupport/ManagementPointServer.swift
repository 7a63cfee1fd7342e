// SPDX-License-Identifier: GPL-3.0-or-later

/// A management point that a test asks; it is killed when the test lets go of it.
public final class ManagementPointServer {
    /// Where it is: `http://127.0.0.1:PORT`.
    public let location: String
    private let script: ServerScript
    private let log: ServerLog

    /// Starts fixtures/servers/management-point.py on a free port.
    ///
    /// - Parameters:
    ///   - points: those that it lists, as `NAME=FQDN=SSLSTATE`.
    ///   - certificate: with it, it answers over TLS alone.
    public init(
        _ points: [String] = ["MP1=mp1.example.com=0"], _ arguments: [String] = [], faults: [String] = [],
        certificate: CertificateAuthority.Issued? = nil, in work: TestFolder
    ) throws {
        log = ServerLog(in: work)
        script = try ServerScript(
            "management-point.py",
            ["--log", log.path.string] + points.flatMap { ["--point", $0] } + arguments
                + faults.flatMap { ["--fault", $0] }
                + (certificate.map { ["--certificate", $0.certificate, "--key", $0.key] } ?? []),
            in: work)
        location = "\(certificate == nil ? "http" : "https")://127.0.0.1:\(script.port)"
    }

    /// What was asked: method, path, first byte, status and user agent of each request, in order.
    public func requests() throws -> [String] { try log.lines() }

    /// Every element and attribute that it sends and that is known.
    public static func names() throws -> [String] { try ServerScript.names(of: "management-point.py") }
}
