// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
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
    private let program: RunningProgram
    private let log: FilePath
    private let callLog: FilePath

    /// Starts fixtures/servers/admin-service.py on a free port, with its options in `arguments`.
    public init(_ arguments: [String] = [], faults: [String] = [], in work: TestFolder) throws {
        let folder = work.appending("site-\(UInt64.random(in: .min ... .max))")
        try TestFolder.makeFolder(folder)
        log = FilePath("\(folder.string).log")
        callLog = FilePath("\(folder.string).calls")
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
        program = try RunningProgram(
            "python3",
            [
                Repository.file("fixtures/servers/admin-service.py").string, "--certificate", certificate, "--key", key,
                "--log", log.string, "--calls", callLog.string,
            ] + arguments + faults.flatMap { ["--fault", $0] }, environment: [:], folder: work.path,
            work: folder.appending("run"))
        let program = program
        var found: Int?
        let isUp = try program.wait {
            found = try program.errorText().split(separator: "\n").lazy
                .compactMap { $0.hasPrefix("port ") ? Int($0.dropFirst(5)) : nil }.first
            return found != nil
        }
        guard isUp, let found else { throw ServerFailure(name: "admin-service.py", said: try program.errorText()) }
        location = "https://127.0.0.1:\(found)/AdminService"
    }

    deinit {
        program.send(SIGKILL)
        _ = try? program.waitForEnd()
    }

    /// The options that name it.
    public var options: [String] { ["--site", location, "--site-certificate-thumbprint", thumbprint] }

    /// What was asked: method, path, first byte, status and user agent of each request, in order.
    public func requests() throws -> [String] {
        guard (try? Stat(log)) != nil else { return [] }
        return String(decoding: try SmallFile.read(log), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// The methods that were called, each with its inputs as JSON, in order.
    public func calls() throws -> [String] {
        guard (try? Stat(callLog)) != nil else { return [] }
        return String(decoding: try SmallFile.read(callLog), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Every name that the server knows: `CLASS PROPERTY`, ` lazy` behind those that no list has; `CLASS.METHOD INPUT input`.
    public static func names() throws -> [String] {
        let script = Repository.file("fixtures/servers/admin-service.py").string
        return try Program.succeed("python3", [script, "--names"]).output.split(separator: "\n").map(String.init)
    }
}
