// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

/// A pseudo-terminal: what a terminal shows, and what somebody types.
private struct PseudoTerminal {
    let master: FileDescriptor
    let path: FilePath

    init() throws {
        master = try FileDescriptor.open(
            "/dev/ptmx", .readWrite, options: FileDescriptor.OpenOptions(rawValue: O_NOCTTY))
        // Unlock the other end and ask its number: TIOCSPTLCK and TIOCGPTN of asm-generic/ioctls.h.
        var (unlocked, number): (Int32, UInt32) = (0, 0)
        guard ioctl(master.rawValue, 0x4004_5431, &unlocked) == 0, ioctl(master.rawValue, 0x8004_5430, &number) == 0
        else {
            throw Errno(rawValue: errno)
        }
        path = FilePath("/dev/pts/\(number)")
        _ = fcntl(master.rawValue, F_SETFL, O_NONBLOCK)
    }

    /// What was written since it was asked last.
    func output() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(master.rawValue, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func type(_ text: String) throws { try master.writeAll(text.utf8) }
}

@Suite("the screen of the engine")
struct ScreenTests {
    private static let page = ScreenPage(
        .calm, title: "Windows 11 für alle",
        body: ["Step 3 of 19", "", "Apply Operating System", String(repeating: "word ", count: 60)],
        bars: [0.5, nil], keys: "Do not switch the computer off.", elapsedSeconds: 3_725)

    @Test(
        "every page has 25 lines of at most 80 columns, whatever is in it",
        arguments: [
            page,
            ScreenPage(
                .problem, title: String(repeating: "x", count: 500), body: [String](repeating: "line", count: 100)),
            ScreenPage(
                .question, title: "", body: [String(repeating: "y", count: 300_000), "", "a\u{1B}[31mb"],
                bars: [-.infinity, .nan, 7]),
        ])
    func size(_ page: ScreenPage) {
        let lines = page.lines { $0 }
        #expect(lines.count == 25)
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines.allSatisfy { !$0.unicodeScalars.contains("\u{1B}") }, "a text from media can steer no terminal")
    }

    @Test("what stands on a page is on it: title, step, bar, time and keys")
    func contents() {
        let lines = Self.page.lines { $0 }
        #expect(lines[1].contains("Windows 11 für alle"))
        #expect(lines.contains { $0.contains("Step 3 of 19") })
        #expect(lines.contains { $0.contains("[##############################------------------------------]  50 %") })
        #expect(lines[23].contains("Do not switch the computer off."))
        #expect(lines[24].contains("Time: 01:02:05"))
    }

    @Test(
        "names are shown in letters that the console has, or as what they are",
        arguments: [
            ("Straße in Köln", "Straße in Köln"), ("Žluťoučký kůň", "Zlutoucký kun"), ("Zażółć", "Zazólc"),
            ("部署", nil), ("“Quoted” – €5", "\"Quoted\" - EUR5"), ("ge\u{308}o\u{308}", nil),
        ] as [(String, String?)])
    func font(_ text: String, _ expected: String?) {
        #expect(ConsoleText.readable(text) == expected?.replacingYAcute)
    }

    @Test("a terminal shows pages, and only what has changed the second time")
    func terminal() throws {
        let pseudo = try PseudoTerminal()
        let terminal = try #require(Terminal(path: pseudo.path, font: .unicode))
        terminal.show(Self.page)
        let first = pseudo.output()
        #expect(first.contains("Windows 11 für alle") && first.contains("Step 3 of 19"))
        var next = Self.page
        next.elapsedSeconds = 3_726
        terminal.show(next)
        let second = pseudo.output()
        #expect(second.contains("01:02:06") && !second.contains("Step 3 of 19"))
    }

    @Test("keys are read one by one, letters of every alphabet too, and function keys are passed over")
    func keys() throws {
        let pseudo = try PseudoTerminal()
        let terminal = try #require(Terminal(path: pseudo.path, font: .unicode))
        try pseudo.type("aß\u{7F}\u{1B}[15~é\r")
        usleep(50_000)
        #expect(
            terminal.keys() == [.character("a"), .character("ß"), .backspace, .character("é"), .enter])
        try pseudo.type("\u{1B}")
        usleep(50_000)
        #expect(terminal.keys() == [.escape])
    }

    @Test("a question takes what is typed, shows stars for a secret, and tells nothing of it")
    func question() throws {
        let pseudo = try PseudoTerminal()
        let terminal = try #require(Terminal(path: pseudo.path, font: .unicode))
        let presenter = Presenter(terminals: [terminal], port: nil)
        try pseudo.type("geheim\u{7F}m\r")
        let answer = try presenter.ask(
            "password", title: "Media", text: ["Enter its password."], isSecret: true, interruption: Interruption())
        #expect(answer == "geheim")
        let output = pseudo.output()
        #expect(output.contains("Enter its password.") && output.contains("******") && !output.contains("geheim"))
    }
}

extension String {
    /// Code page 437 has no ý.
    fileprivate var replacingYAcute: String { String(map { $0 == "ý" ? "y" : $0 }) }
}
