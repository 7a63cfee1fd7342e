// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Builds that are stopped at some moment, on content that is large enough to be stopped in.
@Suite("Interrupted builds")
struct InterruptionTests {
    private let session: CommandSession

    init() throws { session = try CommandSession(demo: try LargeDemo.distributionPoint()) }

    private func isPartial(_ name: String) -> Bool { name.hasSuffix(".tsmedia-partial") }

    /// Sends `signal` to a build of `output` that has begun to write, and returns how the build ended.
    private func stopWriting(
        _ output: String, signal: Int32, prepare: () throws -> Void
    ) throws -> ProgramResult {
        try RunningProgram.end(by: signal) {
            try Program.succeed("rm", ["-rf", output], in: session.folder)
            try prepare()
            return try session.start(session.arguments(.standalone, output, ["--force", "--jobs", "1"]))
        } when: { _ in
            try session.outputs().contains(where: isPartial)
        }
    }

    @Test(
        "Ctrl-C, SIGTERM and a lost terminal while writing: 130, the old output untouched, nothing left",
        arguments: [(SIGINT, "media.iso"), (SIGINT, "media"), (SIGTERM, "media.iso"), (SIGHUP, "media.iso")])
    func whileWriting(signal: Int32, output: String) throws {
        var before = ""
        let result = try stopWriting(output, signal: signal) {
            try session.create(.capture, output)
            before = try session.fingerprint()
        }
        #expect(result.status == 130)
        #expect(result.failure == "error: the operation was interrupted; no output was left; run it again")
        #expect(try session.fingerprint() == before)
    }

    @Test(
        "SIGKILL while writing: the old output untouched, and the next build removes what was left",
        arguments: ["media.iso", "media"])
    func killedWhileWriting(output: String) throws {
        var before = ""
        let result = try stopWriting(output, signal: SIGKILL) {
            try session.create(.capture, output)
            before = try session.fingerprint()
        }
        #expect(result.status == 128 + SIGKILL)
        #expect(try session.outputs().contains(where: isPartial))
        try Program.succeed("sh", ["-c", "mkdir ../partial && mv .*.tsmedia-partial ../partial"], in: session.folder)
        #expect(try session.fingerprint() == before)
        try Program.succeed("sh", ["-c", "mv ../partial/.[!.]* ."], in: session.folder)
        try session.create(.capture, output, ["--force"])
        #expect(try session.outputs() == [output])
        #expect(try session.inspect(output).mediaType.text == "CaptureMedia")
    }

    @Test("SIGKILL while a new output is written leaves nothing under its name", arguments: ["media.iso", "media"])
    func killedFirst(output: String) throws {
        #expect(try stopWriting(output, signal: SIGKILL) {}.status == 128 + SIGKILL)
        #expect(try !session.outputs().isEmpty)
        #expect(try session.outputs().allSatisfy(isPartial))
        try session.create(.capture, output)
        #expect(try session.outputs() == [output])
    }

