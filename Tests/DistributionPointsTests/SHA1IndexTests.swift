// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

@Suite("The index of SHA-1")
struct SHA1IndexTests {
    private let folder: TestFolder
    private let digest = SHA256.digest(of: Array("content".utf8))
    private let sha1 = SHA1.digest(of: Array("content".utf8))

    init() throws { folder = try TestFolder() }

    private func save() throws {
        let store = ContentStore(folder: folder.appending("store"))
        store.sha1Index.remember(digest, sha1: sha1)
        try store.save()
    }

    @Test("what was learned is known in the next run, and not with --rehash")
    func remembers() throws {
        try save()
        #expect(ContentStore(folder: folder.appending("store")).sha1(of: digest) == sha1)
        #expect(ContentStore(folder: folder.appending("store"), rehash: true).sha1(of: digest) == nil)
        #expect(ContentStore(folder: folder.appending("store")).sha1(of: SHA256.digest(of: [])) == nil)
    }

    @Test("two runs do not lose what the other saved")
    func merges() throws {
        let (first, second) = (
            ContentStore(folder: folder.appending("store")), ContentStore(folder: folder.appending("store"))
        )
        let other = SHA256.digest(of: [1])
        first.sha1Index.remember(digest, sha1: sha1)
        second.sha1Index.remember(other, sha1: SHA1.digest(of: [1]))
        try first.save()
        try second.save()
        let third = ContentStore(folder: folder.appending("store"))
        #expect(third.sha1(of: digest) == sha1)
        #expect(third.sha1(of: other) == SHA1.digest(of: [1]))
    }

    @Test("an index that is damaged, cut or writable by others is not believed", arguments: 0..<8)
    func damaged(round: Int) throws {
        try save()
        let path = folder.appending("store").appending("sha1.index")
        var bytes = try SmallFile.read(path)
        switch round {
        case 0: bytes.removeLast()
        case 1: bytes = []
        case 2: break
        default: bytes[bytes.count * (round - 3) / 5] ^= 1
        }
        try AtomicFile.write(bytes, to: path, isSecret: true)
        if round == 2 { try Program.succeed("chmod", ["o+w", path.string]) }
        #expect(ContentStore(folder: folder.appending("store")).sha1(of: digest) == nil)
    }
}
