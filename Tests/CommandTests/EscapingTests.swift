// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Nothing from outside reaches a terminal, a line or a log as it is, whatever way it goes.
@Suite("Hostile names in what is printed")
struct EscapingTests {
    private static let hostile = "e\u{1B}[31mvil\u{9B}2J\u{202E}\u{7F}\r\nerror: x"
    private let session: CommandSession

    init() throws { session = try CommandSession(ownLibrary: true) }

    /// Checks that `text` holds line feeds and what is seen, and nothing else.
    private func expectClean(_ text: String, _ comment: Comment, allowing allowed: Set<Unicode.Scalar> = ["\n"]) {
        let bad = text.unicodeScalars.filter { $0.isControl && !allowed.contains($0) }
        #expect(bad.isEmpty, "\(comment): \(bad.map { String($0.value, radix: 16) }) in \(text.debugDescription)")
    }

    @Test("arguments that cannot be parsed, are wrong, or name nothing")
    func arguments() throws {
        for arguments in [
            [Self.hostile], ["--\(Self.hostile)"], ["create", Self.hostile], ["verify", Self.hostile],
            ["verify", "x", "--jobs", Self.hostile], ["create", "bootable", "--\(Self.hostile)=1"],
            ["inspect", "--progress", Self.hostile, "x"], ["sequence", "show", Self.hostile],
            ["content", "list", "--library", Self.hostile], ["store", "show", "--store", "/dev/null/\(Self.hostile)"],
            session.arguments(.bootable, Self.hostile, ["--label", Self.hostile]),
            session.arguments(.standalone, "x.iso", ["--media-size", Self.hostile]),
            session.arguments(.standalone, "x.iso", ["--package", Self.hostile]),
        ] {
            let result = try session.run(arguments)
            // A store that is not there yet is an empty one.
            #expect(result.status != 0 || arguments[0] == "store")
            expectClean(result.errorText, "\(arguments)")
            expectClean(result.output, "\(arguments)")
            // The line that the name would begin is none.
            #expect(!result.errorText.split(separator: "\n").contains("error: x"), "\(result.errorText)")
        }
        // JSON lines are JSON lines, and say what it was.
        let json = try session.run(["verify", Self.hostile, "--progress", "json"])
        expectClean(json.errorText, "JSON lines")
        let line = try #require(json.errorText.split(separator: "\n").first)
        #expect(try JSONValue(parsing: String(line)).message.text?.contains("\\u{1B}[31mvil") == true)
    }

    @Test("findings, lines and tables; JSON says exactly what it is, and spells it in escapes")
    func media() throws {
        let output = "m\u{9B}\u{202E}"
        let created = try session.succeed(session.arguments(.capture, output, ["--progress", "plain"]))
        expectClean(created.output + created.errorText, "create")
        let name = "x\u{9B}31m\u{202E}\u{E0041}y"
        try TestFolder.write("x".utf8, to: session.folder.appending(output).appending(name))
        for command in ["verify", "inspect"] {
            let result = try session.run([command, output, "--progress", "plain"])
            expectClean(result.output + result.errorText, "\(command)")
            let json = try session.run([command, output, "--json"])
            expectClean(json.output, "\(command) --json")
            guard command == "verify" else { continue }
            let report = try JSONValue(parsing: json.output)
            #expect(report.findings.elements.first?.path.text == name)
            #expect(report.media.text == output)
            #expect(json.output.contains(#"x\u009b31m\u202e\udb40\udc41y"#))
        }
        // The plan, which is written piece by piece.
        try session.work.write("x".utf8, to: "source/\(name)")
        try session.addContent(session.work.appending("source"), "ABC00077", version: 1)
        let arguments = session.arguments(.standalone, "p.iso", ["--package", "ABC00077", "--dry-run"])
        expectClean(try session.succeed(arguments).output, "plan")
        let plan = try session.succeed(arguments + ["--json"]).output
        expectClean(plan, "plan as JSON")
        let paths = try JSONValue(parsing: plan).volumes.elements[0].files.elements.compactMap(\.path.text)
        #expect(paths.contains("SMS/PKG/ABC00077/\(name)"))
        for command in [["show", "ABC00077"], ["list"], ["verify"]] {
            let result = try session.run(["content"] + command + ["--library", session.library.string])
            expectClean(result.output + result.errorText, "content \(command)")
        }
    }

    @Test("a log entry ends where it ends, whatever a text holds")
    func log() throws {
        let name = "a]LOG]!>b]LOG]!>\u{301}c]LOG]LOG]!>"
        let result = try session.run(["verify", name + Self.hostile, "--log-file", "log.txt"])
        #expect(result.status == 66)
        let log = String(decoding: try session.bytes("log.txt"), as: UTF8.self)
        expectClean(log, "log", allowing: ["\r", "\n"])
        let bytes = Array(log.utf8)
        func count(_ text: String) -> Int {
            let text = Array(text.utf8)
            return bytes.indices.count { bytes[$0...].starts(with: text) }
        }
        let lines = count("\r\n")
        #expect(lines >= 2)
        #expect(count("]LOG]!>") == lines)
        #expect(count("]LOG]!><time=") == lines)
    }

    @Test("a document is exact in a file and a pipe, and on a terminal it is lines")
    func documentOnTerminal() throws {
        let xml = "<sequence version=\"3.10\"><group name=\"a\u{9B}31m\u{202E}b\"></group></sequence>"
        let file = try session.work.write(xml.utf8, to: "s.xml").string
        let piped = try session.succeed(["sequence", "format", file]).output
        #expect(piped.contains("a\u{9B}31m\u{202E}b"))
        let shown = try Program.succeed(
            "script",
            ["--quiet", "--return", "--command", "'\(BuiltProgram.tsmedia)' sequence format '\(file)'", "/dev/null"],
            environment: ["TERM": "xterm"]
        ).output
        expectClean(shown, "terminal", allowing: ["\r", "\n"])
        #expect(shown.contains("a\\u{009B}31m\\u{202E}b"))
    }

    @Test("task sequences on the screen and in documents", arguments: ["html", "markdown"])
    func documents(format: String) throws {
        // XML carries these, and no others of their kind.
        let name = "S\u{9B}31m\u{202E}\u{2028}\u{7F}"
        let sequence = """
            <sequence version="3.10"><group name="\(name)" description="\(name)"><step type="SMS_TaskSequence_\
            RunCommandLineAction" name="\(name)" description="\(name)"><condition><expression \
            type="SMS_TaskSequence_VariableConditionExpression"><variable name="Operator">equals</variable><variable \
            name="Value">\(name)</variable><variable name="Variable">\(name)</variable></expression></condition><action>\
            \(name)</action><defaultVarList><variable name="\(name)" property="\(name)">\(name)</variable>\
            </defaultVarList></step></group></sequence>
            """
        let file = try session.work.write(sequence.utf8, to: "s.xml").string
        let page = try session.succeed(["sequence", "document", file, "--format", format])
        expectClean(page.output, "\(format)")
        guard format == "html" else { return }
        let other = try session.work.write(sequence.replacing("equals", with: "exists").utf8, to: "t.xml").string
        for arguments in [
            ["show", file, "--details"], ["lint", file], ["diff", file, other], ["references", file],
        ] {
            let result = try session.run(["sequence"] + arguments)
            expectClean(result.output + result.errorText, "\(arguments[0])")
        }
    }
}
