// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// An authority for loaders and a signer under it, of openssl's, made anew for each test.
struct ProgramSigner {
    let work: TestFolder
    /// The certificate of the authority in PEM.
    var authority: FilePath { work.appending("authority.pem") }
    /// The certificate of the signer in PEM.
    var certificate: FilePath { work.appending("signer.pem") }
    var key: FilePath { work.appending("signer.key") }

    /// - Parameters:
    ///   - days: how long the signer's certificate is valid, from yesterday on; ended yesterday when negative.
    ///   - isCertificateAuthority: whether the issuer says that it is one.
    init(
        authority name: String = "Test Loader CA", signer: String = "Test Loader Signer", days: Int = 30,
        isCertificateAuthority: Bool = true
    ) throws {
        work = try TestFolder()
        try Program.succeed(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "authority.key", "-out", "authority.pem",
                "-days", "30", "-subj", "/CN=\(name)", "-addext",
                "basicConstraints=critical,CA:\(isCertificateAuthority ? "TRUE" : "FALSE")",
            ], in: work.path)
        try Program.succeed(
            "openssl",
            [
                "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "signer.key", "-out", "signer.csr", "-subj",
                "/CN=\(signer)",
            ], in: work.path)
        try work.write("extendedKeyUsage=codeSigning\n".utf8, to: "signer.ext")
        try Program.succeed(
            "openssl",
            [
                "x509", "-req", "-in", "signer.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-out",
                "signer.pem", "-days", "\(days)", "-extfile", "signer.ext", "-CAcreateserial",
            ], in: work.path)
    }

    /// `program` signed by osslsigncode, with the certificates of signer and authority in the signature.
    func sign(_ program: [UInt8], bringsAuthority: Bool = true, _ options: [String] = []) throws -> [UInt8] {
        let plain = try work.write(program, to: "plain.efi")
        let signed = work.appending("signed.efi")
        try Program.succeed("rm", ["-f", signed.string])
        try Program.succeed(
            "osslsigncode",
            ["sign", "-h", "sha256", "-certs", certificate.string, "-key", key.string]
                + (bringsAuthority ? ["-ac", authority.string] : []) + options
                + ["-in", plain.string, "-out", signed.string])
        return try SmallFile.read(signed)
    }

    /// `program` signed by sbsign, which brings along the signer's certificate alone, behind the signatures that it has.
    func addSignature(_ program: [UInt8]) throws -> [UInt8] {
        let plain = try work.write(program, to: "once.efi")
        let signed = work.appending("twice.efi")
        try Program.succeed(
            "sbsign",
            ["--key", key.string, "--cert", certificate.string, "--output", signed.string, plain.string])
        return try SmallFile.read(signed)
    }

    /// Whether sbverify accepts `program` as signed under the authority.
    func isAccepted(_ program: [UInt8]) throws -> Bool {
        let file = try work.write(program, to: "asked.efi")
        return try Program.run("sbverify", ["--cert", authority.string, file.string]).status == 0
    }

    /// The signer's certificate in DER.
    func der(_ certificate: FilePath) throws -> [UInt8] {
        try Program.succeed("openssl", ["x509", "-in", certificate.string, "-outform", "der"]).outputBytes
    }
}
