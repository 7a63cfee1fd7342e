// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What somebody put on media afterwards, with other people's programs: one answer on every kind of media.
@Suite("Foreign names on media")
struct ForeignNameTests {
    // Too long for short names, which mtools would write in a code page instead.
    private static let composed = "a small caf\u{E9}.txt"
    private static let decomposed = "a small cafe\u{301}.txt"
    private static let formats = ["media.iso", "media.img", "media", "OEM.wim"]

    private let session: CommandSession
    private let file: FilePath

    init() throws {
        session = try CommandSession(ownLibrary: true)
        file = try session.work.write("x".utf8, to: "one")
    }

    /// Makes media; a WIM is prestaged, all else is stand-alone, and discs have no UDF, of which xorriso knows nothing.
    private func create(_ output: String, _ package: String? = nil) throws {
        let more =
            (package.map { ["--package", $0] } ?? []) + (output.hasSuffix(".iso") ? ["--file-system", "iso"] : [])
        guard output.hasSuffix(".wim") else { return _ = try session.create(.standalone, output, more) }
        try session.succeed(session.prestaged(output, more))
    }

    /// Puts a file called `name` into the root of media.
    private func add(_ name: String, to output: String) throws {
        let path = session.folder.appending(output).string
        switch FilePath(output).extension {
        case "iso":
            try Program.succeed(
                "xorriso",
                [
                    "-dev", path, "-boot_image", "any", "keep", "-joliet", "on", "-map", file.string, "/\(name)",
                    "-commit",
                ],
                environment: ["LC_ALL": "C.UTF-8"])
        case "img":
            try Program.succeed(
                "mcopy", ["-i", "\(path)@@\(DriveImageTests.volumeOffset)", file.string, "::/\(name)"],
                environment: ["MTOOLS_SKIP_CHECK": "1", "LC_ALL": "C.UTF-8"])
        case "wim":
            try Program.succeed("wimlib-imagex", ["update", path, "1", "--command", "add '\(file)' '/\(name)'"])
        default: try TestFolder.write("x".utf8, to: session.folder.appending(output).appending(name))
        }
    }

    private func findings(_ output: String) throws -> [String] {
        let result = try session.run(["verify", output])
        #expect([0, 65].contains(result.status), "\(result.errorText)")
        let lines = result.findings.split(separator: "\n").map(String.init)
        #expect((result.status == 0) == (lines.count == 1 && lines[0].contains(": intact, ")), "\(result.output)")
        return result.status == 0 ? [] : lines
    }

    @Test("a reserved name is foreign", arguments: formats)
    func reserved(output: String) throws {
        try create(output)
        #expect(try findings(output) == [])
        try add("COM1.txt", to: output)
        #expect(try findings(output) == ["foreign  COM1.txt: is a reserved device name"])
        let report = try JSONValue(parsing: try session.run(["verify", output, "--json"]).output)
        let finding = try #require(report.findings.elements.first)
        #expect(finding.path.text == "COM1.txt" && finding.problem.text == "foreign")
        #expect(finding.reason.text == "is a reserved device name")
        // Such a name is no reason not to look at the rest.
        #expect(try session.run(["inspect", output]).status == 0)
    }

    @Test(
        "two names that Unicode calls equivalent are two files, and one renamed to the other is missing",
        arguments: formats)
    func equivalent(output: String) throws {
        try session.work.write("composed".utf8, to: "source/\(Self.composed)")
        try session.work.write("decomposed".utf8, to: "source/\(Self.decomposed)")
        try session.addContent(session.work.appending("source"), "ABC00077", version: 1)
        try create(output, "ABC00077")
        #expect(try findings(output) == [])
        let root = output.hasSuffix(".wim") ? "_SMSTaskSequence/Packages" : "SMS/PKG"
        let place = "\(root)/ABC00077/"
        let planned = try JSONValue(
            parsing: try session.succeed(["inspect", output, "--json"]).output
        ).contents.elements.first { $0.id.text == "ABC00077" }
        #expect(planned?.files.number == 2)
        try rename(place + Self.composed, to: place + "\(Self.composed)x", on: output)
        #expect(
            try findings(output).map { Array($0.utf8) }
                == [
                    "missing  \(place)\(Self.composed)", "foreign  \(place)\(Self.composed)x",
                ].map { Array($0.utf8) })
        // The other one is there, and does not stand for the one that is gone.
        try rename(place + Self.decomposed, to: place + Self.composed, on: output)
        #expect(
            Set(try findings(output).map { ExactText($0) }) == [
                ExactText("damaged  \(place)\(Self.composed)"), ExactText("missing  \(place)\(Self.decomposed)"),
                ExactText("foreign  \(place)\(Self.composed)x"),
            ])
    }

    private func rename(_ old: String, to new: String, on output: String) throws {
        let path = session.folder.appending(output).string
        let utf8 = ["MTOOLS_SKIP_CHECK": "1", "LC_ALL": "C.UTF-8"]
        switch FilePath(output).extension {
        case "iso":
            try Program.succeed(
                "xorriso",
                [
                    "-dev", path, "-boot_image", "any", "keep", "-joliet", "on", "-mv", "/\(old)", "/\(new)", "--",
                    "-commit",
                ],
                environment: utf8)
        case "img":
            let volume = "\(path)@@\(DriveImageTests.volumeOffset)"
            let copy = session.work.appending("copy").string
            try Program.succeed("mcopy", ["-n", "-o", "-i", volume, "::/\(old)", copy], environment: utf8)
            try Program.succeed("mdel", ["-i", volume, "::/\(old)"], environment: utf8)
            try Program.succeed("mcopy", ["-i", volume, copy, "::/\(new)"], environment: utf8)
        case "wim":
            try Program.succeed("wimlib-imagex", ["update", path, "1", "--command", "rename '/\(old)' '/\(new)'"])
        default:
            let root = session.folder.appending(output)
            #expect(Glibc.rename("\(root)/\(old)", "\(root)/\(new)") == 0)
        }
    }

    @Test("links, and names that are no UTF-8, on folder media are foreign, and the rest is verified")
    func oddEntries() throws {
        try create("media")
        let root = session.folder.appending("media")
        #expect(symlink("/etc/passwd", "\(root)/boot/link") == 0)
        #expect(mkdir("\(root)/bad\u{1B}", 0o755) == 0)
        let name = Array("\(root)/x".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
        let descriptor = open(name, O_CREAT | O_WRONLY, 0o644)
        #expect(descriptor >= 0 && close(descriptor) == 0)
        try CommandSession.flipBit(of: root.appending("bootmgr"), at: -1)
        #expect(
            try findings("media") == [
                "foreign  bad\\u{1B}: contains the forbidden character \\u{1B}",
                "foreign  boot/link: is a link or a special file, which media does not hold", "damaged  bootmgr",
                "foreign  x\u{FFFD}: is not UTF-8",
            ])
    }
}
