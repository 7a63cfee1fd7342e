// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DistributionPoints

@Suite("verification index")
struct VerificationIndexTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private var store: FilePath { folder.appending("store") }

    /// A time at which `identity` had not changed for ten seconds.
    private func later(than identity: FileIdentity) -> FileIdentity.Instant {
        .init(seconds: identity.changed.seconds + 10, nanoseconds: 0)
    }

    private func file(_ text: String, _ name: String) throws -> (FilePath, FileIdentity, SHA256Digest) {
        let path = try folder.write(text.utf8, to: name)
        return (path, try FileIdentity(of: path), SHA256.digest(of: text.utf8))
    }

    @discardableResult
    private func remember(_ text: String, _ name: String, in index: VerificationIndex) throws -> FileIdentity {
        let (path, identity, digest) = try file(text, name)
        #expect(index.remember(identity, digest, path: path, hashingBegan: later(than: identity)))
        return identity
    }

    @Test("what was saved is known to the next process, with its path")
    func remembers() throws {
        let index = VerificationIndex(folder: store)
        let digest = SHA256.digest(of: "a".utf8)
        let inFileLib = "FileLib/\(digest.upperCase.prefix(4))/\(digest.upperCase)"
        let identity = try remember("a", inFileLib, in: index)
        try remember("b", "other name", in: index)
        #expect(index.isVerified(identity, digest))
        try index.save()
        let next = VerificationIndex(folder: store)
        #expect(next.isVerified(identity, digest))
        #expect(next.digest(of: identity) == digest)
        #expect(
            Set(next.files.map(\.path)) == [folder.appending("other name"), folder.path.pushing(FilePath(inFileLib))])
        #expect(!next.isVerified(identity, SHA256.digest(of: "b".utf8)))
    }

    @Test("a file that changed in any of the five fields is not known", arguments: 0..<5)
    func notices(field: Int) throws {
        let index = VerificationIndex(folder: store)
        let old = try remember("a", "file", in: index)
        func next(_ instant: FileIdentity.Instant) -> FileIdentity.Instant {
            .init(seconds: instant.seconds, nanoseconds: instant.nanoseconds ^ 1)
        }
        let changed = FileIdentity(
            device: field == 0 ? old.device + 1 : old.device, inode: field == 1 ? old.inode + 1 : old.inode,
            byteCount: field == 2 ? old.byteCount + 1 : old.byteCount,
            modified: field == 3 ? next(old.modified) : old.modified,
            changed: field == 4 ? next(old.changed) : old.changed)
        #expect(!index.isVerified(changed, SHA256.digest(of: "a".utf8)))
    }

    @Test("putting the bytes and mtime of another version in place is noticed by ctime")
    func noticesBackdating() throws {
        let index = VerificationIndex(folder: store)
        let old = try remember("aaaa", "file", in: index)
        usleep(20_000)
        let path = try folder.write("bbbb".utf8, to: "file")
        let time = timespec(tv_sec: Int(old.modified.seconds), tv_nsec: Int(old.modified.nanoseconds))
        #expect(utimensat(AT_FDCWD, path.string, [time, time], 0) == 0)
        let new = try FileIdentity(of: path)
        #expect(new.modified == old.modified && new.byteCount == old.byteCount && new.inode == old.inode)
        #expect(!index.isVerified(new, SHA256.digest(of: "aaaa".utf8)))
    }

    @Test("a file that changed within two seconds of hashing is not remembered", arguments: [-1, 0, 1, 2])
    func racy(seconds: Int64) throws {
        let index = VerificationIndex(folder: store)
        let (path, identity, digest) = try file("a", "file")
        let began = FileIdentity.Instant(
            seconds: identity.changed.seconds + seconds, nanoseconds: identity.changed.nanoseconds)
        #expect(!index.remember(identity, digest, path: path, hashingBegan: began))
        #expect(!index.isVerified(identity, digest))
        let settled = FileIdentity.Instant(seconds: began.seconds + 4, nanoseconds: began.nanoseconds)
        #expect(index.remember(identity, digest, path: path, hashingBegan: settled))
    }

    @Test("processes that save at once lose nothing of each other")
    func merges() throws {
        let indexes = (0..<8).map { _ in VerificationIndex(folder: store) }
        for (number, index) in indexes.enumerated() {
            #expect(index.files.isEmpty)
            for file in 0..<5 { try remember("\(number) \(file)", "\(number)-\(file)", in: index) }
        }
        WorkerThreads.run(count: indexes.count) { number in try? indexes[number].save() }
        #expect(VerificationIndex(folder: store).files.count == 40)
    }

    @Test("any truncation and any flipped bit gives an empty index, never an error")
    func damage() throws {
        let index = VerificationIndex(folder: store)
        let identity = try remember("a", "file", in: index)
        try index.save()
        let bytes = try SmallFile.read(index.path)
        let digest = SHA256.digest(of: "a".utf8)
        #expect(VerificationTable(bytes: bytes)?.count == 1)
        for count in bytes.indices { #expect(VerificationTable(bytes: Array(bytes[..<count])) == nil) }
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 1 << UInt8(position % 8)
            #expect(VerificationTable(bytes: damaged) == nil)
        }
        try TestFolder.write(bytes.dropLast(), to: index.path)
        let next = VerificationIndex(folder: store)
        #expect(!next.isVerified(identity, digest) && next.files.isEmpty)
        try remember("b", "other", in: next)
        try next.save()
        #expect(VerificationIndex(folder: store).files.count == 1)
    }

    @Test("an index that others could have written is not believed")
    func permissions() throws {
        let index = VerificationIndex(folder: store)
        let identity = try remember("a", "file", in: index)
        try index.save()
        #expect(try Stat(index.path).permissions == .ownerReadWrite)
        #expect(try Stat(store).permissions == .ownerReadWriteExecute)
        #expect(chmod(index.path.string, 0o666) == 0)
        #expect(!VerificationIndex(folder: store).isVerified(identity, SHA256.digest(of: "a".utf8)))
    }

    @Test("pruning forgets what is gone or has changed, and only that")
    func prunes() throws {
        let index = VerificationIndex(folder: store)
        for name in ["kept", "gone", "changed"] { try remember(name, name, in: index) }
        try index.save()
        #expect(unlink(folder.appending("gone").string) == 0)
        try folder.write("changed!".utf8, to: "changed")
        let next = VerificationIndex(folder: store)
        #expect(next.prune() == 2)
        try next.save()
        #expect(VerificationIndex(folder: store).files.map(\.path.lastComponent?.string) == ["kept"])
        #expect(VerificationIndex(folder: store).prune() == 0)
    }

    @Test("very many files are compact, sorted and found")
    func large() throws {
        let count = Rounds.of(100_000)
        // Hashing so many texts in a debug build would take longer than all the rest.
        let digests = (0..<100).map { SHA256.digest(of: "\($0)".utf8) }
        let paths = digests.map { FilePath("/lib/FileLib/\($0.upperCase.prefix(4))/\($0.upperCase)") }
        let files = (0..<count).map { number in
            let digest = digests[number % 100]
            let instant = FileIdentity.Instant(seconds: Int64(number), nanoseconds: 5)
            return VerifiedFile(
                path: paths[number % 100],
                identity: FileIdentity(
                    device: 1, inode: UInt64(number ^ 0x5555), byteCount: 7, modified: instant, changed: instant),
                sha256: digest, day: 1)
        }
        let bytes = VerificationTable.encode(files)
        #expect(bytes.count < count * 88 + 100)
        let start = ContinuousClock.now
        let table = try #require(VerificationTable(bytes: bytes))
        // The promise is 100 ms; a factor for a debug build on a busy machine.
        #expect(ContinuousClock.now - start < .milliseconds(500))
        for file in files.shuffled().prefix(100) { #expect(table.file(file.key) == file) }
        #expect(table.file(.init(device: 2, inode: 1)) == nil)
    }

    @Test("too many files: those remembered longest ago go first")
    func limit() {
        let instant = FileIdentity.Instant(seconds: 0, nanoseconds: 0)
        let files = (0..<6).map { number in
            VerifiedFile(
                path: "/f",
                identity: FileIdentity(
                    device: 1, inode: UInt64(number), byteCount: 0, modified: instant, changed: instant),
                sha256: SHA256.digest(of: []), day: UInt32(number % 3))
        }
        #expect(VerificationIndex.newest(files, limit: 2).map(\.key.inode).sorted() == [2, 5])
    }

    @Test("a store that is told to hash again believes nothing but goes on remembering")
    func rehash() throws {
        let (path, identity, digest) = try file("a", "file")
        let first = ContentStore(folder: store)
        first.remember(path, identity, digest, hashingBegan: later(than: identity))
        try first.save()
        #expect(ContentStore(folder: store).isVerified(identity, digest))
        #expect(ContentStore(folder: store).digest(of: identity) == digest)
        let again = ContentStore(folder: store, rehash: true)
        #expect(!again.isVerified(identity, digest))
        #expect(again.digest(of: identity) == nil)
    }

    @Test("a store that cannot be written says so")
    func unwritable() throws {
        try folder.write("x".utf8, to: "store")
        let unwritable = ContentStore(folder: store)
        let (path, identity, digest) = try file("a", "file")
        unwritable.remember(path, identity, digest, hashingBegan: later(than: identity))
        #expect(throws: FileError.self) { try unwritable.save() }
    }

    @Test(
        "the default folder follows the XDG specification",
        arguments: [
            ("/c", "/home/u", "/c/tsmedia"), (nil, "/home/u", "/home/u/.cache/tsmedia"),
            ("relative", "/home/u", "/home/u/.cache/tsmedia"), (nil, "relative", "/account/.cache/tsmedia"),
            ("", "", "/account/.cache/tsmedia"), (nil, nil, "/account/.cache/tsmedia"),
        ] as [(FilePath?, FilePath?, FilePath)])
    func defaultFolder(cacheHome: FilePath?, home: FilePath?, expected: FilePath) {
        #expect(
            ContentStore.defaultFolder(cacheHome: cacheHome, home: home, accountHome: "/account") == expected)
    }
}
