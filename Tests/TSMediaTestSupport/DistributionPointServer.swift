// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage

/// A distribution point that a test talks to; it is killed when the test lets go of it.
public final class DistributionPointServer {
    /// Where it listens: `http://127.0.0.1:PORT`.
    public let location: String
    private let script: ServerScript
    private let log: ServerLog
    /// The port on the loopback.
    public var port: Int { script.port }

    /// Starts fixtures/servers/distribution-point.py on a free port, with its options in `arguments`.
    public init(library: FilePath, _ arguments: [String] = [], scheme: String = "http", in work: TestFolder) throws {
        log = ServerLog(in: work)
        script = try ServerScript(
            "distribution-point.py", ["--library", library.string, "--log", log.path.string] + arguments, in: work)
        location = "\(scheme)://127.0.0.1:\(script.port)"
    }

    /// Ends the server, as a power cut does.
    public func kill() throws { try script.kill() }

    /// What was asked: method, path, first byte, status and user agent of each request, in order.
    public func requests() throws -> [String] { try log.lines() }
}

/// Apache with a content library as a virtual directory: TLS, passwords, WebDAV and HTTP/2 by somebody else's program.
public final class ApacheServer {
    /// What it asks of clients.
    public struct Options {
        /// The certificate and the key of the server, in PEM; without them it speaks HTTP.
        public var certificate: (certificate: String, key: String)?
        /// The authority whose certificates clients must have.
        public var clientAuthority: String?
        /// The user and the password that it wants in the clear.
        public var user: (name: String, password: String)?

        /// Nothing.
        public init() {}
    }

    /// Where it listens.
    public let location: String
    private let program: RunningProgram
    private let log: FilePath

    /// Starts Apache on a free port of the loopback for the library, which it gets a copy of: it does not run as root.
    public init(library: FilePath, _ options: Options = Options(), in work: TestFolder) throws {
        let folder = work.appending("apache-\(UInt64.random(in: .min ... .max))")
        try TestFolder.makeFolder(folder)
        try Program.succeed("cp", ["-a", library.string, folder.appending("library").string])
        // Apache gives up the rights of root, and the folders of tests are private.
        try Program.succeed("chmod", ["-R", "a+rX", folder.string])
        var parent = folder
        while !parent.isEmpty, parent != FilePath("/") {
            _ = chmod(parent.string, 0o755)
            guard parent != work.path.removingLastComponent() else { break }
            parent.removeLastComponent()
        }
        log = folder.appending("access.log")
        let port = try Self.freePort()
        if let user = options.user {
            let hash = try Program.succeed("openssl", ["passwd", "-apr1", user.password]).output
            try TestFolder.write("\(user.name):\(hash)".utf8, to: folder.appending("users"))
        }
        try TestFolder.write(Self.configuration(options, folder, port).utf8, to: folder.appending("apache.conf"))
        program = try RunningProgram(
            "/usr/sbin/apache2", ["-f", folder.appending("apache.conf").string, "-DFOREGROUND"], environment: [:],
            folder: folder, work: folder.appending("run"))
        location = "\(options.certificate == nil ? "http" : "https")://127.0.0.1:\(port)"
        guard try program.wait(until: { Self.isListening(port) }) else {
            let errors = (try? SmallFile.read(folder.appending("error.log"))) ?? []
            throw ServerFailure(
                name: "apache2", said: try program.errorText() + String(decoding: errors, as: UTF8.self))
        }
    }

    deinit {
        program.send(SIGTERM)
        _ = try? program.waitForEnd()
    }

    /// What was asked: protocol, method, path and status of each request, in order.
    public func requests() throws -> [String] {
        guard (try? Stat(log)) != nil else { return [] }
        return String(decoding: try SmallFile.read(log), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func configuration(_ options: Options, _ folder: FilePath, _ port: Int) -> String {
        var modules = [
            "mpm_event", "authz_core", "authz_user", "authn_core", "authn_file", "auth_basic", "alias", "dav", "dav_fs",
            "autoindex", "http2",
        ]
        var lines = ["ServerName localhost", "Listen 127.0.0.1:\(port)"]
        if let certificate = options.certificate {
            modules += ["ssl"]
            lines += [
                "SSLEngine on", "SSLCertificateFile \"\(certificate.certificate)\"",
                "SSLCertificateKeyFile \"\(certificate.key)\"",
            ]
            if let authority = options.clientAuthority {
                lines += ["SSLVerifyClient require", "SSLCACertificateFile \"\(authority)\""]
            }
        }
        // A user without rights, for root only.
        if geteuid() == 0 { lines += ["User nobody", "Group nogroup"] }
        var access = ["Dav On", "Options Indexes"]
        if options.user != nil {
            access += [
                "AuthType Basic", "AuthName library", "AuthUserFile \(folder.string)/users", "Require valid-user",
            ]
        } else {
            access.append("Require all granted")
        }
        return
            (["ServerRoot /usr/lib/apache2"] + modules.map { "LoadModule \($0)_module modules/mod_\($0).so" } + lines
            + [
                "PidFile \(folder.string)/pid", "DefaultRuntimeDir \(folder.string)", "Mutex posixsem",
                "ErrorLog \(folder.string)/error.log", "LogFormat \"%H %m %U %>s\" short",
                "CustomLog \(folder.string)/access.log short", "DavLockDB \(folder.string)/locks",
                "Protocols h2 http/1.1",
                "DocumentRoot \(folder.string)/run", "Alias \"/SMS_DP_SMSPKG$\" \"\(folder.string)/library\"",
                "<Directory \"\(folder.string)/library\">",
            ] + access + ["</Directory>", ""]).joined(separator: "\n")
    }

    /// A port of the loopback where nobody listens.
    public static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        defer { close(descriptor) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    static func isListening(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = loopback(port: UInt16(port))
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
