// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What the program makes of its arguments' bytes and of its environment, and the modes of what it writes.
@Suite("The program's surroundings")
struct SurroundingsTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test(
        "an argument that is not UTF-8 is 64 and names it, whatever it is for, and no other name is written",
        arguments: ["--output", "--distribution-point", "--store", "--log-file", "--variable"])
    func bytes(option: String) throws {
        let arguments = session.arguments(.capture, "media.iso", ["--dry-run"])
        // The shell makes a byte that no String can hold.
        let script = "exec \"$0\" \"$@\" \(option) \"$(printf 'm\\377=.iso')\""
        let result = try Program.run(
            "sh", ["-c", script, try BuiltProgram.tsmedia.string] + arguments,
            environment: ["HOME": session.work.path.string], in: session.folder)
        #expect(result.status == 64, "\(result.errorText)")
        #expect(result.failure.contains("is not UTF-8"), "\(result.errorText)")
        #expect(result.failure.contains("argument \(arguments.count + 2) "), "\(result.errorText)")
        #expect(try session.outputs() == [])
    }

    @Test("a TMPDIR that is no folder is named, and a folder that is given instead is not")
    func temporaryFolder() throws {
        let absent = session.work.appending("absent").string
        let result = try session.run(session.arguments(.capture), environment: ["TMPDIR": absent])
        #expect(result.status == 66, "\(result.errorText)")
        #expect(result.failure.contains("\(absent), which TMPDIR names, "), "\(result.failure)")
        #expect(result.failure.hasSuffix("; set TMPDIR to a folder that can be written"), "\(result.failure)")
        #expect(try session.outputs() == [])
        try session.succeed(session.arguments(.capture), environment: ["TMPDIR": ""])
    }

    @Test("a relative HOME makes no folder where one stands")
    func home() throws {
        let words = session.arguments(.capture)
        guard let store = words.firstIndex(of: "--store") else { return }
        let arguments = Array(words[..<store] + words[(store + 2)...]) + ["--dry-run"]
        _ = try session.run(arguments, environment: ["HOME": "relative", "XDG_CACHE_HOME": ""])
        #expect(try session.outputs() == [])
    }

    // MARK: Modes

    private func mode(_ name: String) throws -> UInt32 {
        UInt32(try Stat(session.folder.appending(name)).permissions.rawValue)
    }

    @Test("a task sequence with passwords, or made of a private file, is for its owner; another one for everyone")
    func sequenceModes() throws {
        let secret = """
            <sequence version="3.10"><step type="SMS_TaskSequence_SetVariableAction" name="s">\
            <action>x</action><defaultVarList><variable name="OSDJoinPassword">Geheim12</variable></defaultVarList>\
            </step></sequence>
            """
        let plain = "<sequence version=\"3.10\"></sequence>"
        for (text, mode, expected) in [
            (secret, 0o644, 0o600), (secret, 0o600, 0o600), (plain, 0o644, 0o644), (plain, 0o600, 0o600),
            (plain, 0o640, 0o644),
        ] as [(String, UInt32, UInt32)] {
            try TestFolder.write(text.utf8, to: session.folder.appending("in.xml"))
            #expect(chmod(session.folder.appending("in.xml").string, mode) == 0)
            for container in ["sequence", "object-xml", "export"] {
                try session.succeed([
                    "sequence", "format", "in.xml", "--container", container, "--output", "\(container)-\(mode)",
                    "--force",
                ])
                #expect(try self.mode("\(container)-\(mode)") == expected, "\(text) \(mode) \(container)")
                try Program.succeed("rm", ["\(container)-\(mode)"], in: session.folder)
            }
        }
    }

    @Test("a page that shows passwords is for its owner, one that hides them for everyone")
    func documentModes() throws {
        let export = session.demo.taskSequenceExport.string
        try session.succeed(["sequence", "document", export, "--output", "hidden.html"])
        #expect(try mode("hidden.html") == 0o644)
        let secret = """
            <sequence version="3.10"><step type="SMS_TaskSequence_RunCommandLineAction" name="s">\
            <action>net use \\\\s\\d /user:u --password=Geheim12</action></step></sequence>
            """
        try TestFolder.write(secret.utf8, to: session.folder.appending("in.xml"))
        try session.succeed(["sequence", "document", "in.xml", "--output", "shown.html", "--show-secrets"])
        #expect(try mode("shown.html") == 0o600)
    }

    @Test("a replaced output keeps its mode, an image, a folder and a list of a library alike")
    func replaced() throws {
        for output in ["media.iso", "media"] {
            try session.create(.capture, output)
            #expect(chmod(session.folder.appending(output).string, 0o750) == 0)
            try session.create(.capture, output, ["--force"])
            #expect(try mode(output) == 0o750)
        }
        let source = session.work.appending("source")
        try TestFolder.write("text".utf8, to: source.appending("file"))
        let library = session.work.appending("lib")
        func add(_ version: Int) throws {
            try session.succeed([
                "content", "add", "--create", source.string, "--package-id", "ABC00001", "--version", String(version),
                "--library",
                library.string,
            ])
        }
        try add(1)
        try Program.succeed("find", [library.string, "-name", "*.INI", "-exec", "chmod", "664", "{}", "+"])
        try add(2)
        let kept = try Program.succeed(
            "find",
            [library.appending("PkgLib").string, library.appending("FileLib").string, "-name", "*.INI", "-perm", "664"]
        ).output
        #expect(kept.split(separator: "\n").count == 2, "\(kept)")
    }
}
