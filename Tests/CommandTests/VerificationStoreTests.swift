// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What the store remembers: files that were verified once are not hashed again as long as nothing changed them.
@Suite("Verified content")
struct VerificationStoreTests {
    /// False where a process may not trace its own children; a missing strace is a failure, not a reason to skip.
    static let canTrace = (try? Program.run("strace", ["-o", "/dev/null", "true"]).status).map { $0 == 0 } ?? true

    private let session: CommandSession

    /// A library of the session's own whose files are old enough to be remembered.
    init() throws {
        session = try CommandSession(ownLibrary: true)
        Settling.wait()
    }

    private var setup: FilePath {
        get throws { try session.libraryFile("Setup.cmd", of: DemoSite.toolsPackage) }
    }

    private func rememberedFileCount() throws -> Int64? {
        let report = try session.succeed(["store", "show", "--store", session.store.string, "--json"]).output
        return try JSONValue(parsing: report).verifiedFileCount.number
    }

    /// The files under FileLib that the program read when it made media, by strace.
    private func contentRead(_ more: [String] = []) throws -> Set<String> {
        let trace = session.work.appending("trace")
        try Program.succeed(
            "strace",
            ["-f", "-y", "-e", "trace=read,pread64,readv,preadv,mmap", "-o", trace.string]
                + [try BuiltProgram.tsmedia.string]
                + session.arguments(.standalone, "media.iso", ["--force"] + more),
            environment: ["HOME": session.work.path.string], in: session.folder)
        let lines = String(decoding: try SmallFile.read(trace, limit: 1 << 30), as: UTF8.self).split(separator: "\n")
        return Set(lines.compactMap { $0.firstMatch(of: /FileLib\/....\/([0-9A-F]{64})>/).map { String($0.1) } })
    }

    @Test("a build remembers every file of the library, and the next one makes the same bytes of it")
    func secondBuild() throws {
        try session.create(.standalone, "a.iso")
        let files = Set(session.demo.contents.flatMap { $0.files.values.filter { $0.byteCount > 0 }.map(\.digest) })
            .count
        #expect(try rememberedFileCount() == Int64(files))
        try session.create(.standalone, "b.iso")
        #expect(try session.bytes("a.iso") == session.bytes("b.iso"))
        #expect(try rememberedFileCount() == Int64(files))
    }

    @Test(
        "a second build leaves copying to the kernel, but for what is written directly; --rehash reads everything",
        .enabled(if: canTrace, "needs the right to trace"))
    func contentIsReadOnce() throws {
        let files = session.demo.contents.flatMap { $0.files.values.filter { $0.byteCount > 0 } }
        let all = Set(files.map(\.digest.upperCase))
        // What is large passes through our buffer where the disk takes direct writes (ContentTransfer.DirectWriter), and the
        // boot image is read for its loaders.
        let large = Set(files.filter { $0.byteCount >= 128 << 10 }.map(\.digest.upperCase))
        #expect(try contentRead() == all)
        #expect(try contentRead().isSubset(of: large))
        #expect(large.count < all.count)
        #expect(try contentRead(["--rehash"]) == all)
    }

    @Test("a flipped bit is found in a remembered file, even when its time is set back", arguments: [[], ["--rehash"]])
    func flippedBit(options: [String]) throws {
        try session.create(.standalone, "a.iso")
        let file = try setup
        let reference = session.work.appending("time")
        try Program.succeed("cp", ["-p", file.string, reference.string])
        try CommandSession.flipBit(of: file, at: 0)
        try Program.succeed("touch", ["-r", reference.string, file.string])
        let result = try session.run(session.arguments(.standalone, "b.iso", options))
        #expect(result.status == 65)
        #expect(result.failure.contains("file Setup.cmd of package ABC00011"))
        #expect(try session.outputs() == ["a.iso"])
    }

    @Test("a file that was put in the place of a remembered one is hashed")
    func replacedFile() throws {
        try session.create(.standalone, "a.iso")
        let file = try setup
        try TestFolder.write("@echo tsmedia FIXTURE\r\n".utf8, to: session.work.appending("other"))
        try Program.succeed("touch", ["-r", file.string, session.work.appending("other").string])
        try Program.succeed("mv", [session.work.appending("other").string, file.string])
        #expect(try session.run(session.arguments(.standalone, "b.iso")).status == 65)
    }

    @Test("a store that is damaged, foreign or cannot be written costs time and nothing else", arguments: ["junk", ""])
    func damagedStore(text: String) throws {
        try session.create(.standalone, "a.iso")
        try TestFolder.write(text.utf8, to: session.store.appending("verified.index"))
        try session.create(.standalone, "b.iso")
        #expect(try session.bytes("a.iso") == session.bytes("b.iso"))
        #expect((try rememberedFileCount() ?? 0) > 10)
    }

    @Test("a store that cannot be made is no failure of the build")
    func impossibleStore() throws {
        try session.work.write("a file".utf8, to: "store")
        try session.create(.standalone, "a.iso")
        #expect(try session.run(["verify", "a.iso"]).status == 0)
    }

    @Test("store prune forgets files that are gone")
    func prune() throws {
        try session.create(.standalone, "a.iso")
        let before = try #require(try rememberedFileCount())
        try Program.succeed("rm", [try setup.string])
        try session.succeed(["store", "prune", "--store", session.store.string])
        #expect(try rememberedFileCount() == before - 1)
    }

    @Test("what was verified before a damaged file is remembered")
    func partialBuild() throws {
        try CommandSession.flipBit(of: try setup, at: 0)
        #expect(try session.run(session.arguments(.standalone, "a.iso")).status == 65)
        let remembered = try #require(try rememberedFileCount())
        #expect(remembered > 0)
    }
}
