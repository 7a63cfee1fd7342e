// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What somebody sees who sits at a terminal.
@Suite("At a terminal")
struct TerminalTests {
    private let session: CommandSession
    private static let escape: Character = "\u{1B}"

    init() throws { session = try CommandSession() }

    // MARK: Width

    @Test("tables, plans and reports fit the window", arguments: [80, 40])
    func fits(columns: Int) throws {
        let terminal = TerminalSession(session: session, columns: columns)
        try session.create(.capture, "capture.iso")
        let library = ["--library", session.library.string]
        let commands = [
            ["content", "list"] + library, ["content", "show", DemoSite.toolsPackage] + library,
            ["inspect", "capture.iso"], ["verify", "capture.iso", "./capture.iso"],
            ["create", "capture", "--boot-image", DemoSite.bootImage, "--output", "c.iso", "--dry-run"],
        ]
        for command in commands {
            let result = try terminal.run(command)
            for line in result.lines where line.count > columns {
                // A word that is longer than a line is not broken: who copies a path wants all of it.
                #expect(line.split(separator: " ").contains { $0.count > columns - 8 }, "\(command): \(line)")
            }
        }
    }

    @Test("what belongs to a volume stays below it, whatever its names take")
    func indented() throws {
        let plan = try TerminalSession(session: session, columns: 40)
            .run(session.arguments(.standalone, "x.iso", ["--dry-run", "--progress", "none"]))
        let contents = plan.lines.filter { $0.contains("Content_") && !$0.contains("warning") }
        #expect(!contents.isEmpty && contents.allSatisfy { $0.hasPrefix("  ") }, "\(plan.screen)")
    }

