// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Certificates of media: read back without our code.
@Suite("Certificates of media")
struct CertificateTests {
    private let session: CommandSession
    private let authority: CertificateAuthority

    init() throws {
        session = try CommandSession()
        authority = try CertificateAuthority(in: session.work)
    }

    private func read(_ media: String = "media", password: String? = nil) throws -> CertificateOracle {
        try CertificateOracle(session.folder.appending(media), password: password, work: session.work)
    }

    private func arguments(_ output: String = "media", _ more: [String]) -> [String] {
        session.arguments(.bootable, output, more)
    }

    /// Bootable media that asks a management point over https alone.
    private func secure(_ output: String = "media", _ more: [String]) -> [String] {
        arguments(output, more).map { $0 == "http://mp.example.com" ? "https://mp.example.com" : $0 }
    }

    // MARK: Made with the media

    @Test(
        "a self-signed certificate is on media of each kind, with the key that was given",
        arguments: ["bootable", "standalone", "prestaged"])
    func selfSigned(kind: String) throws {
        let key = try authority.key("own.key")
        let options =
            ["--self-signed-certificate", "--certificate-key", key, "--certificate-start", "2026-01-02"]
            + ["--certificate-expire", "2098-03-04"]
        switch kind {
        case "prestaged":
            try session.createPrestaged("media.wim", options)
            try Program.succeed("wimlib-imagex", ["apply", "media.wim", "1", "media"], in: session.folder)
        default:
            try session.create(kind == "bootable" ? .bootable : .standalone, "media", options)
        }
        let oracle = try read()
        #expect(try oracle.key == authority.der(ofKey: key))
        // Versions of openssl differ in the spaces.
        let text = String(decoding: try oracle.openssl("x509", "-in", "media.pem", "-noout", "-text"), as: UTF8.self)
            .replacing(" = ", with: "=")
        let guid = try #require(oracle.variables["_SMSMediaGuid"])
        for fact in [
            "Subject: CN=\(guid)", "Issuer: CN=\(guid)", "Public-Key: (2048 bit)", "sha256WithRSAEncryption",
            "TLS Web Client Authentication", "Not Before: Jan  2 00:00:00 2026 GMT",
            "Not After : Mar  4 23:59:59 2098 GMT",
        ] {
            #expect(text.contains(fact), "\(fact)")
        }
        #expect(oracle.variables["_SMSTSIISSSLState"] == (kind == "standalone" ? nil : "0"))
        #expect(oracle.variables["_SMSTSUseFirstCert"] == (kind == "standalone" ? nil : "1"))
        // The policy of stand-alone media is still opened, although the GUID has no braces.
        if kind == "standalone" { #expect(try session.inspect("media").taskSequence.id.text == DemoSite.taskSequence) }
    }

    @Test("a private key with a flipped bit is refused: what it signs nobody could check")
    func damagedKey() throws {
        let key = FilePath(try authority.key("own.key"))
        let der = session.work.appending("own.der")
        try Program.succeed("openssl", ["pkey", "-in", key.string, "-outform", "DER", "-out", der.string])
        // In the middle of the private exponent.
        try CommandSession.flipBit(of: der, at: 420)
        let damaged = session.work.appending("damaged.key").string
        try Program.succeed("openssl", ["pkey", "-inform", "DER", "-in", der.string, "-out", damaged])
        let result = try session.run(
            arguments("media", ["--self-signed-certificate", "--certificate-key", damaged]))
        #expect(result.status == 65 && result.failure.contains("damaged private key"), "\(result.errorText)")
    }

    @Test("a new key has 2048 bits, its certificate a year from today, and no two runs have the same")
    func newKey() throws {
        try session.create(.bootable, "media", ["--self-signed-certificate"])
        let first = try read()
        _ = try first.openssl("x509", "-in", "media.pem", "-noout", "-checkend", "\(360 * 86_400)")
        #expect(
            try Program.run(
                "openssl", ["x509", "-in", "media.pem", "-noout", "-checkend", "\(366 * 86_400)"], in: first.folder
            ).status == 1)
        let key = try first.key
        try session.create(.bootable, "other", ["--self-signed-certificate"])
        #expect(try read("other").key != key)
    }

