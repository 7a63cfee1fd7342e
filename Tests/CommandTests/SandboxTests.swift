// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import tsmedia

@Suite("The sandbox")
struct SandboxTests {
    /// Commands that start programs of others, or drives that need all of a computer.
    private static let free = ["try", "burn", "bootimage build", "bootimage fetch"]

    @Test("every command runs in it, but for those that docs/security.md names")
    func commands() throws {
        func below(_ type: any ParsableCommand.Type, _ words: [String]) -> [(String, any ParsableCommand.Type)] {
            let subcommands = type.configuration.subcommands
            return subcommands.isEmpty
                ? [(words.joined(separator: " "), type)] : subcommands.flatMap { below($0, words + [$0._commandName]) }
        }
        let all = below(TSMedia.self, [])
        #expect(all.filter { !($0.1 is any ConfinedCommand.Type) }.map(\.0).sorted() == Self.free.sorted())
        let page = String(decoding: try SmallFile.read(Repository.file("docs/security.md")), as: UTF8.self)
        #expect(page.contains("**`try`, `burn`, `bootimage build` and `bootimage fetch`** have no sandbox."))
    }

    @Test(
        "code in the program reads no other file, writes nowhere else, asks nobody and starts nothing",
        arguments: ["media.iso", "folder"])
    func plantedCode(output: String) throws {
        let session = try CommandSession()
        let planted = try PlantedCode(in: session)
        let server = try LoopbackListener()
        let (result, attempts) = try planted.run(session.arguments(.capture, output), port: server.port)
        #expect(result.status == 0, "\(result.errorText)")
        let refused = Dictionary(
            uniqueKeysWithValues: ["shadow", "private", "planted", "connect", "program"].map { ($0, "EACCES") })
        #expect(attempts == refused)
        #expect(access(session.work.appending("home/planted").string, F_OK) != 0)
        // The same code gets all of it without.
        let (open, got) = try planted.run(
            session.arguments(.capture, output, ["--force", "--no-sandbox"]), port: server.port)
        #expect(open.status == 0, "\(open.errorText)")
        #expect(got.filter { $0.key != "shadow" }.allSatisfy { $0.value == "done" }, "\(got)")
        #expect(got["shadow"] == (geteuid() == 0 ? "done" : "EACCES"))
    }

    @Test("where a server is named, its port is free and no other; where none is asked, none")
    func ports() throws {
        let session = try CommandSession()
        let (named, other) = (try LoopbackListener(), try LoopbackListener())
        let against = ["verify", "nothing.iso", "--verbose", "--against", "http://127.0.0.1:\(named.port)"]
        let told = try session.run(against).errorText
        #expect(told.contains("sandbox: connects to ports \(named.port)\n"), "\(told)")
        let planted = try PlantedCode(in: session)
        let options = ["--distribution-point", "http://127.0.0.1:\(named.port)", "--prefer-order"]
        // The server says nothing and is not waited for: the library before it has everything.
        let arguments = session.arguments(.capture, "media.iso", options + ["--timeout", "1"])
        #expect(try planted.run(arguments + ["--offline"], port: named.port).attempts["connect"] == "EACCES")
        let attempts = try planted.run(arguments + ["--force"], port: other.port).attempts
        #expect(attempts["connect"] == nil || attempts["connect"] == "EACCES")
    }

    @Test("it is entered before the program has a second thread")
    func order() throws {
        let session = try CommandSession()
        let trace = session.work.appending("trace")
        let result = try Program.run(
            "strace",
            [
                "-f", "-qq", "-o", trace.string, "-e", "trace=landlock_restrict_self,seccomp,clone,clone3,prctl",
                try BuiltProgram.tsmedia.string,
            ] + session.arguments(.capture), environment: ["HOME": session.work.path.string], in: session.folder)
        #expect(result.status == 0, "\(result.errorText)")
        let lines = String(decoding: try SmallFile.read(trace), as: UTF8.self).split(separator: "\n")
        let thread = try #require(lines.firstIndex { $0.contains("clone(") && $0.contains("CLONE_THREAD") })
        for call in ["landlock_restrict_self", "seccomp(SECCOMP_SET_MODE_FILTER", "PR_SET_DUMPABLE"] {
            let index = try #require(lines.firstIndex { $0.contains(call) }, "\(call)")
            #expect(index < thread && lines[index].hasSuffix("= 0"), "\(lines[index])")
        }
    }

    @Test("the log and --verbose say what is in force, and that nothing is")
    func told() throws {
        let session = try CommandSession()
        let log = session.work.appending("run.log")
        let result = try session.succeed(session.arguments(.capture, "media.iso", ["--verbose"]))
        #expect(result.errorText.contains("sandbox: no network\n"))
        #expect(result.errorText.contains("sandbox: starts no program\n"))
        #expect(result.errorText.contains("sandbox: writes to "))
        try session.succeed(["inspect", "media.iso", "--no-sandbox", "--log-file", log.string])
        #expect(String(decoding: try SmallFile.read(log), as: UTF8.self).contains("sandbox: none, as asked"))
    }
}
