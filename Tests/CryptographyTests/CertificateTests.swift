// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import TSMediaTestSupport
import Testing

@Suite("Certificates and private keys")
struct CertificateTests {
    private let work: TestFolder

    init() throws {
        work = try TestFolder()
        try Program.succeed(
            "openssl",
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "a.key", "-out", "a.pem", "-subj", "/CN=a"],
            in: work.path)
    }

    private func openssl(_ arguments: String...) throws { try Program.succeed("openssl", arguments, in: work.path) }

    private func bytes(_ name: String) throws -> [UInt8] { try SmallFile.read(work.appending(name)) }

    @Test("DER, PEM and PEM with several certificates and words around them are read")
    func forms() throws {
        try openssl("x509", "-in", "a.pem", "-outform", "DER", "-out", "a.der")
        let pem = try Certificate.read(try bytes("a.pem"), name: "a.pem")
        #expect(pem == (try Certificate.read(try bytes("a.der"), name: "a.der")))
        let twice =
            Array("subject=a\r\n".utf8) + (try bytes("a.pem")) + Array("\n\nissuer\n".utf8) + (try bytes("a.pem"))
        #expect(try Certificate.read(twice, name: "both") == pem + pem)
        #expect(pem[0].extendedKeyUsages == nil && !pem[0].isForClientAuthentication)
        #expect(pem[0].isCertificateAuthority && pem[0].isSelfSigned)
    }

    @Test("what holds no certificate, or a damaged one beside a sound one, is refused")
    func refused() throws {
        let pem = try bytes("a.pem")
        let text = String(decoding: pem, as: UTF8.self)
        let damaged = text.replacing("MII", with: "MIJ", maxReplacements: 1)
        for bytes in [[], try bytes("a.key"), Array(damaged.utf8), pem + Array(damaged.utf8)] {
            let error = #expect(throws: CryptographyError.self) { try Certificate.read(bytes, name: "x") }
            #expect(error?.code == .malformed)
        }
    }

    @Test(
        "usages decide what a certificate is for",
        arguments: [
            (["extendedKeyUsage=clientAuth"], true), (["extendedKeyUsage=serverAuth,clientAuth"], true),
            (["extendedKeyUsage=serverAuth"], false), (["extendedKeyUsage=anyExtendedKeyUsage"], false),
            (["extendedKeyUsage=clientAuth", "keyUsage=keyEncipherment"], false),
            (["extendedKeyUsage=clientAuth", "keyUsage=digitalSignature"], true), ([], false),
        ])
    func usages(extensions: [String], isForClients: Bool) throws {
        try Program.succeed(
            "openssl",
            ["req", "-x509", "-key", "a.key", "-out", "b.pem", "-subj", "/CN=b"]
                + extensions.flatMap { ["-addext", $0] }, in: work.path)
        let certificate = try #require(try Certificate.read(try bytes("b.pem"), name: "b.pem").first)
        #expect(certificate.isForClientAuthentication == isForClients)
    }

    @Test(
        "algorithm, bits and hash are what openssl made",
        arguments: [("rsa:1024", "-sha1", "RSA", 1024, "SHA1"), ("rsa:2048", "-md5", "RSA", 2048, "MD5")])
    func strengths(key: String, hash: String, algorithm: String, bits: Int, name: String) throws {
        try openssl(
            "req", "-x509", "-newkey", key, "-nodes", hash, "-keyout", "c.key", "-out", "c.pem", "-subj", "/CN=c")
        let certificate = try #require(try Certificate.read(try bytes("c.pem"), name: "c.pem").first)
        #expect(certificate.strength.algorithm == algorithm)
        #expect(certificate.strength.bitCount == bits)
        #expect(certificate.signatureHash == name)
    }

    @Test("keys are read as openssl writes them", arguments: ["PKCS #8", "PKCS #1", "EC"])
    func keys(form: String) throws {
        switch form {
        case "PKCS #1": try openssl("rsa", "-in", "a.key", "-traditional", "-out", "k")
        case "EC": try openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "k")
        default: try openssl("pkey", "-in", "a.key", "-out", "k")
        }
        let key = try PrivateKey(pem: try bytes("k"), name: "k")
        #expect(key.strength.isRSA == (form != "EC"))
        let publicKey = try Program.succeed(
            "openssl", ["pkey", "-in", "k", "-pubout", "-outform", "DER"], in: work.path)
        #expect(key.publicKey == publicKey.outputBytes)
    }

    @Test("an encrypted key, none, two and a damaged one are each told as that, and nobody is asked for a password")
    func badKeys() throws {
        try openssl("pkey", "-in", "a.key", "-aes256", "-passout", "pass:x", "-out", "encrypted")
        try openssl("rsa", "-in", "a.key", "-aes256", "-traditional", "-passout", "pass:x", "-out", "old")
        let key = try bytes("a.key")
        let cases: [([UInt8], CryptographyError.Code)] = [
            (try bytes("encrypted"), .wrongPassword), (try bytes("old"), .wrongPassword),
            (try bytes("a.pem"), .noPrivateKey), (key + key, .severalPrivateKeys),
            (Array(String(decoding: key, as: UTF8.self).replacing("MII", with: "XII").utf8), .malformed),
        ]
        for (bytes, code) in cases {
            let error = #expect(throws: CryptographyError.self) { try PrivateKey(pem: bytes, name: "k") }
            #expect(error?.code == code)
        }
    }

    @Test("a new key has 2048 bits, and no two are alike")
    func newKeys() {
        let keys = [PrivateKey.newRSA(), PrivateKey.newRSA()]
        #expect(keys.allSatisfy { $0.strength.isRSA && $0.strength.bitCount == 2048 })
        #expect(keys[0].publicKey != keys[1].publicKey)
    }
}