    @Test(
        "whatever the moment of a signal, the output is the old or the new one, whole", arguments: [SIGINT, SIGKILL],
        [0, 10, 30, 80, 160, 320])
    func anyMoment(signal: Int32, milliseconds: UInt32) throws {
        try session.create(.capture)
        let old = try session.bytes("media.iso")
        let build = try session.start(session.arguments(.standalone, "media.iso", ["--force"]))
        usleep(milliseconds * 1_000)
        build.send(signal)
        let status = try build.waitForEnd().status
        #expect([0, 128 + signal].contains(status))
        if status == 0 {
            #expect(try session.run(["verify", "media.iso"]).status == 0)
        } else if try session.bytes("media.iso") != old {
            // The signal came after the rename.
            #expect(try session.inspect().mediaType.text == "FullMedia")
            #expect(try session.run(["verify", "media.iso"]).status == 0)
        }
        if signal == SIGINT { #expect(try session.outputs() == ["media.iso"]) }
        try session.create(.capture, "media.iso", ["--force"])
        #expect(try session.outputs() == ["media.iso"])
    }

    @Test("Ctrl-C while the boot image is read: 130, nothing left")
    func whilePlanning() throws {
        let wim = session.work.appending("large.wim")
        // Not a WIM at all: it is hashed first. For a folder, because a disc takes none of that size.
        let descriptor = try FileDescriptor.open(wim, .writeOnly, options: .create, permissions: .ownerReadWrite)
        try descriptor.closeAfter { try descriptor.resize(to: 8 << 30) }
        let build = try session.start(
            session.arguments(.capture, "media", ["--progress", "json"]).replacing(
                DemoSite.bootImage, by: wim.string))
        #expect(try build.wait { try build.errorText().contains("reading the boot image") })
        build.send(SIGINT)
        #expect(try build.waitForEnd().status == 130)
        #expect(try session.outputs() == [])
    }

    @Test("one Ctrl-C ends a build that waits for the password")
    func whileWaitingForPassword() throws {
        let build = try session.start(session.arguments(.standalone, "media.iso", ["--password-file", "-"]))
        try build.waitUntilAsleep()
        build.send(SIGINT)
        #expect(try build.waitForEnd().status == 130)
        #expect(try session.outputs() == [])
    }

    @Test("Ctrl-C ends verify with 130, and it says nothing of the media")
    func whileVerifying() throws {
        let media = try session.create(.standalone)
        let result = try RunningProgram.end(by: SIGINT) {
            try session.start(["verify", "media.iso", "--jobs", "1"])
        } when: {
            $0.hasOpen(media)
        }
        #expect(result.status == 130)
        #expect(result.output.isEmpty)
        #expect(!result.errorText.contains("intact"), "\(result.errorText)")
    }

    @Test("one Ctrl-C ends a build that waits for the lock of the store: its media is whole by then")
    func whileWaitingForStore() throws {
        // Content that may have changed in this tick of the clock is not remembered, and nothing is saved.
        try Program.succeed(
            "find", [session.library.string, "-newerct", "3 seconds ago", "-exec", "sleep", "3", ";", "-quit"])
        try TestFolder.makeFolder(session.store)
        try FileLock.withLock(at: session.store.appending("verified.lock")) {
            let build = try session.start(session.arguments(.standalone))
            #expect(try build.wait { try session.outputs() == ["media.iso"] })
            try build.waitUntilAsleep()
            build.send(SIGINT)
            #expect(try build.waitForEnd().status == 0)
        }
        try session.succeed(["verify", "media.iso"])
    }

    @Test("Ctrl-C ends a command that waits for the lock of a content library: 130, and nothing was added")
    func whileWaitingForLibrary() throws {
        let source = session.work.appending("source")
        try TestFolder.write("text".utf8, to: source.appending("file"))
        let library = session.work.appending("lib")
        let arguments = [
            "content", "add", "--create", source.string, "--package-id", "ABC00001", "--library", library.string,
        ]
        try session.succeed(arguments)
        try FileLock.withLock(at: library.appending(".tsmedia").appending("lock")) {
            let program = try session.start(arguments)
            try program.waitUntilAsleep()
            program.send(SIGINT)
            #expect(try program.waitForEnd().status == 130)
        }
        #expect(
            try session.succeed(["content", "list", "--library", library.string, "--json"]).output.contains(
                "ABC00001.1"))
    }

    @Test("Ctrl-C of the terminal while mkntfs runs: 130, not the failure of a program that got it too")
    func whileFormatting() throws {
        let programs = session.work.appending("bin")
        let started = session.work.appending("started")
        try TestFolder.write("#!/bin/sh\n: > '\(started)'\nexec sleep 600\n".utf8, to: programs.appending("mkntfs"))
        #expect(chmod(programs.appending("mkntfs").string, 0o755) == 0)
        let environment = ["PATH": "\(programs):/usr/bin:/bin:/usr/sbin"]
        // A session of its own, whose processes all get the signal as a terminal would send it.
        let program = try session.start(session.prestagedDisk(), environment: environment, ownSession: true)
        #expect(try program.wait { access(started.string, F_OK) == 0 })
        program.sendToGroup(SIGINT)
        let result = try program.waitForEnd()
        #expect(result.status == 130, "\(result.errorText)")
        #expect(try session.outputs() == [])
    }

    @Test("two builds of one output at once leave one whole output")
    func twoAtOnce() throws {
        let builds = try (0..<2).map { _ in
            try session.start(session.arguments(.standalone, "media.iso", ["--force"]))
        }
        let results = try builds.map { try $0.waitForEnd() }
        #expect(results.allSatisfy { [0, 73].contains($0.status) })
        #expect(results.contains { $0.status == 0 })
        #expect(try session.outputs() == ["media.iso"])
        #expect(try session.run(["verify", "media.iso"]).status == 0)
    }

    /// True when what a build writes is there: its folder is marked and locked before.
    private func isBegun(_ name: String) -> Bool {
        let entries = (try? FolderEntry.entries(of: session.folder.appending(name))) ?? []
        return entries.contains { $0.name == "content" }
    }

    @Test("what a running build writes is not taken for a leftover")
    func runningIsNoLeftover() throws {
        var caught: RunningProgram?
        var partial: [String] = []
        for _ in 0..<20 where caught == nil {
            let build = try session.start(session.arguments(.standalone, "media.iso", ["--force", "--jobs", "1"]))
            _ = try build.wait { try session.outputs().contains { isPartial($0) && isBegun($0) } }
            let isStopped = build.stop()
            partial = try session.outputs().filter(isPartial)
            // One that ended before it could be stopped is no witness.
            if isStopped, !partial.isEmpty { caught = build } else { build.send(SIGCONT) }
            if caught == nil { _ = try build.waitForEnd() }
        }
        let build = try #require(caught)
        try session.create(.capture, "media.iso", ["--force"])
        #expect(try session.outputs() == partial + ["media.iso"])
        build.send(SIGCONT)
        #expect(try build.waitForEnd().status == 0)
        #expect(try session.outputs() == ["media.iso"])
        #expect(try session.run(["verify", "media.iso"]).status == 0)
    }
}
