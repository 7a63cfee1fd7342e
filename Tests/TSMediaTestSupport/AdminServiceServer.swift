// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The AdminService of a site that a test asks, with a certificate of its own; it is killed when the test lets go of it.
public final class AdminServiceServer {
    /// Where it is: `https://127.0.0.1:PORT/AdminService`.
    public let location: String
    /// The SHA-256 of its certificate.
    public let thumbprint: String
    /// The file of its certificate.
    public let certificate: String
    private let script: ServerScript
    private let log: ServerLog
    private let callLog: ServerLog

    /// Starts fixtures/servers/admin-service.py on a free port, with its options in `arguments`.
    public init(_ arguments: [String] = [], faults: [String] = [], in work: TestFolder) throws {
        let folder = work.appending("site-\(UInt64.random(in: .min ... .max))")
        try TestFolder.makeFolder(folder)
        (log, callLog) = (ServerLog(in: work), ServerLog(in: work))
        let key = folder.appending("site.key").string
        certificate = folder.appending("site.pem").string
        try Program.succeed(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                "-out",
                certificate, "-subj", "/CN=SMS Issuing", "-days", "3650", "-addext", "subjectAltName=IP:127.0.0.1",
            ])
        let said = try Program.succeed("openssl", ["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"])
        thumbprint = said.output.split(separator: "=").last.map { $0.filter { $0 != "\n" } } ?? ""
        script = try ServerScript(
            "admin-service.py",
            [
                "--certificate", certificate, "--key", key, "--log", log.path.string, "--calls", callLog.path.string,
            ] + arguments + faults.flatMap { ["--fault", $0] }, in: work)
        location = "https://127.0.0.1:\(script.port)/AdminService"
    }

    /// The options that name it.
    public var options: [String] { ["--site", location, "--site-certificate-thumbprint", thumbprint] }

    /// What was asked: method, path, first byte, status and user agent of each request, in order.
    public func requests() throws -> [String] { try log.lines() }

    /// The methods that were called, each with its inputs as JSON, in order.
    public func calls() throws -> [String] { try callLog.lines() }

    /// Every name that the server knows: `CLASS PROPERTY`, ` lazy` behind those that no list has; `CLASS.METHOD INPUT input`.
    public static func names() throws -> [String] { try ServerScript.names(of: "admin-service.py") }
}