    @Test("the same request with a key gives the same bytes, and the GUID tells nothing of it")
    func reproducible() throws {
        let options = ["--self-signed-certificate", "--certificate-key", try authority.key("own.key")]
        let environment = ["SOURCE_DATE_EPOCH": "1800000000"]
        for output in ["a.iso", "b.iso"] {
            try session.create(.bootable, output, options, environment: environment)
        }
        #expect(try session.bytes("a.iso") == session.bytes("b.iso"))
        let text = try session.succeed(["inspect", "a.iso"]).output
        #expect(text.contains("valid from 2027-01-15T00:00:00Z to 2028-01-15T00:00:00Z"), "\(text)")
        // Another key or another day is other media; a password is not.
        let plain = try session.inspect("a.iso").mediaGuid.text
        let password = try session.work.write("secret\n".utf8, to: "password").string
        for (more, isSame) in [
            (["--password-file", password], true), (["--certificate-expire", "2090-01-01"], false),
        ] {
            let result = try session.succeed(
                arguments("c.iso", options + more + ["--dry-run", "--json"]), environment: environment)
            #expect((try JSONValue(parsing: result.output).mediaGuid.text == plain) == isSame)
        }
    }

    // MARK: Imported

    @Test(
        "an imported certificate is on media, whatever it was encrypted with, with key and chain",
        arguments: [[], ["-legacy"]])
    func imported(encryption: [String]) throws {
        let leaf = try authority.issue("client")
        let pfx = try authority.export(leaf, encryption + ["-certfile", authority.root])
        let password = try session.work.write("Kennwört\nmore\n".utf8, to: "pfx-password").string
        let result = try session.succeed(
            secure(
                "media", ["--certificate", pfx, "--certificate-password-file", password, "--root-ca", authority.root]))
        #expect(!result.errorText.contains("warning"), "\(result.errorText)")
        let oracle = try read()
        #expect(try oracle.certificate == authority.der(ofCertificate: leaf.certificate))
        #expect(try oracle.key == authority.der(ofKey: leaf.key))
        _ = try oracle.openssl("verify", "-purpose", "sslclient", "-CAfile", authority.root, "media.pem")
        let root = try authority.der(ofCertificate: authority.root).hexadecimal(.upper)
        #expect(oracle.variables["_SMSTSRootCACerts"] == root)
        #expect(oracle.variables["_SMSTSIISSSLState"] == "63")
        #expect(
            String(decoding: try SmallFile.read(oracle.folder.appending("media.pem")), as: UTF8.self)
                .split(separator: "BEGIN CERTIFICATE").count == 3)
    }

    @Test("every fault of a certificate is an error of its own, with its exit code")
    func faults() throws {
        let password = try session.work.write("Kennwört\n".utf8, to: "pfx-password").string
        let wrong = try session.work.write("kennwört\n".utf8, to: "wrong").string
        func refused(_ certificate: String, _ password: String, _ status: Int32, _ message: String) throws {
            let result = try session.run(
                secure("media", ["--certificate", certificate, "--certificate-password-file", password]))
            #expect(result.status == status, "\(message)")
            #expect(result.failure.contains(message), "\(result.failure)")
            #expect(!result.errorText.contains("Kennwört"))
        }
        let good = try authority.export(try authority.issue("good"))
        try refused(good, wrong, 65, "cannot be opened with this password")
        try refused("absent.pfx", password, 66, "absent.pfx")
        let unkeyed = try authority.export(try authority.issue("unkeyed"), ["-nokeys"])
        try refused(unkeyed, password, 65, "holds no private key")
        let past = ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"]
        let expired = try authority.export(try authority.issue("expired", dates: past))
        try refused(expired, password, 65, "certificate 'CN=expired' expired on 2021-01-01")
        let later = ["-not_before", "20900101000000Z", "-not_after", "20910101000000Z"]
        let early = try authority.export(try authority.issue("early", dates: later))
        try refused(early, password, 65, "certificate 'CN=early' is not valid before 2090-01-01")
        let server = try authority.export(try authority.issue("server", usage: "serverAuth"))
        try refused(server, password, 65, "is not for client authentication: it is for TLS Web Server Authentication")
        let weak = try authority.export(try authority.issue("weak", bits: 1024))
        try refused(weak, password, 65, "the key of certificate 'CN=weak' is weak: it has 1024 bits")
        let forged = try authority.export(try authority.issue("forged", hash: "md5"))
        try refused(forged, password, 65, "is weak: it is signed with MD5")
        #expect(try session.outputs().isEmpty)
    }

    @Test(
        "what suits no media, or contradicts itself, is refused before anything is read",
        arguments: [
            (
                ["--self-signed-certificate", "--certificate", "x.pfx"],
                "--certificate and --self-signed-certificate are both given"
            ),
            (["--certificate-start", "2026-01-01"], "add --self-signed-certificate"),
            (["--certificate-expire", "2090-01-01"], "add --self-signed-certificate"),
            (["--certificate-key", "x.key"], "add --self-signed-certificate"),
            (
                ["--self-signed-certificate", "--certificate-start", "9999-06-01"],
                "--certificate-start makes a certificate that ends after the year 9999"
            ),
            (
                ["--self-signed-certificate", "--certificate-start", "2026-13-01"],
                "--certificate-start '2026-13-01' is not a day"
            ),
            (
                [
                    "--self-signed-certificate", "--certificate-expire", "2020-01-01", "--certificate-start",
                    "2019-01-01",
                ], "--certificate-expire is 2020-01-01, which is past"
            ),
            (
                ["--self-signed-certificate", "--certificate-start", "2019-01-01"],
                "--certificate-start is 2019-01-01, and a year after it is past"
            ),
            (
                [
                    "--self-signed-certificate", "--certificate-start", "2090-01-02", "--certificate-expire",
                    "2090-01-01",
                ], "begins to be valid on 2090-01-02"
            ),
            (
                ["--self-signed-certificate", "--management-point", "https://mp2.example.com"],
                "--self-signed-certificate goes with management points over http, and https://mp2.example.com"
            ),
        ] as [([String], String)])
    func contradictions(options: [String], message: String) throws {
        let result = try session.run(arguments("media", options))
        #expect(result.status == 64)
        #expect(result.failure.contains(message), "\(result.failure)")
    }

    @Test("an imported certificate goes with https alone, and passwords need something to open")
    func importedRules() throws {
        let pfx = try authority.export(try authority.issue("client"))
        let password = try session.work.write("Kennwört\n".utf8, to: "pfx-password").string
        let http = try session.run(arguments("media", ["--certificate", pfx, "--certificate-password-file", password]))
        #expect(http.status == 64)
        #expect(
            http.failure.contains("--certificate goes with management points over https, and http://mp.example.com"),
            "\(http.failure)")
        let alone = try session.run(arguments("media", ["--certificate-password-file", password]))
        let both = try session.run(
            arguments("media", ["--certificate", pfx, "--certificate-password-file", "-", "--password-file", "-"]))
        #expect(both.status == 64)
        #expect(both.failure.contains("both read standard input"), "\(both.failure)")
        #expect(alone.status == 64)
        #expect(
            alone.failure.contains("--certificate-password-file opens nothing; add --certificate"), "\(alone.failure)")
    }

    @Test("outputs are never written over the files of a certificate")
    func sources() throws {
        let key = try authority.key("own.iso")
        let before = try SmallFile.read(FilePath(key))
        let result = try session.run(
            arguments(key, ["--self-signed-certificate", "--certificate-key", key, "--force"]))
        #expect(result.status == 77, "\(result.failure)")
        #expect(try SmallFile.read(FilePath(key)) == before)
    }

    // MARK: The site

    private static let trustedRootKey =
        "0602000000A400005253413100080000010001" + "00" + String(repeating: "AB", count: 256)
    private static let trustedRootKeyFile = "[Client Install]\r\nSMSPublicRootKey=\(trustedRootKey)\r\nX=1\r\n"

    @Test("root CAs, the site's signing certificate and its root key become variables; PEM and DER alike")
    func trust() throws {
        let other = try CertificateAuthority(in: session.work, name: "Root B")
        let der = session.work.appending("b.cer")
        try session.work.write(try other.der(ofCertificate: other.root), to: "b.cer")
        let signing = try authority.issue("Site Server", usage: "1.3.6.1.4.1.311.101")
        let tcf = try session.work.write(Self.trustedRootKeyFile.utf8, to: "mobileclient.tcf")
        try session.succeed(
            arguments(
                "media",
                [
                    "--root-ca", authority.root, "--root-ca", der.string, "--site-signing-certificate",
                    signing.certificate,
                ]
                    + ["--trusted-root-key", tcf.string]))
        let oracle = try read()
        let expected = try [authority, other].map { try $0.der(ofCertificate: $0.root).hexadecimal(.upper) }
        #expect(oracle.variables["_SMSTSRootCACerts"] == expected.joined())
        #expect(
            oracle.variables["_SMSTSSiteSigningCertificate"]
                == (try authority.der(ofCertificate: signing.certificate).hexadecimal(.upper)))
        #expect(oracle.variables["_SMSTSPublicRootKey"] == Self.trustedRootKey)
        #expect(oracle.variables["_SMSTSMediaPFX"] == nil)
    }

    @Test("what is no root, no certificate or no key is refused with 65")
    func badTrust() throws {
        let leaf = try authority.issue("leaf")
        let text = try session.work.write("no key\n".utf8, to: "text").string
        let cut = try session.work.write(
            ("0602000000A400005253413100080000010001" + String(repeating: "0", count: 200)).utf8, to: "cut"
        ).string
        for (options, message) in [
            (["--root-ca", leaf.certificate], "certificate 'CN=leaf' is no certificate authority"),
            (["--root-ca", text], "is no certificate in DER or PEM"),
            (["--site-signing-certificate", text], "is no certificate in DER or PEM"),
            (["--trusted-root-key", text], "holds no trusted root key"),
            (["--trusted-root-key", cut], "holds no trusted root key"),
        ] {
            let result = try session.run(arguments("media", options))
            #expect(result.status == 65)
            #expect(result.failure.contains(message), "\(result.failure)")
        }
    }

    @Test("media made by hand has every variable that a genuine list of a network boot has")
    func genuineList() throws {
        let signing = try authority.issue("signing")
        let key = try session.work.write(Self.trustedRootKeyFile.utf8, to: "mobileclient.tcf").string
        let der = session.work.path.appending("media.iso.x").string
        try session.create(
            .bootable, "media.iso",
            [
                "--media-mode", "site-based", "--self-signed-certificate", "--root-ca", authority.root,
                "--trusted-root-key", key,
            ]
                + ["--site-signing-certificate", signing.certificate, "--allow-unknown-machine"]
                + ["--unknown-machine-guid", "x64=11111111-2222-3333-4444-555555555555"]
                + ["--unknown-machine-guid", "x86=66666666-7777-8888-9999-AAAAAAAAAAAA"])
        try Program.succeed("7z", ["x", "-o\(der)", session.folder.appending("media.iso").string])
        let oracle = try CertificateOracle(FilePath(der), password: nil, work: session.work)
        // docs/formats/media.md section 2a.
        for name in [
            "SMSTSMP", "_SMSMediaGuid", "_SMSTSBootMediaPackageID", "_SMSTSHTTPPort", "_SMSTSHTTPSPort",
            "_SMSTSIISSSLState",
            "_SMSTSLaunchMode", "_SMSTSMediaPFX", "_SMSTSPublicRootKey", "_SMSTSRootCACerts", "_SMSTSSiteCode",
            "_SMSTSSiteSigningCertificate", "_SMSTSUseFirstCert", "_SMSTSx64UnknownMachineGUID",
            "_SMSTSx86UnknownMachineGUID",
        ] {
            #expect(oracle.variables[name]?.isEmpty == false, "\(name)")
        }
        #expect(oracle.variables["_SMSTSLaunchMode"] == "CD")
    }

    @Test("https without a root CA or a certificate is warned of; dynamic media under two roots is refused")
    func https() throws {
        let result = try session.succeed(secure("media", []))
        #expect(
            result.errorText.contains(
                "warning: nothing tells this media whom to trust behind https://mp.example.com: add --root-ca"),
            "\(result.errorText)")
        #expect(result.errorText.contains("asks for a client certificate, and this media has none: add --certificate"))
        let other = try CertificateAuthority(in: session.work, name: "Root B")
        let roots = ["--root-ca", authority.root, "--root-ca", other.root]
        let two = try session.run(
            secure("media", ["--management-point", "https://mp2.example.com", "--force"] + roots))
        #expect(two.status == 64)
        #expect(two.failure.contains("--root-ca names 2 roots"), "\(two.failure)")
        #expect(two.failure.contains("use --media-mode site-based with one management point"))
        try session.succeed(secure("media", ["--media-mode", "site-based", "--force"] + roots))
    }
}
