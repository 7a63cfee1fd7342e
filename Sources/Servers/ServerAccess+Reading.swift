// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import NetworkTransfer
import Support
import SystemPackage

/// How servers are asked, as people write it: texts, and the names of files.
public struct ServerAccessInput: Sendable {
    /// The file of lines `HOST USER PASSWORD`; `-` is standard input.
    public var credentials: String?
    /// Whether passwords may pass in the clear.
    public var allowsBasicOverHTTP = false
    /// A PFX with its private key.
    public var clientCertificate: FilePath?
    /// The password that opens it.
    public var clientCertificatePassword: String?
    /// Certificates of authorities, in PEM or DER.
    public var trust: [FilePath] = []
    /// The one certificate that servers may have: its SHA-1 or SHA-256 in hexadecimal digits.
    public var serverCertificateThumbprint: String?
    /// The URL of a proxy.
    public var proxy: String?
    /// What the program calls itself; `client` is what genuine clients do.
    public var userAgent: String?
    /// How long a server may say nothing, in seconds.
    public var timeout: Double?
    /// Whether no server is asked at all.
    public var isOffline = false
    /// Whether what comes from servers is not kept.
    public var bypassesStore = false
    /// Takes what somebody who waits should know; called from any thread.
    public var tell: @Sendable (DiagnosticText) -> Void = { _ in }

    /// What is usual.
    public init() {}

    /// Files that are read: nothing may be written over them.
    public var files: [FilePath] {
        trust + [clientCertificate, credentials.flatMap { $0 == "-" ? nil : FilePath($0) }].compactMap { $0 }
    }

    private static let timeouts = 1.0...3600.0
    private static let fileLimit = 1 << 20

    /// The access that is asked for; where no user is named, those of the environment and of netrc(5) are taken.
    ///
    /// - Throws: ``ServerAccessError``; `CryptographyError`; `FileError`.
    public func access() throws -> ServerAccess {
        var access = ServerAccess(credentials: try readCredentials())
        access.allowsBasicOverHTTP = allowsBasicOverHTTP
        access.isOffline = isOffline
        access.bypassesStore = bypassesStore
        access.tell = tell
        if let timeout {
            guard Self.timeouts.contains(timeout) else {
                throw Self.bad(.timeout, "takes seconds from 1 to 3600", "give another number")
            }
            access.stallSeconds = timeout
        }
        if let userAgent {
            guard !userAgent.isEmpty, userAgent.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
                throw Self.bad(.userAgent, "takes printable ASCII characters", "give another text")
            }
            access.userAgent = userAgent == "client" ? ServerAccess.clientUserAgent : userAgent
        }
        if let proxy {
            guard !proxy.contains("@") else {
                throw Self.bad(
                    .proxy, "holds a user name, which others on this machine could read",
                    "set it as http_proxy in the environment")
            }
            access.proxy = proxy
        }
        if let text = serverCertificateThumbprint {
            access.serverThumbprint = try Self.thumbprint(text, of: .serverCertificateThumbprint)
        }
        for file in trust {
            access.trusted += try Certificate.read(
                try SmallFile.read(file, limit: Self.fileLimit), name: file.string)
        }
        if let clientCertificate {
            let bytes = try SmallFile.read(clientCertificate, limit: Self.fileLimit)
            _ = try PFXFile.open(bytes, password: clientCertificatePassword, name: clientCertificate.string)
            access.clientCertificate = NetworkSettings.ClientCertificate(
                pfx: bytes, password: clientCertificatePassword ?? "")
        } else if clientCertificatePassword != nil {
            throw Self.bad(.clientCertificatePassword, "opens nothing", "add \(.clientCertificate)")
        }
        return access
    }

    /// The thumbprint that `text` spells: a SHA-1, as Windows shows it, or a SHA-256.
    ///
    /// - Throws: ``ServerAccessError`` `.badValue` about `field`.
    package static func thumbprint(_ text: String, of field: RequestField) throws(ServerAccessError) -> [UInt8] {
        let digits = text.filter { $0 != ":" && $0 != " " }
        guard let bytes = [UInt8](hexadecimal: digits), [20, 32].contains(bytes.count) else {
            throw bad(
                field, "takes the SHA-1 or SHA-256 of a certificate in hexadecimal digits",
                "copy it from the certificate")
        }
        return bytes
    }

    private static func bad(
        _ field: RequestField, _ problem: DiagnosticText, _ nextStep: DiagnosticText
    ) -> ServerAccessError {
        ServerAccessError(.badValue, .usage, "\(field)", problem, nextStep: nextStep)
    }

    // MARK: Credentials

    /// Lines as in a file of credentials.
    private static let variable = "TSMEDIA_CREDENTIALS"

    private func readCredentials() throws -> ServerCredentials {
        var found = ServerCredentials()
        if credentials == "-" {
            let bytes = try FileError.wrap("read", "standard input") {
                try SmallFile.read(.standardInput, limit: Self.fileLimit)
            }
            found = try ServerCredentials(lines: bytes, name: "standard input")
        } else if let credentials {
            let path = FilePath(credentials)
            // What is no file may be the password itself, which no message may repeat.
            guard Glibc.access(path.string, F_OK) == 0 else {
                throw ServerAccessError(
                    .badCredentials, .notFound, "\(.credentials)", "names a file that is not there",
                    nextStep: "write lines HOST USER PASSWORD into a file that only you can read, and name that")
            }
            try Self.requirePrivate(path)
            found = try ServerCredentials(
                lines: try SmallFile.read(path, limit: Self.fileLimit), name: DiagnosticText(path.string))
        }
        if let value = getenv(Self.variable) {
            found = found.merging(
                try ServerCredentials(lines: Array(String(cString: value).utf8), name: DiagnosticText(Self.variable)))
        }
        return found.merging(Self.netrc)
    }

    /// Refuses a file that others may read.
    ///
    /// - Throws: ``ServerAccessError`` `.badCredentials`; `FileError`.
    package static func requirePrivate(_ path: FilePath) throws {
        guard let others = try othersCanRead(path), others else { return }
        throw ServerAccessError(
            .badCredentials, .refused, "\(path)", "can be read by others",
            nextStep: "take that right from them: chmod 600")
    }

    /// Whether a regular file may be read by the group or by anyone; nil for what is no regular file, as a pipe.
    private static func othersCanRead(_ path: FilePath) throws(FileError) -> Bool? {
        let status = try FileError.wrap("read", path) { try Stat(path) }
        guard status.type == .regular else { return nil }
        return !status.permissions.isDisjoint(with: [.groupRead, .otherRead])
    }

    /// The file that curl(1) and ftp(1) read, unless others can read it too.
    private static var netrc: ServerCredentials {
        let path: FilePath?
        if let named = getenv("NETRC") {
            path = FilePath(platformString: named)
        } else {
            path = getenv("HOME").map { FilePath(platformString: $0).appending(".netrc") }
        }
        guard let path, let others = try? othersCanRead(path), !others,
            let bytes = try? SmallFile.read(path, limit: fileLimit)
        else { return ServerCredentials() }
        return ServerCredentials(netrc: bytes)
    }
}
