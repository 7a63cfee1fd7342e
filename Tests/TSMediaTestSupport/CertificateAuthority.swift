// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

/// A certificate authority of openssl's.
public struct CertificateAuthority {
    /// A certificate and its key, by the paths of their files.
    public struct Issued {
        /// Its common name.
        public let name: String
        /// Its file.
        public let certificate: String
        /// The file of its key.
        public let key: String
    }

    /// Its certificate.
    public let root: String
    private let rootKey: String
    private let folder: FilePath

    /// A new authority, with its files in `work`.
    public init(in work: TestFolder, name: String = "Root") throws {
        folder = work.appending("authority \(name)")
        try TestFolder.makeFolder(folder)
        (root, rootKey) = (folder.appending("root.pem").string, folder.appending("root.key").string)
        try Self.openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", rootKey, "-out", root, "-subj", "/CN=\(name)",
            "-days", "3650")
        try TestFolder.write([], to: folder.appending("index"))
        let configuration = """
            [ca]
            default_ca = own
            [own]
            database = \(folder.string)/index
            new_certs_dir = \(folder.string)
            rand_serial = yes
            policy = any
            default_md = sha256
            default_days = 365
            unique_subject = no
            [any]
            commonName = supplied

            """
        try TestFolder.write(configuration.utf8, to: folder.appending("ca.conf"))
    }

    @discardableResult
    private static func openssl(_ arguments: String...) throws -> [UInt8] { try openssl(arguments) }

    @discardableResult
    private static func openssl(_ arguments: [String]) throws -> [UInt8] {
        try Program.succeed("openssl", arguments).outputBytes
    }

    /// A new key of RSA; returns its path.
    public func key(_ name: String, bits: Int = 2048) throws -> String {
        let path = folder.appending(name).string
        try Self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)", "-out", path)
        return path
    }

    /// A certificate of this authority.
    ///
    /// - Parameter dates: options of `openssl ca` for its dates.
    public func issue(
        _ name: String, usage: String = "clientAuth", bits: Int = 2048, hash: String = "sha256", dates: [String] = []
    ) throws -> Issued {
        let key = try key("\(name).key", bits: bits)
        let (request, certificate) = (folder.appending("\(name).csr").string, folder.appending("\(name).pem").string)
        try Self.openssl("req", "-new", "-utf8", "-key", key, "-subj", "/CN=\(name)", "-out", request)
        let extensions = folder.appending("\(name).ext")
        try TestFolder.write("extendedKeyUsage=\(usage)\n".utf8, to: extensions)
        try Self.openssl(
            [
                "ca", "-batch", "-notext", "-config", folder.appending("ca.conf").string, "-cert", root, "-keyfile",
                rootKey, "-in", request, "-out", certificate, "-extfile", extensions.string, "-md", hash,
            ] + dates.map { ["-not_before": "-startdate", "-not_after": "-enddate"][$0] ?? $0 })
        return Issued(name: name, certificate: certificate, key: key)
    }

    /// A PFX under the password `Kennwört`; returns its path.
    public func export(_ issued: Issued, _ options: [String] = []) throws -> String {
        let path = folder.appending("\(issued.name).pfx").string
        let key = options.contains("-nokeys") ? [] : ["-inkey", issued.key]
        try Self.openssl(
            ["pkcs12", "-export", "-in", issued.certificate, "-out", path, "-passout", "pass:Kennwört"] + key + options)
        return path
    }

    /// A certificate of PEM in DER.
    public func der(ofCertificate path: String) throws -> [UInt8] {
        try Self.openssl("x509", "-in", path, "-outform", "DER")
    }

    /// A key of PEM in DER.
    public func der(ofKey path: String) throws -> [UInt8] { try Self.openssl("pkey", "-in", path, "-outform", "DER") }
}
