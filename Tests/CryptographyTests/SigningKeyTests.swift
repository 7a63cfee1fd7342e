// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("signatures")
struct SigningKeyTests {
    /// Kinds of keys that sign, as openssl makes them.
    private static let kinds = [["-algorithm", "ed25519"], ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]]
    private let message = Array("what is signed".utf8)

    private func make(_ arguments: [String], _ name: FilePath) throws -> [UInt8] {
        try Program.succeed("openssl", ["genpkey", "-out", name.string] + arguments)
        return try SmallFile.read(name)
    }

    @Test("openssl accepts a signature, and it is the same each time", arguments: kinds)
    func opensslAccepts(kind: [String]) throws {
        let folder = try TestFolder()
        let (path, file, text) = (
            folder.path.appending("key"), folder.path.appending("sig"), folder.path.appending("text")
        )
        let key = try SigningKey(pem: try make(kind, path), name: "key")
        let signature = key.signature(of: message)
        #expect(signature == key.signature(of: message))
        #expect(signature.count == key.signatureByteCount)
        try AtomicFile.write(signature, to: file)
        try AtomicFile.write(message, to: text)
        let isRSA = kind.contains("RSA")
        let arguments =
            ["pkeyutl", "-verify", "-inkey", path.string, "-rawin", "-in", text.string, "-sigfile", file.string]
            + (isRSA ? ["-digest", "sha256"] : [])
        try Program.succeed("openssl", arguments)
    }

    @Test("a key accepts its signatures and no others", arguments: kinds)
    func acceptsItsOwnAlone(kind: [String]) throws {
        let folder = try TestFolder()
        let key = try SigningKey(pem: try make(kind, folder.path.appending("key")), name: "key")
        let other = try SigningKey(pem: try make(kind, folder.path.appending("other")), name: "other")
        let signature = key.signature(of: message)
        let read = try VerificationKey(der: key.verificationKey.der, name: "key")
        #expect(read.accepts(signature, of: message))
        #expect(!read.accepts(signature, of: message + [0]))
        #expect(!read.accepts([], of: message))
        #expect(!other.verificationKey.accepts(signature, of: message))
        for index in signature.indices {
            var damaged = signature
            damaged[index] ^= 1
            #expect(!read.accepts(damaged, of: message))
        }
    }

    @Test("keys whose signatures are random or weak are refused, with what to do")
    func refusesOthers() throws {
        let folder = try TestFolder()
        for arguments in [
            ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
            ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], ["-algorithm", "ed448"],
        ] {
            let bytes = try make(arguments, folder.path.appending("key"))
            let error = #expect(throws: CryptographyError.self) { try SigningKey(pem: bytes, name: "key") }
            #expect(error?.code == .unsupported)
            #expect(error?.nextStep?.description.contains("ed25519") == true)
        }
    }

    @Test("an encrypted key is opened by its password alone")
    func encryptedKey() throws {
        let folder = try TestFolder()
        let bytes = try make(
            ["-algorithm", "ed25519", "-aes256", "-pass", "pass:secret"], folder.path.appending("key"))
        #expect(throws: Never.self) { try SigningKey(pem: bytes, password: Array("secret".utf8), name: "key") }
        for password in [nil, Array("other".utf8), [], Array("secret".utf8) + [0]] as [[UInt8]?] {
            let error = #expect(throws: CryptographyError.self) {
                try SigningKey(pem: bytes, password: password, name: "key")
            }
            #expect(error?.code == .wrongPassword)
        }
    }

    @Test("public keys are read as openssl writes them, and what is none is refused")
    func publicKeys() throws {
        let folder = try TestFolder()
        let path = folder.path.appending("key")
        let key = try SigningKey(pem: try make(Self.kinds[0], path), name: "key")
        let pem = try Program.succeed("openssl", ["pkey", "-in", path.string, "-pubout"])
        #expect(try VerificationKey(pem: pem.outputBytes, name: "public") == key.verificationKey)
        let der = try Program.succeed("openssl", ["pkey", "-in", path.string, "-pubout", "-outform", "DER"])
        let digest = try Program.run("openssl", ["dgst", "-sha256", "-r"], input: der.outputBytes)
        #expect(digest.output.hasPrefix(key.verificationKey.fingerprint.description))
        #expect(throws: CryptographyError.self) { try VerificationKey(pem: try SmallFile.read(path), name: "private") }
        #expect(throws: CryptographyError.self) { try VerificationKey(der: der.outputBytes + [0], name: "longer") }
        #expect(throws: CryptographyError.self) { try VerificationKey(der: [], name: "none") }
    }

    @Test("signatures of ECDSA on P-256 are accepted, for what others signed")
    func elliptic() throws {
        let folder = try TestFolder()
        let (path, text) = (folder.path.appending("key"), folder.path.appending("text"))
        _ = try make(["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], path)
        try AtomicFile.write(message, to: text)
        let signature = try Program.succeed("openssl", ["dgst", "-sha256", "-sign", path.string, text.string])
        let pem = try Program.succeed("openssl", ["pkey", "-in", path.string, "-pubout"])
        let key = try VerificationKey(pem: pem.outputBytes, name: "public")
        #expect(key.accepts(signature.outputBytes, of: message))
        #expect(!key.accepts(signature.outputBytes, of: message + [1]))
    }

    @Test("MD5 agrees with openssl")
    func md5() throws {
        let sum = MD5()
        message.withUnsafeBytes { sum.update($0) }
        #expect(try sum.finalize() == Program.run("openssl", ["dgst", "-md5", "-binary"], input: message).outputBytes)
    }
}
