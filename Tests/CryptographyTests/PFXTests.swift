// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import Cryptography

/// PFX files, between openssl and us.
@Suite("PFX files")
struct PFXTests {
    private let work: TestFolder

    init() throws { work = try TestFolder() }

    private func openssl(_ arguments: String...) throws -> ProgramResult {
        try Program.succeed("openssl", arguments, in: work.path)
    }

    /// Makes a key and a certificate of it: `NAME.key`, `NAME.crt`.
    private func makeCertificate(_ name: String, bits: Int = 2048) throws {
        _ = try openssl(
            "req", "-x509", "-newkey", "rsa:\(bits)", "-nodes", "-keyout", "\(name).key", "-out", "\(name).crt",
            "-days",
            "20", "-subj", "/O=Übung, Co/CN=\(name)", "-utf8", "-addext", "extendedKeyUsage=clientAuth")
    }

    private func bytes(_ name: String) throws -> [UInt8] { try SmallFile.read(work.appending(name)) }

    private func identity(_ name: String = "a", days: Int64 = 365) throws -> CertificateIdentity {
        let start = Timestamp(unixSeconds: 1_700_000_000)
        return CertificateIdentity.selfSigned(
            commonName: name, key: try PrivateKey(pem: try bytes("a.key"), name: "a.key"), serialNumber: [0xFF, 0],
            validFrom: start, validUntil: Timestamp(unixSeconds: start.unixSeconds + days * 86_400))
    }

    @Test(
        "opens what openssl exported, as Windows 10, older Windows and openssl encrypt it",
        arguments: [
            [], ["-legacy"], ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
            ["-keypbe", "NONE", "-certpbe", "NONE"], ["-nomac"],
        ])
    func opens(options: [String]) throws {
        try makeCertificate("a")
        try makeCertificate("ca", bits: 1024)
        try Program.succeed(
            "openssl",
            [
                "pkcs12", "-export", "-inkey", "a.key", "-in", "a.crt", "-certfile", "ca.crt", "-out", "a.pfx",
                "-passout", "pass:Grün",
            ] + options, in: work.path)
        let opened = try PFXFile.open(try bytes("a.pfx"), password: "Grün", name: "a.pfx")
        let expected = try Certificate.read(try bytes("a.crt"), name: "a.crt")
        #expect([opened.certificate] == expected)
        #expect(opened.chain == (try Certificate.read(try bytes("ca.crt"), name: "ca.crt")))
        #expect(opened.privateKey.publicKey == opened.certificate.publicKey)
    }

