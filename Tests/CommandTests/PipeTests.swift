// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Files that are read or written once may be pipes, as `<(...)` makes them; a pipe may have no other end for ever.
@Suite("Pipes in place of files")
struct PipeTests {
    private let session: CommandSession
    private let pipe: FilePath

    init() throws {
        session = try CommandSession()
        pipe = session.work.appending("pipe")
        #expect(mkfifo(pipe.string, 0o600) == 0)
        try TestFolder.makeFolder(session.work.appending("fleet"))
    }

    /// What reads or writes a file that an option names.
    enum Use: String, CaseIterable {
        case logFile, catalog, fleet, partitionLayout, template, passwordFile
    }

    private func arguments(_ use: Use, _ file: String) -> [String] {
        switch use {
        case .logFile: session.arguments(.standalone, "media.iso", ["--log-file", file, "--dry-run"])
        case .catalog: session.arguments(.standalone, "media.iso", ["--catalog", file, "--dry-run"])
        case .passwordFile: session.arguments(.standalone, "media.iso", ["--password-file", file, "--dry-run"])
        case .fleet:
            [
                "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
                "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
                "--management-point", "http://mp.example.com", "--output", "../fleet", "--fleet", file,
            ]
        case .partitionLayout: session.prestagedDisk("disk.img", ["--partition-layout", file, "--dry-run"])
        case .template:
            [
                "sequence", "new", "capture", "--name", "n", "--boot-image", "ABC00005", "--capture-path",
                "\\\\server\\share\\x.wim", "--capture-account", "D\\c", "--template", file,
            ]
        }
    }

    @Test("a pipe without another end is waited for, and the first signal ends that: 130", arguments: Use.allCases)
    func withoutPartner(use: Use) throws {
        for signal in [SIGINT, SIGTERM] {
            let program = try session.start(arguments(use, pipe.string))
            try program.waitUntilAsleep()
            program.send(signal)
            let result = try program.waitForEnd()
            #expect(result.status == 130, "\(result.errorText)")
            #expect(result.failure == "error: the operation was interrupted; no output was left; run it again")
        }
        #expect(try session.outputs() == [])
    }

    @Test("a pipe whose other end is open and says nothing is left at the first signal too")
    func silentPartner() throws {
        let program = try session.start(arguments(.catalog, pipe.string))
        // Both ends, so that opening waits for nobody.
        let end = try FileDescriptor.open(pipe, .readWrite, options: .closeOnExec)
        try end.writeAll("packages:".utf8)
        try program.waitUntilAsleep()
        program.send(SIGINT)
        #expect(try program.waitForEnd().status == 130)
        try end.close()
    }

    @Test(
        "what a pipe says is read as a file's bytes are, at once or in pieces",
        arguments: [Use.catalog, .passwordFile, .template])
    func readable(use: Use) throws {
        let text =
            switch use {
            case .catalog: "packages: []\n"
            case .passwordFile: "secret\n"
            default: "not XML"
            }
        let file = try session.work.write(text.utf8, to: "file")
        let expected = try session.run(arguments(use, file.string))
        let words = [try BuiltProgram.tsmedia.string] + arguments(use, "/dev/fd/9")
        let script = "exec 9< <(head -c 4 \"$0\"; sleep 0.2; tail -c +5 \"$0\"); \"$@\""
        let result = try Program.run(
            "bash", ["-c", script, file.string] + words, environment: ["HOME": session.work.path.string],
            in: session.folder)
        #expect(result.status == expected.status, "\(result.errorText)")
        #expect(result.output == expected.output)
        #expect(use == .template || result.status == 0)
        #expect(result.errorText.replacing("/dev/fd/9", with: file.string) == expected.errorText)
    }

    @Test("the log can go to a program that reads it")
    func log() throws {
        let words = [try BuiltProgram.tsmedia.string] + arguments(.logFile, "/dev/fd/9")
        let log = session.work.appending("log")
        try Program.succeed(
            "bash", ["-c", "exec 9> >(cat > \"$0\"); \"$@\" && exec 9>&- && wait", log.string] + words,
            environment: ["HOME": session.work.path.string], in: session.folder)
        // The reader may still be on its way.
        for _ in 0..<10_000 where try SmallFile.read(log).isEmpty { usleep(1_000) }
        #expect(String(decoding: try SmallFile.read(log), as: UTF8.self).hasPrefix("<![LOG[tsmedia "))
    }

    @Test("results that nobody reads are left at the first signal")
    func results() throws {
        // A reader that reads nothing, of a pipe that is full.
        let end = try FileDescriptor.open(pipe, .readWrite, options: [.closeOnExec, .nonBlocking])
        while (try? end.writeAll([UInt8](repeating: 0x20, count: 1))) != nil {}
        let program = try session.start(
            session.arguments(.standalone, "media.iso", ["--dry-run", "--json"]), output: pipe)
        try program.waitUntilAsleep()
        program.send(SIGINT)
        #expect(try program.waitForEnd().status == 130)
        try end.close()
    }
}
