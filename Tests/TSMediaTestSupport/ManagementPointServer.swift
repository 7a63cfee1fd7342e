// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage

/// A management point that a test asks; it is killed when the test lets go of it.
public final class ManagementPointServer {
    /// Where it is: `http://127.0.0.1:PORT`.
    public let location: String
    private let program: RunningProgram
    private let log: FilePath

    /// Starts fixtures/servers/management-point.py on a free port.
    ///
    /// - Parameters:
    ///   - points: those that it lists, as `NAME=FQDN=SSLSTATE`.
    ///   - isEncrypted: whether it answers over TLS alone.
    public init(
        _ points: [String] = ["MP1=mp1.example.com=0"], _ arguments: [String] = [], faults: [String] = [],
        certificate: CertificateAuthority.Issued? = nil, in work: TestFolder
    ) throws {
        let folder = work.appending("mp-\(UInt64.random(in: .min ... .max))")
        try TestFolder.makeFolder(folder)
        log = FilePath("\(folder.string).log")
        program = try RunningProgram(
            "python3",
            [Repository.file("fixtures/servers/management-point.py").string, "--log", log.string]
                + points.flatMap { ["--point", $0] } + arguments + faults.flatMap { ["--fault", $0] }
                + (certificate.map { ["--certificate", $0.certificate, "--key", $0.key] } ?? []),
            environment: [:], folder: work.path, work: folder.appending("run"))
        let program = program
        var found: Int?
        let isUp = try program.wait {
            found = try program.errorText().split(separator: "\n").lazy
                .compactMap { $0.hasPrefix("port ") ? Int($0.dropFirst(5)) : nil }.first
            return found != nil
        }
        guard isUp, let found else { throw ServerFailure(name: "management-point.py", said: try program.errorText()) }
        location = "\(certificate == nil ? "http" : "https")://127.0.0.1:\(found)"
    }

    deinit {
        program.send(SIGKILL)
        _ = try? program.waitForEnd()
    }

    /// What was asked: method, path, first byte, status and user agent of each request, in order.
    public func requests() throws -> [String] {
        guard (try? Stat(log)) != nil else { return [] }
        return String(decoding: try SmallFile.read(log), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Every element and attribute that it sends and that is known.
    public static func names() throws -> [String] {
        let script = Repository.file("fixtures/servers/management-point.py").string
        return try Program.succeed("python3", [script, "--names"]).output.split(separator: "\n").map(String.init)
    }
}
