// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What the program says, where, and in which form.
@Suite("Messages, progress and logs")
struct MessageTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func build(_ more: [String]) throws -> ProgramResult {
        try session.succeed(session.arguments(.standalone, "media.iso", ["--force"] + more))
    }

    // MARK: Standard output and standard error

    @Test("standard output has the result only, in one line")
    func result() throws {
        let result = try build([])
        let size = try FileIdentity(of: session.folder.appending("media.iso")).byteCount
        #expect(result.output.hasPrefix("wrote media.iso: stand-alone media, "))
        #expect(result.output.contains(", \(size) bytes ("))
        #expect(result.output.split(separator: "\n").count == 1)
    }

    @Test("--json leaves one JSON document on standard output", arguments: ProgressArgument.all)
    func json(progress: String) throws {
        let document = try JSONValue(parsing: try build(["--json", "--progress", progress]).output)
        #expect(document.mediaType.text == "FullMedia")
        for command in ["inspect", "verify"] {
            let result = try session.succeed([command, "media.iso", "--json", "--progress", progress])
            #expect(try JSONValue(parsing: result.output).keys.count > 3)
        }
    }

    @Test("--json prints nothing on standard output when the command fails")
    func jsonFailure() throws {
        let result = try session.run(session.arguments(.standalone, "media.iso", ["--json", "--package", "XYZ00001"]))
        #expect(result.status == 66)
        #expect(result.output.isEmpty)
    }

    // MARK: Progress

    /// The values of `--progress`.
    enum ProgressArgument {
        static let all = ["auto", "ansi", "plain", "json", "none"]
    }

    @Test("--progress json writes nothing but JSON objects, one a line, on standard error")
    func progressJSON() throws {
        let result = try build(["--progress", "json", "--rehash"])
        let lines = try result.errorText.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        let finished = try #require(lines.first { $0.event.text == "finished" && $0.phase.text == "writing" })
        #expect(finished.completedSize.number == finished.totalSize.number)
        #expect((finished.totalSize.number ?? 0) > 10_000_000)
        #expect((finished.rate.number ?? 0) > 0)
        #expect(lines.contains { $0.event.text == "note" && $0.message.text?.hasPrefix("no password") == true })
    }

    @Test("--progress json reports an error as an object too")
    func errorJSON() throws {
        let result = try session.run(
            session.arguments(.standalone, "media.iso", ["--progress", "json", "--package", "XYZ00001"]))
        let last = try JSONValue(parsing: String(result.errorText.split(separator: "\n").last ?? ""))
        #expect(last.event.text == "error")
        #expect(last.message.text?.hasPrefix("package XYZ00001 ") == true)
    }

    @Test("with --json every line on standard error is an object, whatever it tells")
    func everythingJSON() throws {
        for words in [["--rehash"], ["--verbose", "--progress", "none"], ["--package", "XYZ00001"]] {
            let result = try session.run(session.arguments(.standalone, "media.iso", ["--json", "--force"] + words))
            let lines = try result.errorText.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            let events = Set(lines.compactMap(\.event.text))
            #expect(lines.count > 0 && lines.allSatisfy { $0.event.text != nil }, "\(result.errorText)")
            #expect(words == ["--package", "XYZ00001"] ? events.contains("error") : events.contains("note"))
        }
    }

    @Test("a bad option is an object too, and is logged")
    func usageErrorJSON() throws {
        let log = session.work.appending("log")
        let password = try session.work.write([UInt8](), to: "password")
        let result = try session.run(
            session.arguments(
                .standalone, "media.iso",
                ["--progress", "json", "--password-file", password.string, "--log-file", log.string]))
        #expect(result.status == 64)
        let message = try #require(try JSONValue(parsing: result.errorText).message.text)
        #expect(message.hasPrefix("--password-file has an empty first line"))
        #expect(String(decoding: try SmallFile.read(log), as: UTF8.self).contains(message))
    }

    @Test("a pipe gets lines without control codes", arguments: ["auto", "plain"])
    func piped(progress: String) throws {
        let text = try build(["--progress", progress]).errorText
        #expect(text.contains("writing: "))
        #expect(text.allSatisfy { $0 == "\n" || $0.asciiValue.map { $0 >= 0x20 } ?? true })
    }

    @Test("--progress ansi redraws one line and clears it at the end")
    func ansi() throws {
        let text = try build(["--progress", "ansi"]).errorText
        #expect(text.contains("writing: "))
        #expect(!text.hasSuffix("\u{1B}[K"))
    }

    @Test("a terminal gets a bar and no bar in a dumb one", arguments: ["xterm", "dumb"])
    func terminal(kind: String) throws {
        let words = try ([BuiltProgram.tsmedia.string] + session.arguments(.standalone, "media.iso", ["--force"]))
            .map { "'\($0)'" }.joined(separator: " ")
        // script(1) gives the program a terminal.
        let result = try Program.succeed(
            "script", ["-qec", words, "/dev/null"], environment: ["TERM": kind, "HOME": session.work.path.string],
            in: session.folder)
        #expect(result.output.contains("writing: "))
        if kind == "dumb" { #expect(!result.output.contains("\u{1B}")) }
    }

    @Test("--progress none says nothing of progress")
    func none() throws {
        let text = try build(["--progress", "none"]).errorText
        #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("note: ") || $0.hasPrefix("warning: ") })
    }

    @Test("an unknown kind of progress is a usage error that lists the kinds")
    func unknownProgress() throws {
        let result = try session.run(session.arguments(.capture, "media.iso", ["--progress", "loud"]))
        #expect(result.status == 64)
        #expect(result.errorText.contains("--progress"))
        #expect(ProgressArgument.all.allSatisfy { result.errorText.contains($0) })
    }

    // MARK: The log

    /// A line as CMTrace reads it: text, time with bias, date, and the five attributes.
    private func isCMTrace(_ line: Substring) -> Bool {
        let pattern =
            /<!\[LOG\[.+\]LOG\]!><time="\d\d:\d\d:\d\d\.\d{3}[+-]\d{3}" date="\d\d-\d\d-\d{4}" component="[^"]+" context="[^"]*" type="[123]" thread="\d+" file="[^"]+">/
        return line.wholeMatch(of: pattern) != nil
    }

    @Test("--log-file appends lines that CMTrace reads, warnings as type 2 and errors as type 3")
    func log() throws {
        let log = session.work.appending("tsmedia.log")
        try session.create(.capture, "media.iso", ["--log-file", log.string])
        let failed = try session.run(session.arguments(.capture, "media.iso", ["--log-file", log.string]))
        #expect(failed.status == 73)
        let text = String(decoding: try SmallFile.read(log), as: UTF8.self)
        #expect(text.hasSuffix("\r\n"))
        let lines = text.split(separator: "\r\n")
        #expect(lines.count >= 4)
        #expect(lines.allSatisfy(isCMTrace))
        #expect(lines.contains { $0.contains("create capture media media.iso") && $0.contains(#"type="1""#) })
        #expect(lines.contains { $0.contains("--client-binaries") && $0.contains(#"type="2""#) })
        #expect(lines.last?.contains("output media.iso exists") == true)
        #expect(lines.last?.contains(#"type="3""#) == true)
    }

    @Test("a log that cannot be written is told before anything is built")
    func unwritableLog() throws {
        let result = try session.run(session.arguments(.capture, "media.iso", ["--log-file", "missing/tsmedia.log"]))
        #expect(result.status == 66)
        #expect(result.failure.contains("missing/tsmedia.log"))
        #expect(try session.outputs() == [])
    }

    // MARK: Hostile names

    @Test("control characters in names that the user gave are escaped in errors")
    func escaped() throws {
        let name = "evil\u{1B}[2J\nerror: done"
        let results = [
            try session.run(["inspect", name]), try session.run(["verify", name]),
            try session.run(session.arguments(.capture, name + "/a.iso")),
            try session.run(session.arguments(.capture).replacing(DemoSite.bootImage, by: "./" + name)),
        ]
        for result in results {
            #expect([66, 73].contains(result.status), "\(result.errorText)")
            #expect(!result.errorText.contains("\u{1B}"))
            #expect(result.errorText.split(separator: "\n").filter { $0.hasPrefix("error: ") }.count == 1)
        }
    }

    @Test("--help and --version say what they are and exit 0")
    func help() throws {
        #expect(try session.succeed(["--version"]).output == "0.1.0\n")
        for command in [["--help"], ["create", "standalone", "--help"], ["inspect", "--help"]] {
            #expect(try session.succeed(command).output.contains("USAGE: tsmedia"))
        }
    }
}
