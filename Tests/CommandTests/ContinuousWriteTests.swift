// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Drives that come and go while `write --continuous` waits for them: loop devices, which count as fixed disks, so that each
/// is confirmed by its node before it is there.
@Suite(
    "Writing drives as they come", .serialized,
    .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
struct ContinuousWriteTests {
    let session: CommandSession

    init() throws {
        session = try CommandSession()
        try session.create(.capture, "media.iso")
    }

    /// A loop device that can be put in and taken out, by a number that nobody else uses.
    private final class Slot {
        let node: FilePath
        let image: FilePath
        private let session: CommandSession

        init(_ number: Int, _ session: CommandSession, mebibytes: Int = 48, image: FilePath? = nil) throws {
            LoopDevice.provide()
            node = FilePath("/dev/loop\(number)")
            self.session = session
            self.image = image ?? session.work.appending("slot-\(number)")
            if access(node.string, F_OK) != 0 {
                try Program.succeed("mknod", [node.string, "b", "7", "\(number)"])
            }
            try LoopDevice.makeImage(self.image, mebibytes: mebibytes)
        }

        deinit { takeOut() }

        func putIn(_ options: [String] = []) throws {
            // A drive that was taken out is there until whoever looks at it lets go, as one that lists the drives does.
            for _ in 0..<50 {
                if try Program.run("losetup", options + [node.string, image.string]).status == 0 { return }
                usleep(100_000)
            }
            try Program.succeed("losetup", options + [node.string, image.string])
        }

        func takeOut() { _ = try? Program.run("losetup", ["--detach", node.string]) }

        var isBlank: Bool {
            get throws {
                try Program.run("head", ["--bytes=512", image.string]).outputBytes.allSatisfy { $0 == 0 }
            }
        }
    }

    private static let base = 700

    private func start(_ slots: [Slot], _ more: [String] = []) throws -> RunningProgram {
        try session.start(
            ["write", "media.iso", "--continuous", "--allow-fixed-disk"]
                + slots.flatMap { ["--confirm", $0.node.string] } + more)
    }

    private func wait(_ program: RunningProgram, for words: String, count: Int = 1) throws {
        // The net for words that never come: the program waits for drives without an end.
        let net = ContinuousClock.now + .seconds(120)
        var isSaid = false
        _ = try program.wait {
            isSaid = try (program.outputText() + program.errorText()).ranges(of: words).count >= count
            return isSaid || ContinuousClock.now > net
        }
        let said = try program.outputText() + program.errorText()
        #expect(isSaid, "no '\(words)': \(said)")
    }

    @Test("twelve drives come and go: what was there stays, what fails is told, and each of the others is written once")
    func twelve() throws {
        let full = session.work.appending("full")
        try TestFolder.makeFolder(full)
        try Program.succeed("mount", ["-t", "tmpfs", "-o", "size=4M", "none", full.string])
        defer { _ = try? Program.run("umount", ["--lazy", full.string]) }
        let slots = try (0..<12).map { number in
            switch number {
            case 3: try Slot(Self.base + 3, session, mebibytes: 8)
            case 5: try Slot(Self.base + 5, session, image: full.appending("image"))
            default: try Slot(Self.base + number, session)
            }
        }
        // Two are there before; the last is never confirmed, as a fixed disk that somebody connects.
        try slots[0].putIn()
        try slots[1].putIn()
        let log = session.folder.appending("run.log")
        let program = try start(
            Array(slots.dropLast()), ["--label-template", "OSD-{number}", "--log-file", log.string])
        try wait(program, for: "waiting for drives")
        #expect(try program.errorText().contains(slots[0].node.string))
        for slot in slots[2..<6] { try slot.putIn() }
        try wait(program, for: "too small")
        try wait(program, for: "FAILED")
        try wait(program, for: "(2 written)")
        for slot in slots[6..<11] { try slot.putIn() }
        try slots[11].putIn()
        try wait(program, for: "nobody named it")
        try wait(program, for: "(7 written)")
        // One that was written is taken out and comes again; one that stays is not written again.
        let first = try Program.succeed("sha256sum", [slots[2].image.string]).output
        slots[2].takeOut()
        usleep(1_500_000)
        #expect(try Program.succeed("sha256sum", [slots[2].image.string]).output == first)
        try slots[2].putIn()
        // It holds something now, and nobody said --force.
        try wait(program, for: "add --force")
        program.send(SIGINT)
        let result = try program.waitForEnd()
        #expect(result.status == 130, "\(result.errorText)")
        #expect(result.output.contains("7 drives written, 1 failed"), "\(result.output)")
        for number in [0, 1, 3, 11] { #expect(try slots[number].isBlank, "slot \(number)") }
        #expect(try slots[5].isBlank)
        for number in [2, 4, 6, 7, 8, 9, 10] {
            try session.succeed(["verify", slots[number].image.string])
            try DriveImageTests.checkVolume(slots[number].image, in: session.work)
        }
        let labels = try [2, 4, 6, 7, 8, 9, 10].map { number in
            String(decoding: try ImageBytes.read(slots[number].image, at: 1 << 20 + 71, count: 11).bytes, as: UTF8.self)
        }
        #expect(Set(labels).count == 7 && labels.allSatisfy { $0.hasPrefix("OSD-") }, "\(labels)")
        let lines = try String(decoding: SmallFile.read(log), as: UTF8.self)
        for number in [2, 4, 6, 10] { #expect(lines.contains("wrote \(slots[number].node)"), "\(lines)") }
        #expect(lines.contains("without a serial number"))
    }

    @Test("--count ends it, a drive that is named is written first, and more than are wanted stay as they are")
    func count() throws {
        let slots = try (20..<24).map { try Slot(Self.base + $0, session) }
        try slots[0].putIn()
        let program = try start(slots, ["--usb", slots[0].node.string, "--count", "2", "--json"])
        try wait(program, for: "(1 written)")
        for slot in slots[1...] { try slot.putIn() }
        let result = try program.waitForEnd()
        #expect(result.status == 0, "\(result.errorText)")
        let report = try JSONValue(parsing: result.output)
        #expect(report.writtenCount.number == 2 && report.failedCount.number == 0)
        #expect(report.drives.elements.map(\.status.text) == ["verified", "verified"])
        #expect(report.drives.elements[0].path.text == slots[0].node.string)
        #expect(try slots.count { try !$0.isBlank } == 2)
    }

    @Test("a drive that comes again is written again with --force, and one that stays never is")
    func again() throws {
        let slot = try Slot(Self.base + 30, session)
        let program = try start([slot], ["--force", "--count", "2"])
        try wait(program, for: "waiting for drives")
        try slot.putIn()
        try wait(program, for: "(1 written)")
        usleep(2_000_000)
        #expect(try !program.outputText().contains("(2 written)"))
        slot.takeOut()
        usleep(1_000_000)
        try slot.putIn()
        try wait(program, for: "(2 written)")
        #expect(try program.waitForEnd().status == 0)
    }

    @Test("media that is damaged ends it, and no drive boots")
    func damaged() throws {
        let found = try Program.succeed(
            "grep", ["--only-matching", "--byte-offset", "--text", "MSWIM", "media.iso"], in: session.folder)
        let place = try #require(Int64(found.output.prefix { $0 != ":" }))
        try CommandSession.flipBit(of: session.folder.appending("media.iso"), at: place + 300)
        let slot = try Slot(Self.base + 40, session)
        let program = try start([slot])
        try wait(program, for: "waiting for drives")
        try slot.putIn()
        let result = try program.waitForEnd()
        #expect(result.status == 65 && result.failure.contains("no drive boots now"), "\(result.errorText)")
        #expect(result.output.contains("0 drives written, 1 failed"))
        #expect(try slot.isBlank)
    }
}