    @Test("a chain without end is refused, and one of a hundred certificates is not")
    func longChain() throws {
        try makeCertificate("a")
        try makeCertificate("ca", bits: 1024)
        let own = try identity()
        let issuer = try #require(try Certificate.read(try bytes("ca.crt"), name: "ca.crt").first)
        for count in [99, 100] {
            let long = CertificateIdentity(
                own.certificate, own.privateKey, chain: Array(repeating: issuer, count: count))
            let sealed = PFXFile.seal(long, password: "right", seed: [1])
            if count == 99 {
                #expect(try PFXFile.open(sealed, password: "right", name: "a.pfx").chain.count == count)
                continue
            }
            let error = #expect(throws: CryptographyError.self) {
                try PFXFile.open(sealed, password: "right", name: "a.pfx")
            }
            #expect(error?.code == .malformed)
            #expect(error?.description.contains("more than 100 certificates") == true)
        }
    }

    @Test("a wrong password is told as that, and so is a missing one", arguments: [[], ["-legacy"], ["-nomac"]])
    func wrongPassword(options: [String]) throws {
        try makeCertificate("a")
        try Program.succeed(
            "openssl",
            ["pkcs12", "-export", "-inkey", "a.key", "-in", "a.crt", "-out", "a.pfx", "-passout", "pass:right"]
                + options, in: work.path)
        for password in ["wrong", "", nil] as [String?] {
            let error = #expect(throws: CryptographyError.self) {
                try PFXFile.open(try bytes("a.pfx"), password: password, name: "a.pfx")
            }
            #expect(error?.code == .wrongPassword)
            #expect(error?.failureClass == .malformed)
            #expect(error?.description.contains("right") == false)
        }
    }

    @Test(
        "a file that asks for rounds without end is refused before the first, wherever it asks",
        arguments: [[], ["-legacy"], ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"]])
    func rounds(options: [String]) throws {
        try makeCertificate("a")
        // 100,000 rounds, of which the files are changed to 8 million: with those, each would take a second and more.
        try Program.succeed(
            "openssl",
            [
                "pkcs12", "-export", "-inkey", "a.key", "-in", "a.crt", "-out", "a.pfx", "-passout", "pass:x", "-iter",
                "100000", "-nomac",
            ] + options, in: work.path)
        let whole = try bytes("a.pfx")
        #expect(throws: Never.self) { try PFXFile.open(whole, password: "x", name: "a.pfx") }
        let count: [UInt8] = [0x02, 0x03, 0x01, 0x86, 0xA0]
        let places = whole.indices.filter { whole[$0...].starts(with: count) }
        // Of the certificates and of the key; openssl does not write both with every cipher.
        #expect((1...2).contains(places.count))
        for place in places {
            var changed = whole
            changed.replaceSubrange(place + 2..<place + 5, with: [0x7F, 0xFF, 0xFF])
            let error = #expect(throws: CryptographyError.self) {
                try PFXFile.open(changed, password: "x", name: "a.pfx")
            }
            #expect(error?.code == .unsupported && error?.problem.description.contains("rounds") == true)
        }
        _ = try openssl(
            "pkcs12", "-export", "-inkey", "a.key", "-in", "a.crt", "-out", "mac.pfx", "-passout", "pass:x", "-iter",
            "100000", "-keypbe", "NONE", "-certpbe", "NONE")
        var checked = try bytes("mac.pfx")
        let place = try #require(checked.indices.last { checked[$0...].starts(with: count) })
        checked.replaceSubrange(place + 2..<place + 5, with: [0x7F, 0xFF, 0xFF])
        let error = #expect(throws: CryptographyError.self) {
            try PFXFile.open(checked, password: "x", name: "mac.pfx")
        }
        #expect(error?.code == .unsupported && error?.problem.description.contains("rounds") == true)
    }

    @Test("opens a file without a password")
    func noPassword() throws {
        try makeCertificate("a")
        _ = try openssl("pkcs12", "-export", "-inkey", "a.key", "-in", "a.crt", "-out", "a.pfx", "-passout", "pass:")
        let opened = try PFXFile.open(try bytes("a.pfx"), password: nil, name: "a.pfx")
        #expect(opened.certificate.subject == "CN=a, O=Übung\\, Co")
    }

    @Test("no private key, several and a key without its certificate are each told as that")
    func keys() throws {
        try makeCertificate("a")
        try makeCertificate("b")
        _ = try openssl("pkcs12", "-export", "-nokeys", "-in", "a.crt", "-out", "none.pfx", "-passout", "pass:x")
        let cases: [(file: String, code: CryptographyError.Code)] = [
            ("none.pfx", .noPrivateKey), ("several.pfx", .severalPrivateKeys), ("other.pfx", .noCertificate),
        ]
        // openssl writes no such files: its parts are put together in Python.
        try PFXComposer.compose(
            keys: ["a.key", "b.key"], certificates: ["a.crt", "b.crt"], password: "x", to: "several.pfx", in: work)
        try PFXComposer.compose(keys: ["a.key"], certificates: ["b.crt"], password: "x", to: "other.pfx", in: work)
        for (file, code) in cases {
            let error = #expect(throws: CryptographyError.self) {
                try PFXFile.open(try bytes(file), password: "x", name: file)
            }
            #expect(error?.code == code, "\(file)")
        }
    }

    @Test("what is no PFX, is cut or has more behind it is malformed", arguments: [0, 1, 200, -1])
    func malformed(length: Int) throws {
        try makeCertificate("a")
        _ = try openssl("pkcs12", "-export", "-inkey", "a.key", "-in", "a.crt", "-out", "a.pfx", "-passout", "pass:x")
        let whole = try bytes("a.pfx")
        let error = #expect(throws: CryptographyError.self) {
            try PFXFile.open(length < 0 ? whole + [0] : Array(whole.prefix(length)), password: "x", name: "a.pfx")
        }
        #expect(error?.code == .malformed)
    }

    @Test("openssl opens what we seal, without its old ciphers, and finds the same key and certificates")
    func seals() throws {
        try makeCertificate("a")
        let password = "{12345678-1234-8234-9234-1234567"
        let sealed = PFXFile.seal(try identity(), password: password, seed: [1])
        try work.write(sealed, to: "sealed.pfx")
        let listed = try openssl(
            "pkcs12", "-in", "sealed.pfx", "-passin", "pass:\(password)", "-nodes", "-info", "-out", "all.pem")
        for fact in [
            "MAC: sha1, Iteration 2000", "PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2000",
            "Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2000",
        ] {
            #expect(listed.errorText.contains(fact), "\(fact): \(listed.errorText)")
        }
        #expect(
            try openssl("pkey", "-in", "all.pem", "-outform", "DER").outputBytes
                == (try openssl("pkey", "-in", "a.key", "-outform", "DER").outputBytes))
        #expect(
            try openssl("x509", "-in", "all.pem", "-outform", "DER").outputBytes == (try identity().certificate.der))
        // Key and certificate carry the same identifier, or Windows does not bring them together.
        let text = String(decoding: try bytes("all.pem"), as: UTF8.self)
        let identifiers = text.split(separator: "\n").filter { $0.contains("localKeyID") }
        #expect(identifiers.count == 2 && Set(identifiers).count == 1, "\(identifiers)")
        #expect(
            try Program.run("openssl", ["pkcs12", "-in", "sealed.pfx", "-passin", "pass:x"], in: work.path).status != 0)
    }

    @Test("the same identity, password and seed give the same bytes, and each other seed, password or key others")
    func deterministic() throws {
        try makeCertificate("a")
        let sealed = PFXFile.seal(try identity(), password: "p", seed: [1])
        #expect(PFXFile.seal(try identity(), password: "p", seed: [1]) == sealed)
        #expect(PFXFile.seal(try identity(), password: "p", seed: [2]) != sealed)
        #expect(PFXFile.seal(try identity(), password: "q", seed: [1]) != sealed)
        #expect(PFXFile.seal(try identity(days: 366), password: "p", seed: [1]) != sealed)
        #expect(try PFXFile.open(sealed, password: "p", name: "x").certificate == (try identity().certificate))
    }

    @Test("a self-signed certificate is what openssl accepts for clients")
    func selfSigned() throws {
        try makeCertificate("a")
        let identity = try identity("F00D")
        try work.write(identity.certificate.der, to: "self.der")
        // Versions of openssl differ in the spaces.
        let text = try openssl("x509", "-inform", "DER", "-in", "self.der", "-noout", "-text").output
            .replacing(" = ", with: "=")
        for fact in [
            "Version: 3", "Subject: CN=F00D", "Issuer: CN=F00D", "TLS Web Client Authentication", "CA:FALSE",
            "Signature Algorithm: sha256WithRSAEncryption", "Digital Signature, Key Encipherment",
            "Not Before: Nov 14 22:13:20 2023 GMT", "Not After : Nov 13 22:13:20 2024 GMT", "(2048 bit)",
        ] {
            #expect(text.contains(fact), "\(fact)")
        }
        _ = try openssl("x509", "-inform", "DER", "-in", "self.der", "-out", "self.pem")
        _ = try openssl(
            "verify", "-CAfile", "self.pem", "-attime", "1700000001", "-purpose", "sslclient", "-x509_strict",
            "self.pem")
        let certificate = identity.certificate
        #expect(
            certificate.isSelfSigned && !certificate.isCertificateAuthority && certificate.isForClientAuthentication)
        let thumbprint = try openssl("x509", "-in", "self.pem", "-noout", "-fingerprint", "-sha1").output
        #expect(thumbprint.replacing(":", with: "").contains(certificate.thumbprint))
    }

    @Test("a private key prints as nothing")
    func secret() throws {
        try makeCertificate("a")
        let key = try PrivateKey(pem: try bytes("a.key"), name: "a.key")
        #expect("\(key) \(String(reflecting: key))" == "(private key) (private key)")
        var dumped = ""
        dump(try identity(), to: &dumped)
        #expect(!dumped.contains("der: 1"), "\(dumped.prefix(2000))")
    }
}

