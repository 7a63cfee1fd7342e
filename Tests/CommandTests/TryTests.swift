// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `tsmedia try` with a program that stands for QEMU; real machines are in Tests/TargetTests.
@Suite("try")
struct TryTests {
    private let session: CommandSession
    private let iso = "media.iso"

    init() throws {
        session = try CommandSession()
        try session.create(.capture, iso)
    }

    /// What there is besides the media.
    private func madeFiles() throws -> [String] { try session.outputs().filter { $0 != iso } }

    @discardableResult
    private func run(
        _ emulator: FakeEmulator, _ arguments: [String] = [], media: String? = nil, input: [UInt8] = []
    ) throws -> ProgramResult {
        try session.run(["try", media ?? iso] + arguments, environment: emulator.environment, input: input)
    }

    // MARK: Outcomes

    @Test(
        "the exit code is 0 only when the sequence ended well or restarts",
        arguments: [("succeeded", 0), ("restarting", 0), ("failed", 65), ("refused", 65)])
    func outcomes(outcome: String, status: Int32) throws {
        let emulator = try FakeEmulator("begin(); step(1, 'Format'); step(2, 'Apply'); end('\(outcome)', 'because')")
        let result = try run(emulator, ["--json"])
        #expect(result.status == status, "\(result.errorText)")
        let report = try JSONValue(parsing: result.output)
        #expect(report.outcome.text == outcome)
        #expect(report.taskSequence.text == "Windows 11")
        #expect(report.steps.elements.map(\.name.text) == ["Format", "Apply"])
        #expect(report.engineVersion.text == "9.9")
        // The media is taken out before the machine may restart.
        #expect(emulator.commands.contains { $0.hasPrefix("eject ") })
        #expect(emulator.orders.last == #"{"type":"finish"}"#)
    }