    @Test("a message is broken between words, and only where somebody looks")
    func folded() throws {
        let words = ["create", "bootable"]
        let whole = try session.run(words).failure
        let result = try TerminalSession(session: session, columns: 40).run(words)
        #expect(result.status == 64 && result.lines.count > 2)
        #expect(result.lines.allSatisfy { $0.count <= 40 })
        #expect(
            result.lines.flatMap { $0.split(separator: " ") }.joined(separator: " ")
                == whole.split(separator: " ").joined(separator: " "))
    }

    @Test("a bar survives a window that becomes narrower")
    func shrinks() throws {
        let terminal = TerminalSession(session: session, columns: 100)
        let result = try terminal.run(
            session.arguments(.standalone, "media.iso", ["--progress", "ansi", "--rehash"]),
            [.init(text: "writing", columns: 30)])
        #expect(result.status == 0, "\(result.screen)")
        // Bars of the old width are only in front of the first one of the new.
        let last = try #require(result.lines.last { $0.contains("wrote") || $0.contains("media.iso") })
        #expect(!last.contains("["))
        try session.succeed(["verify", "media.iso"])
    }

    // MARK: Colour

    @Test("colour is for terminals, and never with NO_COLOR or in a dumb one")
    func colour() throws {
        let words = ["inspect", "gone.iso"]
        let red = "\u{1B}[1;31merror:\u{1B}[0m"
        #expect(try TerminalSession(session: session).run(words).screen.hasPrefix(red))
        for environment in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
            let terminal = TerminalSession(session: session, environment: environment)
            #expect(try !terminal.run(words).screen.contains(Self.escape), "\(environment)")
        }
        #expect(try TerminalSession(session: session, environment: ["NO_COLOR": ""]).run(words).screen.hasPrefix(red))
        #expect(try !session.run(words).errorText.contains(Self.escape))
    }

    // MARK: Questions

    @Test("a password is asked for twice, and what is typed is not shown")
    func password() throws {
        let arguments =
            session.arguments(.capture, "x", []).replacing("capture", by: "bootable")
            + ["--management-point", "http://mp.example.com", "--password-file", "-", "--progress", "none"]
        let result = try TerminalSession(session: session).run(
            arguments,
            [
                .init(text: "password for --password-file: ", answer: "geheim-7\n"),
                .init(text: "once more: ", answer: "geheim-7\n"),
            ])
        #expect(result.status == 0, "\(result.screen)")
        #expect(!result.screen.contains("geheim"))
        let opened = try session.run(
            ["inspect", "x", "--password-file", "-", "--json"], input: Array("geheim-7\n".utf8))
        #expect(opened.status == 0 && opened.output.contains("SMSTSLocationMPs"), "\(opened.errorText)")
        let asked = try TerminalSession(session: session).run(
            ["inspect", "x", "--password-file", "-"],
            [.init(text: "password for --password-file: ", answer: "geheim-7\n")])
        #expect(asked.status == 0 && !asked.screen.contains("once more") && !asked.screen.contains("geheim"))
    }

    @Test("nobody is asked for a password who has yet to learn that something else is wrong")
    func inVain() throws {
        let gone = session.arguments(.standalone, "x.iso", ["--password-file", "-"])
            .replacing(session.demo.taskSequenceExport.string, by: "gone.zip")
        let certificate = ["--certificate-password-file", "-", "--certificate"]
        let cases: [([String], String)] = [
            (gone, "gone.zip"),
            (["create", "bootable", "--output", "x.iso", "--password-file", "-"], "are missing"),
            (session.arguments(.standalone, "x.iso", certificate + ["gone.pfx"]), "gone.pfx"),
            (["inspect", "gone.iso", "--password-file", "-"], "gone.iso"),
        ]
        for (words, object) in cases {
            // Whoever is asked all the same would end it.
            let asked = TerminalSession.Step(text: "password for", answer: "\u{3}")
            let ended = try #require(throws: TerminalSession.TerminalError.self, "\(words)") {
                try TerminalSession(session: session).run(words, [asked])
            }
            #expect(ended.screen.replacing(/\s+/, with: " ").contains(object), "\(ended.screen)")
        }
    }

    @Test("two different passwords make no media, and Ctrl-C while typing ends with 130")
    func mistyped() throws {
        let arguments = session.arguments(.standalone, "x.iso", ["--password-file", "-", "--progress", "none"])
        let first = TerminalSession.Step(text: "password for --password-file: ", answer: "geheim-7\n")
        let other = try TerminalSession(session: session).run(
            arguments, [first, .init(text: "once more: ", answer: "geheim-8\n")])
        #expect(other.status == 64 && other.screen.contains("two different passwords were typed"), "\(other.screen)")
        let ended = try TerminalSession(session: session).run(
            arguments, [.init(text: "password for --password-file: ", answer: "geh\u{3}")])
        #expect(ended.status == 130, "\(ended.screen)")
        #expect(try session.outputs() == [])
    }

    @Test("Ctrl-C at a question ends at once, Ctrl-Z and Ctrl-\\ in a password do not leave the terminal without echo")
    func interrupted() throws {
        let session = try CommandSession(ownLibrary: true)
        let words = ["content", "remove", DemoSite.toolsPackage, "--library", session.library.string]
        let ended = try TerminalSession(session: session).run(words, [.init(text: "[y/N] ", answer: "\u{3}")])
        #expect(ended.status == 130, "\(ended.screen)")
        try session.create(.capture, "x")
        let hidden = try TerminalSession(session: session).run(
            ["inspect", "x", "--password-file", "-"],
            [.init(text: "password for --password-file: ", answer: "\u{1A}\u{1C}x\n")])
        #expect(hidden.status == 64 && hidden.screen.contains("a control character was typed"), "\(hidden.screen)")
        // Nobody who sits there could see the question.
        let unseen = try Program.run(
            "script",
            ["-qec", "\(try BuiltProgram.tsmedia) \(words.joined(separator: " ")) 2>/dev/null", "/dev/null"],
            in: session.folder)
        #expect(unseen.status == 77)
        #expect(
            try session.run(["content", "show", DemoSite.toolsPackage, "--library", session.library.string]).status == 0
        )
    }

    @Test("content remove names what goes and asks; no is no")
    func remove() throws {
        let session = try CommandSession(ownLibrary: true)
        let words = ["content", "remove", DemoSite.toolsPackage, "--library", session.library.string]
        let question = "remove \(DemoSite.toolsPackage).1"
        for (answer, status, isThere) in [("\n", 77, true), ("n\n", 77, true), ("y\n", 0, false)]
            as [(String, Int32, Bool)]
        {
            let result = try TerminalSession(session: session).run(
                words, [.init(text: question), .init(text: "[y/N] ", answer: answer)])
            #expect(result.status == status, "\(result.screen)")
            let shown = try session.run(["content", "show", DemoSite.toolsPackage, "--library", session.library.string])
            #expect((shown.status == 0) == isThere)
        }
    }
}
