// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Provenance
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A new key of Ed25519.
func newKey() throws -> SigningKey {
    let pem = try Program.succeed("openssl", ["genpkey", "-algorithm", "ed25519"])
    return try SigningKey(pem: pem.outputBytes, name: "key")
}

@Suite("signed envelopes")
struct EnvelopeTests {
    private static let script = """
        import json, sys
        from securesystemslib.dsse import Envelope
        from securesystemslib.signer import SSlibKey, SigstoreKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
        data = json.load(open(sys.argv[1]))
        envelope = Envelope.from_dict(data)
        pem = load_pem_public_key(open(sys.argv[2], 'rb').read())
        key = SSlibKey.from_crypto(pem, keyid=data['signatures'][0]['keyid'])
        envelope.verify([key], 1)
        sys.stdout.write(envelope.payload.decode())
        """

    @Test(
        "securesystemslib accepts an envelope of ours, with Ed25519 and with RSA",
        .enabled(if: PythonPackages.haveValidators, "\(PythonPackages.validatorReason)"),
        arguments: [["-algorithm", "ed25519"], ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]])
    func othersAccept(kind: [String]) throws {
        let folder = try TestFolder()
        let (path, pub, file) = (
            folder.path.appending("key"), folder.path.appending("pub"), folder.path.appending("envelope")
        )
        try Program.succeed("openssl", ["genpkey", "-out", path.string] + kind)
        try Program.succeed("openssl", ["pkey", "-in", path.string, "-pubout", "-out", pub.string])
        let key = try SigningKey(pem: try SmallFile.read(path), name: "key")
        let payload = Array("{\"text\":\"a \u{e9} b\"}".utf8)
        let envelope = SignedEnvelope(signing: payload, type: SignedEnvelope.inTotoType, with: key)
        try AtomicFile.write(try envelope.encoded(), to: file)
        let isRSA = kind.contains("RSA")
        // securesystemslib takes PSS for RSA unless it is told.
        let script =
            isRSA ? Self.script.replacing("keyid=data", with: "scheme='rsa-pkcs1v15-sha256', keyid=data") : Self.script
        #expect(try PythonPackages.run(script, [file.string, pub.string]) == String(decoding: payload, as: UTF8.self))
    }

    @Test("what is read is what was written")
    func roundTrip() throws {
        let key = try newKey()
        let envelope = SignedEnvelope(signing: [1, 2, 250], type: "text/x-test", with: key)
        let read = try #require(SignedEnvelope(try envelope.encoded()))
        #expect(read == envelope)
        #expect(read.isSigned(by: key.verificationKey))
        #expect(!read.isSigned(by: try newKey().verificationKey))
    }

    @Test("another payload, another type and no signature are not accepted")
    func refusesChanges() throws {
        let key = try newKey()
        let text = String(
            decoding: try SignedEnvelope(signing: Array("abc".utf8), type: "text/x-a", with: key).encoded(),
            as: UTF8.self)
        let payload = try #require(SignedEnvelope(Array(text.replacing("YWJj", with: "YWJk").utf8)))
        #expect(!payload.isSigned(by: key.verificationKey))
        let type = try #require(SignedEnvelope(Array(text.replacing("text/x-a", with: "text/x-b").utf8)))
        #expect(!type.isSigned(by: key.verificationKey))
        #expect(SignedEnvelope(Array("{\"payload\":\"YWJj\",\"payloadType\":\"a\",\"signatures\":[]}".utf8)) == nil)
        #expect(SignedEnvelope(Array("{}".utf8)) == nil)
        #expect(SignedEnvelope([]) == nil)
    }

    @Test("damaged envelopes are never accepted, nor end the program")
    func damaged() throws {
        let key = try newKey()
        let bytes = try SignedEnvelope(signing: Array("abc".utf8), type: "text/x-a", with: key).encoded()
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << bit
                guard let read = SignedEnvelope(damaged), read.isSigned(by: key.verificationKey) else { continue }
                // The name of a key is a hint, spaces are none; what was signed is the same.
                #expect(read.payload == Array("abc".utf8) && read.payloadType == "text/x-a")
            }
        }
    }
}
