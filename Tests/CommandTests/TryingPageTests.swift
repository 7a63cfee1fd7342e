// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// docs/trying.md, followed literally, with a program that stands for QEMU.
@Suite("the page on trying media")
struct TryingPageTests {
    /// A machine that does all that the page waits for.
    private static let script = """
        begin(); step(1, "Format"); end("restarting", "it restarts")
        serial("pc login: \\r\\nTSMEDIA-END\\r\\n"); stay()
        """

    @Test("every command works as written")
    func commands() throws {
        let page = try DocumentationPage("docs/trying.md")
        let session = try CommandSession()
        try session.create(.standalone, "disc.iso", ["--media-size", "9500000"])
        #expect(try session.outputs() == ["disc1.iso", "disc2.iso", "disc3.iso"])
        for name in ["win11.iso", "win11.img", "boot.iso", "next.iso"] { try session.create(.capture, name) }
        try session.succeed(session.prestagedDisk("factory.img", ["--partition-scheme", "mbr"]))
        try Program.succeed("truncate", ["--size=64M", "old-pc.img"], in: session.folder)
        let texts = page.commands.map(\.text)
        #expect(texts.count >= 6)
        let programs = try BuiltProgram.tsmedia.removingLastComponent().string
        for text in texts {
            // What stands behind a command says what it is for.
            let command = text.firstRange(of: "    ").map { String(text[..<$0.lowerBound]) } ?? text
            let emulator = try FakeEmulator(Self.script)
            let environment = emulator.environment.merging(["DISPLAY": ":9", "HOME": session.work.path.string]) { $1 }
            let result = try Program.run(
                "bash", ["-c", "PATH=\"$PATH:$0\"\n" + command, programs], environment: environment, in: session.folder)
            #expect(result.status == 0, "\(command)\n\(result.errorText)")
            let options = command.matches(of: /--(?:screenshot|copy-out|keep) (?:[a-z.]+=)?([^ ]+)/)
            for option in options {
                #expect(try session.outputs().contains(String(option.output.1)), "\(command): \(option.output.1)")
            }
            // Each command stands for itself.
            try Program.succeed("rm", ["-f", "smsts.log", "end.png"], in: session.folder)
        }
        let again = try FakeEmulator(Self.script)
        try session.succeed(
            ["try", "next.iso", "--disk", "new-pc.img", "--keep", "new-pc.img"], environment: again.environment)
    }

    @Test("the options, names and codes of the page are those of the command")
    func reference() throws {
        let bytes = try SmallFile.read(Repository.file("docs/trying.md"))
        let text = String(decoding: bytes, as: UTF8.self)
        let help = try Program.succeed(BuiltProgram.tsmedia.string, ["try", "--help"]).output
        let known = Set(help.matches(of: /--[a-z][a-z-]*/).map { String($0.output) })
        for option in Set(text.matches(of: /`(--[a-z][a-z-]*)/).map { String($0.output.1) }) {
            #expect(known.contains(option), "\(option)")
        }
        let told = known.subtracting([
            "--help", "--version", "--progress", "--log-file", "--json", "--verbose", "--quiet", "--no-sandbox",
        ])
        for option in told { #expect(text.contains("`\(option)"), "\(option)") }
    }
}
