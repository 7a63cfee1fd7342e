// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DistributionPoints
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// An index spares content its hashing: what somebody else could have written there is worth nothing.
@Suite("indexes that are not ours alone")
struct ForeignIndexTests {
    private let folder: TestFolder
    private let store: FilePath
    private let identity: FileIdentity
    private let digest = SHA256.digest(of: Array("content".utf8))

    init() throws {
        folder = try TestFolder()
        store = folder.appending("store")
        let file = try folder.write("content".utf8, to: "file")
        try Program.succeed("touch", ["-d", "2020-01-01", file.string])
        // As if it had been hashed a minute after it was made: what is younger is not remembered.
        identity = try FileIdentity(of: file)
        let began = FileIdentity.Instant(seconds: identity.changed.seconds + 60, nanoseconds: 0)
        let writer = ContentStore(folder: store)
        writer.remember(file, identity, digest, hashingBegan: began)
        writer.sha1Index.remember(digest, sha1: SHA1.digest(of: Array("content".utf8)))
        try writer.save()
        try #require(believed() == [true, true])
    }

    /// Whether a new run believes the index of verified files, and that of SHA-1.
    private func believed() -> [Bool] {
        let store = ContentStore(folder: store)
        return [store.isVerified(identity, digest), store.sha1(of: digest) != nil]
    }

    private static let names = ["verified.index", "sha1.index"]

    @Test("an index that the group or others may write is not believed", arguments: ["g+w", "o+w", "a+w"])
    func writable(mode: String) throws {
        for (number, name) in Self.names.enumerated() {
            try Program.succeed("chmod", [mode, store.appending(name).string])
            #expect(!believed()[number], "\(name)")
            try Program.succeed("chmod", ["0600", store.appending(name).string])
        }
        #expect(believed() == [true, true])
    }

    @Test(
        "an index that belongs to somebody else is not believed",
        .enabled(if: geteuid() == 0, "only root can give a file away"))
    func foreign() throws {
        for (number, name) in Self.names.enumerated() {
            #expect(chown(store.appending(name).string, 65534, 65534) == 0)
            #expect(!believed()[number], "\(name)")
            #expect(chown(store.appending(name).string, 0, 0) == 0)
        }
        #expect(believed() == [true, true])
    }

    @Test("an index behind a link, or a pipe in its place, is not believed and does not hold anybody up")
    func links() throws {
        for (number, name) in Self.names.enumerated() {
            let path = store.appending(name)
            try Program.succeed("mv", [path.string, folder.appending("kept").string])
            try Program.succeed("ln", ["-s", folder.appending("kept").string, path.string])
            #expect(!believed()[number], "\(name)")
            try Program.succeed("rm", [path.string])
            try Program.succeed("mkfifo", [path.string])
            #expect(!believed()[number], "\(name)")
            try Program.succeed("mv", ["-f", folder.appending("kept").string, path.string])
        }
        #expect(believed() == [true, true])
    }
}