/// Puts together PFX files that no program writes on purpose.
private enum PFXComposer {
    /// Writes a PFX of all `keys` and `certificates`: openssl makes one of each, and Python puts their parts into one.
    static func compose(
        keys: [String], certificates: [String], password: String, to name: String, in work: TestFolder
    ) throws {
        try Program.succeed(
            "/usr/bin/python3", ["-c", script, name, password] + keys + ["--"] + certificates, in: work.path)
    }

    /// DER by hand: AuthenticatedSafe with the bags in clear, no MAC (RFC 7292 4).
    private static let script = """
        import subprocess, sys

        name, password, *files = sys.argv[1:]
        keys, certificates = files[:files.index("--")], files[files.index("--") + 1:]

        def der(tag, *parts):
            body = b"".join(parts)
            size = len(body)
            length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
            return bytes([tag]) + length + body

        def oid(text):
            first, second, *rest = map(int, text.split("."))
            out = bytes([first * 40 + second])
            for number in rest:
                group = [number & 127]
                while number := number >> 7:
                    group.insert(0, number & 127 | 128)
                out += bytes(group)
            return der(6, out)

        def run(*arguments):
            return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout

        def bag(kind, value):
            return der(0x30, oid("1.2.840.113549.1.12.10.1." + kind), der(0xA0, value))

        bags = [bag("1", run("pkcs8", "-topk8", "-nocrypt", "-in", key, "-outform", "DER")) for key in keys]
        for certificate in certificates:
            value = der(4, run("x509", "-in", certificate, "-outform", "DER"))
            bags.append(bag("3", der(0x30, oid("1.2.840.113549.1.9.22.1"), der(0xA0, value))))

        def data(content):
            return der(0x30, oid("1.2.840.113549.1.7.1"), der(0xA0, der(4, content)))

        safe = data(der(0x30, *bags))
        open(name, "wb").write(der(0x30, der(2, b"\\x03"), data(der(0x30, safe))))
        """
}