    @Test("a failure names the sequence, the reason and the next step, behind the end of the log")
    func failure() throws {
        let emulator = try FakeEmulator(
            """
            begin(); step(1, 'Format')
            report("log", line='<![LOG[no disk is large enough]LOG]!><time="1">')
            report("problem", isError=True, step="Format", text="disk 0 has 1 GiB\\u001b[31m", nextStep="use a larger disk")
            end("failed", "disk 0 has 1 GiB; use a larger disk")
            """)
        let result = try run(emulator)
        #expect(result.status == 65)
        #expect(
            result.failure == "error: task sequence 'Windows 11' failed: disk 0 has 1 GiB; use a larger disk",
            "\(result.errorText)")
        #expect(result.errorText.contains("note: log: no disk is large enough\n"))
        #expect(result.errorText.contains("note: step 1 of 2: Format\n"))
        #expect(!result.errorText.contains("\u{1B}"))
    }

    @Test("what the machine was told to copy out is there whole, with its picture and what it said")
    func copies() throws {
        let emulator = try FakeEmulator("serial('hello\\r\\n'); begin(); step(1, 'a'); end('succeeded')")
        let result = try run(
            emulator,
            ["--copy-out", "smsts.log=a.log", "--copy-out", "serial.log=s.log", "--screenshot", "end.png", "--json"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try session.bytes("a.log").count == 25 * 9000)
        #expect(String(decoding: try session.bytes("s.log"), as: UTF8.self) == "hello\r\n")
        #expect(String(decoding: try session.bytes("end.png").dropFirst(), as: UTF8.self) == "PNG picture")
        let files = try JSONValue(parsing: result.output).files.elements
        #expect(files.map(\.path.text) == ["a.log", "s.log"])
        let digest = try Program.succeed("sha256sum", [session.folder.appending("a.log").string]).output.prefix(64)
        #expect(files[0].sha256.text == String(digest))
    }

    @Test("a file that cannot be had, or is not what was said of it, fails the trial and does not appear")
    func brokenCopies() throws {
        let missing = try run(try FakeEmulator("begin(); end('succeeded')"), ["--copy-out", "capture.wim=x.wim"])
        #expect(missing.status == 65)
        #expect(missing.failure.contains("cannot be had: there is no such file"))
        let script =
            "begin(); report('ended', outcome='succeeded', text=''); order(); give('smsts.log', b'abc', '0' * 64); end('failed')"
        let changed = try run(try FakeEmulator(script), ["--copy-out", "smsts.log=a.log"])
        #expect(changed.failure.contains("did not come whole"), "\(changed.errorText)")
        #expect(try madeFiles() == [])
    }

    // MARK: Answers

    @Test("questions are answered as a person would, the password from its file; what nobody knows is said at once")
    func answers() throws {
        let script = """
            begin()
            for name in ["password", "password", "account", "other"]:
                report("question", name=name, text="Who is it?", isSecret=True)
                order()
            end("failed", "nobody answered 'other'")
            """
        let emulator = try FakeEmulator(script)
        let password = try session.work.write("sesame öffne\n".utf8, to: "password").string
        let result = try run(
            emulator, ["--answer", "password=wrong", "--answer", "account=a=b", "--password-file", password])
        #expect(
            emulator.orders.prefix(4) == [
                #"{"type":"answer","name":"password","value":"wrong"}"#,
                #"{"type":"answer","name":"password","value":"sesame öffne"}"#,
                #"{"type":"answer","name":"account","value":"a=b"}"#, #"{"type":"noAnswer","name":"other"}"#,
            ])
        #expect(result.failure.hasSuffix("; answer it: --answer other=VALUE"), "\(result.errorText)")
        #expect(!result.errorText.contains("sesame"))
        let open = try run(
            try FakeEmulator(
                "begin(); report('question', name='password', text='?', isSecret=True); order(); end('refused', 'it is sealed')"
            ))
        #expect(open.failure.hasSuffix("it is sealed; give the password with --password-file"))
    }

    @Test(
        "disks, files and answers that cannot be are refused before anything starts",
        arguments: [
            (["--disk", "0"], "is no size of a disk"), (["--disk", "999999999TB"], "is no size of a disk"),
            (["--copy-out", "nosuch.log=x"], "is no file of the machine that can be had"),
            (["--answer", "=x"], "--answer"),
        ])
    func refused(options: [String], text: String) throws {
        let result = try run(try FakeEmulator("begin(); end('succeeded', '')"), options)
        #expect(result.status == 64)
        #expect(result.failure.contains(text), "\(result.errorText)")
    }

    // MARK: No end

    @Test(
        "a machine that can report no more is not waited for",
        arguments: [
            ("sys.exit(0)", 65, "was switched off"),
            ("print('no memory', file=sys.stderr); sys.exit(1)", 74, "ended with 1: no memory"),
            (
                "serial('BdsDxe: No bootable option or device was found.\\r\\n'); stay()", 65,
                "is nothing that the firmware"
            ),
            ("serial('error: no such file.\\r\\n\\r\\nPress any key to continue...'); stay()", 65, "no such file"),
            ("begin(); serial('tsengine ended with status 139.\\r\\n'); stay()", 65, "ended without a result"),
            ("serial('Kernel panic - not syncing: x\\r\\n'); stay()", 65, "Kernel panic"),
            ("[event('RESET', guest=True) for _ in range(7)]; stay()", 65, "restart again and again"),
            ("state = 'io-error'; begin(); event('STOP'); stay()", 74, "cannot write to its disks any more"),
            ("state = 'internal-error'; event('STOP'); stay()", 74, "internal-error"),
        ])
    func noEnd(script: String, status: Int32, text: String) throws {
        let started = ContinuousClock.now
        let result = try run(try FakeEmulator(script), ["--timeout", "100", "--screenshot", "end.png"])
        #expect(result.status == status)
        #expect(result.failure.contains(text), "\(result.errorText)")
        #expect(ContinuousClock.now - started < .seconds(60))
    }

    @Test("what a BIOS or its loaders say on the screen alone is seen")
    func screen() throws {
        let emulator = try FakeEmulator(
            "screen = b''.join(bytes([c, 7]) for c in b'BOOTMGR is missing'.ljust(2000)); stay()")
        let result = try run(emulator, ["--firmware", "bios", "--timeout", "100"])
        #expect(result.failure.contains("its loader says 'BOOTMGR is missing'"), "\(result.errorText)")
        #expect(emulator.arguments.contains("pc"))
    }

    @Test("the time is over: media that reports nothing says so, a sequence where it is")
    func timeout() throws {
        let silent = try run(try FakeEmulator("stay()"), ["--timeout", "2"])
        #expect(silent.status == 65)
        #expect(silent.failure.contains("nothing in its boot image reports"), "\(silent.errorText)")
        let slow = try run(try FakeEmulator("begin(); step(2, 'Apply'); stay()"), ["--timeout", "3"])
        #expect(slow.failure.contains("has not come to an end within 3 seconds: it is at step 2, Apply"))
        let log = try run(
            try FakeEmulator("begin(); report('log', line='<![LOG[first]LOG]!>'); stay()"),
            ["--timeout", "3", "--copy-out", "smsts.log=left.log"])
        #expect(log.status == 65 && log.errorText.contains("smsts.log holds what the machine told before"))
        #expect(try session.bytes("left.log") == Array("<![LOG[first]LOG]!>\r\n".utf8))
        let text = try run(try FakeEmulator("stay()"), ["--timeout", "2", "--wait-for", "login:"])
        #expect(text.failure.contains("text 'login:' has not come within 2 seconds"), "\(text.errorText)")
    }

    // MARK: Texts

    @Test("media that reports nothing is well when the text comes that was waited for")
    func text() throws {
        let result = try run(
            try FakeEmulator("serial('\\x1b[2Jpc login: '); stay()"), ["--wait-for", "login:", "--json"])
        #expect(result.status == 0, "\(result.errorText)")
        let report = try JSONValue(parsing: result.output)
        #expect(report.outcome.text == "textCame")
        #expect(report.textCame.flag == true)
    }

    @Test("a sequence that ended well is not all when a text of the applied system is waited for")
    func applied() throws {
        let good = "begin(); end('restarting'); serial('Windows is up\\r\\n'); stay()"
        let result = try run(try FakeEmulator(good), ["--wait-for", "Windows is up"])
        #expect(result.status == 0, "\(result.errorText)")
        let bad = "begin(); end('restarting'); serial('BdsDxe: No bootable option or device was found.\\r\\n'); stay()"
        let failed = try run(try FakeEmulator(bad), ["--wait-for", "Windows is up", "--timeout", "60"])
        #expect(failed.status == 65)
        #expect(failed.failure.contains("the system that was applied is nothing that the firmware starts"))
        let off = try run(
            try FakeEmulator("begin(); end('succeeded'); time.sleep(1); sys.exit(0)"),
            ["--wait-for", "x", "--timeout", "60"])
        #expect(off.failure.contains("the machine was switched off"), "\(off.errorText)")
        let early = try run(
            try FakeEmulator("begin(); serial('x\\r\\n'); end('failed', 'no')"), ["--wait-for", "x"])
        #expect(early.status == 65)
    }

    // MARK: Hostile machines

    @Test("nonsense on the channel, endless lines and wrong numbers end nothing and drive no terminal")
    func nonsense() throws {
        let script = """
            raw(b"\\xff\\xfe\\n{}\\n[1]\\n" + b"x" * 3000000 + b"\\n")
            report("step", number=5, count=2, name="x", group="")
            report("later", value=1)
            begin()
            report("step", number=1, count=2, name="\\u001b]0;evil\\u0007\\u202e", group="")
            report("progress", percent=1000, text="")
            end("succeeded")
            """
        let result = try run(try FakeEmulator(script))
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("the machine sends what is no report"))
        #expect(!result.errorText.contains("\u{1B}") && !result.errorText.contains("\u{202E}"))
    }

    // MARK: Signals

    @Test("Ctrl-C ends the machine and removes what is temporary, and nothing is kept", arguments: [SIGINT, SIGTERM])
    func interruption(signal: Int32) throws {
        let emulator = try FakeEmulator("begin(); step(1, 'Apply'); stay()")
        let program = try session.start(
            ["try", iso, "--keep", "kept.img", "--screenshot", "end.png"], environment: emulator.environment)
        #expect(try program.wait(until: { try program.errorText().contains("step 1 of 2") }))
        let process = try #require(emulator.process)
        program.send(signal)
        let result = try program.waitForEnd()
        #expect(result.status == 130)
        #expect(kill(process, 0) != 0 && errno == ESRCH)
        #expect(try FolderEntry.entries(of: emulator.temporary).isEmpty)
        #expect(try madeFiles() == [])
    }

    @Test("one that is killed takes its machine with it, and the next run removes what is left")
    func killed() throws {
        let emulator = try FakeEmulator("begin(); step(1, 'Apply'); stay()")
        let program = try session.start(["try", iso, "--keep", "kept.img"], environment: emulator.environment)
        #expect(try program.wait(until: { try program.errorText().contains("step 1 of 2") }))
        let process = try #require(emulator.process)
        program.send(SIGKILL)
        _ = try program.waitForEnd()
        var looks = 0
        while kill(process, 0) == 0, looks < 500 {
            looks += 1
            usleep(10_000)
        }
        #expect(kill(process, 0) != 0)
        #expect(try !FolderEntry.entries(of: emulator.temporary).isEmpty)
        let next = try session.run(
            ["try", iso, "--keep", "kept.img", "--timeout", "1"], environment: emulator.environment)
        #expect(next.status == 65)
        #expect(try FolderEntry.entries(of: emulator.temporary).isEmpty)
        #expect(try madeFiles() == ["kept.img"])
    }

    // MARK: What is tried

    @Test("a WIM, a folder, half a set and what is no media are refused, with what to do instead")
    func unsuitable() throws {
        let emulator = try FakeEmulator("stay()")
        try session.succeed(["extract", iso, "--output", "tree"])
        let folder = try run(emulator, media: "tree")
        #expect(folder.status == 65)
        #expect(
            folder.failure.contains("is a folder, which no firmware starts; create the media as an .iso or an .img"))
        try session.create(.standalone, "set.iso", ["--media-size", "9500000"])
        let half = try session.run(["try", "set1.iso", "set1.iso"], environment: emulator.environment)
        #expect(half.status == 64)
        let other = try session.run(["try", "set1.iso", iso], environment: emulator.environment)
        #expect(other.status == 65)
        #expect(try session.run(["try", "gone.iso"], environment: emulator.environment).status == 66)
        #expect(emulator.process == nil)
    }

    @Test("a set is put in volume by volume, as it is asked for, in whatever order it was named")
    func set() throws {
        try session.create(.standalone, "set.iso", ["--media-size", "9500000"])
        let names = try madeFiles()
        #expect(names.count >= 2)
        let emulator = try FakeEmulator(
            """
            begin()
            report("question", name="volume-2", text="Insert Media #2", isSecret=False); order()
            report("question", name="volume-9", text="Insert Media #9", isSecret=False); order()
            end("succeeded")
            """)
        let result = try session.run(["try"] + names.reversed(), environment: emulator.environment)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(emulator.arguments.contains { $0.hasSuffix("set1.iso") })
        #expect(emulator.commands.contains { $0.hasPrefix("blockdev-change-medium") && $0.contains("set2.iso") })
        #expect(
            emulator.orders.prefix(2) == [
                #"{"type":"answer","name":"volume-2","value":""}"#, #"{"type":"noAnswer","name":"volume-9"}"#,
            ])
    }

    @Test("without QEMU or OVMF it says what to install")
    func missing() throws {
        let result = try session.run(["try", iso], environment: ["PATH": session.work.path.string])
        #expect(result.status == 66)
        #expect(result.failure.hasSuffix("; install the package qemu-system-x86"))
    }

    @Test("nothing is written over: media, disks and files that exist")
    func outputs() throws {
        let emulator = try FakeEmulator("begin(); end('succeeded')")
        try session.work.write("x".utf8, to: "there.png")
        let there = session.work.appending("there.png").string
        #expect(try run(emulator, ["--screenshot", there]).status == 73)
        #expect(try run(emulator, ["--keep", iso]).status == 77)
        #expect(try run(emulator, ["--copy-out", "smsts.log=x", "--keep", "x"]).status == 65)
        #expect(emulator.process == nil)
        #expect(try run(emulator, ["--screenshot", there, "--force"]).status == 0)
    }

    @Test("the first disk is kept where it was asked for, whatever came of it", arguments: ["succeeded", "failed"])
    func kept(outcome: String) throws {
        let script = """
            disk = next(a for a in sys.argv if "id=disk0," in a).split("file=")[1]
            f = open(disk, "r+b"); f.seek(1 << 20); f.write(b"applied"); f.close()
            begin(); end("\(outcome)")
            """
        let emulator = try FakeEmulator(script)
        _ = try run(emulator, ["--disk", "8MiB", "--disk", "9MiB", "--keep", "kept.img"])
        let bytes = try session.bytes("kept.img")
        #expect(bytes.count == 8 << 20)
        #expect(Array(bytes[(1 << 20)..<((1 << 20) + 7)]) == Array("applied".utf8))
    }
}
