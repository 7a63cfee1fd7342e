// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import TSMediaTestSupport
import Testing

@Suite("digests and ciphers")
struct DigestTests {
    @Test("SHA-1 and SHA-256 agree with openssl", arguments: [0, 1, 55, 56, 63, 64, 65, 1000])
    func agreesWithOpenSSL(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let sha1 = try Program.run("openssl", ["dgst", "-sha1", "-binary"], input: bytes)
        #expect(SHA1.digest(of: bytes) == sha1.outputBytes)
        let sha256 = try Program.run("openssl", ["dgst", "-sha256", "-binary"], input: bytes)
        #expect(SHA256.digest(of: bytes).bytes == sha256.outputBytes)
    }

    @Test("AES-CBC refuses ciphertext of a wrong length or padding")
    func refusesBadCiphertext() {
        let key = [UInt8](repeating: 7, count: 32)
        let vector = [UInt8](repeating: 0, count: 16)
        let ciphertext = AESCBC.encrypt(Array("hello".utf8), key: key, initializationVector: vector)
        #expect(ciphertext.count == 16)
        #expect(AESCBC.decrypt(ciphertext, key: key, initializationVector: vector) == Array("hello".utf8))
        #expect(AESCBC.decrypt(Array(ciphertext.dropLast()), key: key, initializationVector: vector) == nil)
        #expect(AESCBC.decrypt([], key: key, initializationVector: vector) == nil)
        // Without padding a full block of zeros decrypts to something whose last byte is no padding length.
        let unpadded = AESCBC.encrypt([UInt8](repeating: 0, count: 16), key: key, initializationVector: vector)
        #expect(AESCBC.decrypt(Array(unpadded.prefix(16)), key: key, initializationVector: vector) == nil)
    }
}
