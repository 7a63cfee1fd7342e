// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `tsmedia try` with QEMU, real firmware, and a Linux that stands for the boot image.
@Suite("Trials", .inTargetSuite)
struct TrialTests {
    /// A machine that is emulated starts in some 20 seconds; what fails at once must not take much longer.
    private static let quick: Duration = .seconds(90)

    private let session: CommandSession
    init() throws { session = try CommandSession() }

    private func run(_ arguments: [String], input: [UInt8] = []) throws -> ProgramResult {
        try session.run(["try"] + arguments, input: input)
    }

    @Test(
        "a sequence that restarts into what it applied, with its files, its picture and its disk",
        arguments: ["bios", "uefi"])
    func good(firmware: String) throws {
        let disc = try TrialDisc("good.iso", trial: "good", in: session)
        let password = try session.work.write("sesame\n".utf8, to: "password").string
        let result = try run([
            disc.path.string, "--firmware", firmware, "--password-file", password, "--disk", "64MiB", "--keep",
            "pc.img",
            "--copy-out", "smsts.log=smsts.log", "--copy-out", "serial.log=serial.log", "--screenshot", "end.png",
            "--json",
        ])
        #expect(result.status == 0, "\(result.errorText)")
        let report = try JSONValue(parsing: result.output)
        #expect(report.outcome.text == "restarting")
        #expect(report.engineFirmware.text == firmware)
        #expect(report.steps.elements.map(\.name.text) == ["Ask", "Apply"])
        #expect(try session.bytes("pc.img").count == 64 << 20)
        // This kernel has a driver for the disks of a PC with a BIOS alone.
        if firmware == "bios" {
            let bytes = try session.bytes("pc.img")
            #expect(Array(bytes[(1 << 20)..<((1 << 20) + 8)]) == Array("applied\n".utf8))
        }
        let log = String(decoding: try session.bytes("smsts.log"), as: UTF8.self)
        #expect(log.hasPrefix("<![LOG[Trial begins]LOG]!>"))
        #expect(String(decoding: try session.bytes("serial.log"), as: UTF8.self).contains("trial good"))
        let kind = try Program.succeed("file", [session.folder.appending("end.png").string]).output
        #expect(kind.contains("PNG image data"), "\(kind)")
    }

    @Test(
        "what fails, ends or never starts is told at once, with the reason",
        arguments: [
            ("failed", "task sequence 'Trial' failed: nothing is there; bring it"),
            ("crash", "ended without a result: the boot image says 'tsengine ended with status 139.'"),
            ("panic", "its kernel says '"), ("loop", "restart"),
        ])
    func bad(trial: String, text: String) throws {
        let disc = try TrialDisc("bad.iso", trial: trial, in: session)
        let started = ContinuousClock.now
        let result = try run([disc.path.string, "--firmware", "bios", "--timeout", "300"])
        #expect(result.status == 65)
        #expect(result.failure.contains(text), "\(result.errorText)")
        #expect(ContinuousClock.now - started < (trial == "loop" ? .seconds(200) : Self.quick))
    }

    @Test("a wrong password and none are refused, with the option that gives one")
    func password() throws {
        let disc = try TrialDisc("sealed.iso", trial: "good", in: session)
        let none = try run([disc.path.string, "--firmware", "bios"])
        #expect(none.failure.hasSuffix("give the password with --password-file"), "\(none.errorText)")
        let wrong = try run([disc.path.string, "--firmware", "bios", "--answer", "password=guess"])
        #expect(wrong.failure.contains("was refused: the password is wrong"))
    }

    @Test("the second disc of a set is put in when it is asked for")
    func set() throws {
        let session = session
        func manifest(_ number: Int) -> String {
            """
            {"schemaVersion": 1, "mediaType": "CaptureMedia", "mediaGuid": "{11111111-2222-3333-4444-555555555555}",
             "volume": \(number), "volumeCount": 2, "label": "Trial", "bootImage": {"id": "ABC00005", "architecture": "x64"},
             "contents": [], "files": []}
            """
        }
        for number in [1, 2] {
            _ = try TrialDisc("set\(number).iso", trial: "set", in: session, manifest: manifest(number))
        }
        let result = try run(["set2.iso", "set1.iso", "--firmware", "bios", "--timeout", "300"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("volume 2 of 2 is in the machine"))
    }

    @Test(
        "genuine media, whose boot image reports nothing, is well when the text comes that was waited for",
        arguments: ["uefi", "bios"])
    func standIn(firmware: String) throws {
        for name in ["media.iso", "media.img"] {
            try session.create(.capture, name)
            let result = try run([name, "--firmware", firmware, "--wait-for", "TSMEDIA-END", "--timeout", "120"])
            #expect(result.status == 0, "\(name): \(result.errorText)")
        }
    }

    @Test("Secure Boot refuses what nobody has signed that it knows, and says so before the time is over")
    func secure() throws {
        try session.create(.capture, "media.iso")
        let started = ContinuousClock.now
        let result = try run(["media.iso", "--firmware", "secure", "--timeout", "300"])
        #expect(result.status == 65)
        #expect(
            result.failure.contains("is not trusted by the firmware, which has Secure Boot on"), "\(result.errorText)")
        #expect(ContinuousClock.now - started < Self.quick)
    }

    @Test("a prestaged disk is the first disk of the machine, and stays as it is")
    func prestaged() throws {
        try session.succeed([
            "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
            "--disk-image", "factory.img", "--disk-size", "20GB", "--boot-image", DemoSite.bootImage,
            "--operating-system-image", DemoSite.operatingSystemImage, "--task-sequence",
            session.demo.taskSequenceExport.string, "--management-point", "http://mp.example.com",
        ])
        // When it was written last, and what of it takes room: nobody reads 20 GB for this.
        let before = try Program.succeed("stat", ["--format=%y %z %b", "factory.img"], in: session.folder).output
        let result = try run(["factory.img", "--wait-for", "TSMEDIA-UEFI", "--timeout", "120"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(
            try Program.succeed("stat", ["--format=%y %z %b", "factory.img"], in: session.folder).output == before)
    }

    @Test("Ctrl-C ends the machine at once, and a killed run leaves no machine")
    func signals() throws {
        let disc = try TrialDisc("good.iso", trial: "good", in: session)
        for signal in [SIGINT, SIGKILL] {
            let program = try session.start(["try", disc.path.string, "--firmware", "bios"])
            #expect(try program.wait(until: { try Self.machines(of: disc.path) == 1 }))
            usleep(500_000)
            program.send(signal)
            let result = try? program.waitForEnd()
            #expect(result?.status == (signal == SIGINT ? 130 : 128 + SIGKILL))
            var looks = 0
            while try Self.machines(of: disc.path) > 0, looks < 200 {
                looks += 1
                usleep(10_000)
            }
            #expect(try Self.machines(of: disc.path) == 0)
        }
    }

    /// How many emulators run that have `disc` in their drive.
    private static func machines(of disc: FilePath) throws -> Int {
        var count = 0
        for entry in try FolderEntry.entries(of: "/proc") {
            guard let name = entry.name, Int(name) != nil else { continue }
            let bytes = (try? SmallFile.read(FilePath("/proc/\(name)/cmdline"))) ?? []
            let text = String(decoding: bytes, as: UTF8.self)
            if text.hasPrefix("/usr/bin/qemu-system"), text.contains("file=\(disc)") { count += 1 }
        }
        return count
    }
}
