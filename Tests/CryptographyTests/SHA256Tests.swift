// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import TSMediaTestSupport
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    private static func openSSL(_ bytes: [UInt8]) throws -> SHA256Digest? {
        SHA256Digest(bytes: try Program.succeed("openssl", ["dgst", "-sha256", "-binary"], input: bytes).outputBytes)
    }

    private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test("the examples of FIPS 180-4 have their digests")
    func examples() {
        for (text, digest) in [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            #expect(SHA256.digest(of: text.utf8).description == digest)
        }
    }

    @Test("any division into pieces gives the digest that openssl gives of the whole")
    func pieces() throws {
        let whole = Self.bytes(1 << 20 | 17, seed: 1)
        let expected = try #require(try Self.openSSL(whole))
        var generator = SeededGenerator(seed: 2)
        let hash = SHA256()
        for _ in 0..<5 {
            var rest = whole[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 0...100_000, using: &generator))
                hash.update(piece)
                rest = rest.dropFirst(piece.count)
            }
            #expect(hash.finalize() == expected)
        }
    }

    @Test("a hash starts again after its end and after a reset, and has no memory of what was before")
    func reuse() {
        let hash = SHA256()
        hash.update("abandoned".utf8)
        hash.reset()
        hash.update("abc".utf8)
        #expect(hash.finalize() == SHA256.digest(of: "abc".utf8))
        #expect(hash.finalize() == SHA256.digest(of: "".utf8))
    }

    @Test("bytes that lie in no array are taken as well")
    func lazySequences() throws {
        let bytes = (0..<70_000).lazy.map { UInt8(truncatingIfNeeded: $0) }
        #expect(SHA256.digest(of: bytes) == (try Self.openSSL(Array(bytes))))
    }
}
