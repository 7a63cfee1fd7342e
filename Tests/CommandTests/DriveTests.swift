// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Real block devices: loop devices, which count as fixed disks.
@Suite("Writing drives", .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
struct DriveTests {
    let session: CommandSession

    init() throws { session = try CommandSession() }

    /// The arguments that write stand-alone media to `drives`.
    private func arguments(_ drives: [LoopDevice], _ more: [String] = [], confirmed: Bool = true) -> [String] {
        let words = session.arguments(.standalone, "media.iso")
        guard let output = words.firstIndex(of: "--output") else { return words }
        return Array(words[..<output] + words[(output + 2)...])
            + drives.flatMap { ["--usb", $0.node.string] }
            + (confirmed ? ["--allow-fixed-disk"] + drives.flatMap { ["--confirm", $0.node.string] } : []) + more
    }

    private func drive(_ name: String = "drive", mebibytes: Int = 64, options: [String] = []) throws -> LoopDevice {
        try LoopDevice(mebibytes: mebibytes, options: options, in: session.work, name: name)
    }

    private func digest(_ drive: LoopDevice) throws -> String {
        try Program.succeed("sha256sum", [drive.image.string]).output
    }

    @Test("drives of different sizes are written side by side, verified, and are what an image is")
    func sideBySide() throws {
        let drives = [try drive("one"), try drive("two", mebibytes: 100)]
        let report = try JSONValue(
            parsing: try session.succeed(arguments(drives, ["--json", "--partition-scheme", "gpt"])).output)
        #expect(report.drives.elements.compactMap(\.status.text) == ["verified", "verified"])
        let plan = try session.plan(.standalone)
        for drive in drives {
            try DriveImageTests.checkVolume(drive.image, in: session.work)
            try session.succeed(["verify", drive.node.string])
            let digests = try DriveImageTests.digests(drive.image, in: session.work)
            #expect(digests["sources/boot.wim"] == session.demo.bootImageDigest?.description)
            #expect(digests.count == plan.plannedFiles.count)
            #expect(try Program.succeed("sfdisk", ["--dump", drive.image.string]).output.contains("label: gpt"))
        }
        // The same again needs a word, because something is on them now.
        let result = try session.run(arguments(drives))
        #expect(result.status == 77)
        #expect(result.failure.contains("add --force"), "\(result.failure)")
        try session.succeed(arguments(drives, ["--force"]))
        #expect(try Program.succeed("sfdisk", ["--dump", drives[1].image.string]).output.contains("label: dos"))
    }

    @Test(
        "without consent nothing is touched, and --dry-run says the same", arguments: [[], ["--dry-run"]] as [[String]])
    func refused(more: [String]) throws {
        let drive = try drive()
        let before = try digest(drive)
        for options in [[], ["--allow-fixed-disk"], ["--allow-fixed-disk", "--confirm", "/dev/sda"]] {
            let result = try session.run(arguments([drive], more + options, confirmed: false))
            #expect(result.status == 77)
            #expect(result.failure.contains(drive.node.string), "\(result.failure)")
        }
        #expect(try digest(drive) == before)
    }

    @Test("every drive needs its own confirmation, and a confirmation of none of them refuses all")
    func confirmations() throws {
        let drives = [try drive("one"), try drive("two"), try drive("three")]
        let before = try drives.map { try digest($0) }
        let nodes = drives.map(\.node.string)
        func confirm(_ confirmed: [String]) -> [String] {
            arguments(
                Array(drives[..<2]), ["--allow-fixed-disk"] + confirmed.flatMap { ["--confirm", $0] }, confirmed: false)
        }
        let cases: [(confirmed: [String], words: String)] = [
            ([nodes[0]], nodes[1]), ([nodes[1]], nodes[0]), ([nodes[0], nodes[0]], nodes[1]),
            // A third drive, which is there but is not written.
            ([nodes[0], nodes[2]], nodes[1]), ([nodes[0], nodes[1], nodes[2]], "--confirm \(nodes[2])"),
            ([nodes[0], nodes[1], "S3Z1"], "--confirm S3Z1"),
        ]
        for (confirmed, words) in cases {
            for more in [[], ["--dry-run"]] {
                let result = try session.run(confirm(confirmed) + more)
                #expect(result.status == 77, "\(confirmed): \(result.errorText)")
                #expect(result.failure.contains(words), "\(confirmed): \(result.failure)")
            }
        }
        #expect(try drives.map { try digest($0) } == before)
        try session.succeed(confirm([nodes[1], nodes[0]]) + ["--dry-run"])
    }

    @Test("a dry run with every consent succeeds and touches nothing")
    func dryRun() throws {
        let drive = try drive()
        let before = try digest(drive)
        let report = try JSONValue(parsing: try session.succeed(arguments([drive], ["--dry-run", "--json"])).output)
        #expect(report.drives.elements.map(\.status.text) == ["planned"])
        #expect(report.volumes.elements.map(\.size.number) == [64 << 20])
        #expect(try digest(drive) == before)
    }

    @Test("a mounted drive is written only with --unmount")
    func mounted() throws {
        let drive = try LoopDevice(mebibytes: 64, in: session.work) { try LoopDevice.makeExt4($0) }
        let mount = try drive.mount()
        let before = try digest(drive)
        let refused = try session.run(arguments([drive], ["--force"]))
        #expect(refused.status == 77)
        #expect(refused.failure.contains("--unmount"), "\(refused.failure)")
        #expect(refused.failure.contains(mount.string), "\(refused.failure)")
        #expect(try digest(drive) == before)
        try session.succeed(arguments([drive], ["--force", "--unmount"]))
        try session.succeed(["verify", drive.node.string])
        #expect(try Program.run("mountpoint", ["--quiet", mount.string]).status != 0)
    }

    @Test("a drive that holds the content library, or what else the command reads, is refused whatever is said")
    func sources() throws {
        let drive = try LoopDevice(mebibytes: 128, in: session.work) { try LoopDevice.makeExt4($0) }
        let mount = try drive.mount()
        try Program.succeed("cp", ["-a", session.library.string, mount.appending("lib").string])
        let library = ["--distribution-point", mount.appending("lib").string]
        for more in [library, ["--store", mount.appending("store").string], ["--staging-folder", mount.string]] {
            let result = try session.run(arguments([drive], more + ["--force", "--unmount"]))
            #expect(result.status == 77, "\(more): \(result.errorText)")
            #expect(!result.failure.contains("add --"), "\(result.failure)")
        }
        #expect(try Program.run("mountpoint", ["--quiet", mount.string]).status == 0)
    }

    @Test(
        "drives that cannot be written are told before anything happens",
        arguments: [
            ("small", 30, [], Int32(73), "too small"), ("readonly", 64, ["--read-only"], 77, "write-protected"),
            ("4k", 64, ["--sector-size", "4096"], 73, "sectors of 4096 bytes"),
        ])
    func unsuitable(name: String, mebibytes: Int, options: [String], status: Int32, words: String) throws {
        let drive = try drive(name, mebibytes: mebibytes, options: options)
        let before = try digest(drive)
        let result = try session.run(arguments([drive]))
        #expect(result.status == status, "\(result.errorText)")
        #expect(result.failure.contains(words), "\(result.failure)")
        #expect(try digest(drive) == before)
    }

    @Test("one drive that fails does not stop the others, does not boot, and the exit code tells")
    func failing() throws {
        let small = session.work.appending("small")
        try TestFolder.makeFolder(small)
        try Program.succeed("mount", ["-t", "tmpfs", "-o", "size=8M", "none", small.string])
        defer { _ = try? Program.run("umount", ["--lazy", small.string]) }
        let good = try drive("good")
        let bad = try LoopDevice(
            mebibytes: 64, in: session.work, name: "small/bad")
        let result = try session.run(arguments([good, bad], ["--json"]))
        // The kernel says of such a loop device that it is full; of most drives that fail it says EIO, which is 74.
        #expect([73, 74].contains(result.status), "\(result.errorText)")
        let drives = try JSONValue(parsing: result.output).drives.elements
        #expect(drives.compactMap(\.status.text) == ["verified", "failed"])
        #expect(result.failure.contains(bad.node.string), "\(result.failure)")
        try session.succeed(["verify", good.node.string])
        let start = try Program.succeed("head", ["--bytes=512", bad.image.string]).output
        #expect(start.utf8.allSatisfy { $0 == 0 })
    }

    @Test("an interrupted run is 130 and says what the drive is now")
    func interrupted() throws {
        let drive = try drive()
        let result = try RunningProgram.end(by: SIGINT) {
            try session.succeed(arguments([drive], ["--force"]))
            return try session.start(arguments([drive], ["--force", "--progress", "json"]))
        } when: { _ in
            try Program.run("head", ["--bytes=512", drive.node.string]).outputBytes.allSatisfy { $0 == 0 }
        }
        #expect(result.status == 130)
        if result.errorText.contains("written, and not verified") {
            try session.succeed(["verify", drive.node.string])
        } else {
            #expect(result.errorText.contains("no drive boots now"), "\(result.errorText)")
            #expect(try session.run(["inspect", drive.node.string]).status == 65)
        }
    }

    @Test("what makes no sense is 64")
    func usage() throws {
        let drive = try drive()
        for arguments in [
            arguments([drive], ["--output", "x.iso"]), arguments([drive], ["--usb", drive.node.string]),
            arguments([drive], ["--media-size", "cd"]),
        ] {
            let result = try session.run(arguments)
            #expect(result.status == 64, "\(result.errorText)")
        }
    }

    @Test(
        "what is no drive says what to do", arguments: [("/dev/null", 77), ("/dev/absent", 66), ("/etc/hostname", 77)])
    func noDrive(path: String, status: Int32) throws {
        let result = try session.run(arguments([], ["--usb", path]))
        #expect(result.status == status, "\(result.errorText)")
        #expect(result.failure.contains("; "), "\(result.failure)")
    }

    @Test("a drive that is killed while it is written boots the new media whole, or nothing")
    func killed() throws {
        let count = Rounds.of(100, percent: 12)
        let drive = try drive()
        let start = ContinuousClock.now
        try session.succeed(arguments([drive], ["--no-verify"]))
        let duration = (ContinuousClock.now - start) / .microseconds(1)
        var generator = SeededGenerator(seed: 5)
        func isBlank() throws -> Bool {
            try Program.run("head", ["--bytes=512", drive.node.string]).outputBytes.allSatisfy { $0 == 0 }
        }
        var unbootable = 0
        for number in 0..<count {
            let wasBlank = try isBlank()
            let program = try session.start(arguments([drive], ["--no-verify", "--force"]))
            if number.isMultiple(of: 2), !wasBlank {
                // At some moment of the writing itself.
                _ = try program.wait(until: isBlank)
                usleep(UInt32.random(in: 0...10_000, using: &generator))
            } else {
                usleep(UInt32(Double.random(in: 0...duration * 1.1, using: &generator)))
            }
            program.send(SIGKILL)
            try program.waitForEnd()
            if try isBlank() {
                unbootable += 1
            } else {
                // The old media, untouched, or the new, whole.
                try session.succeed(["verify", drive.node.string])
            }
        }
        #expect(unbootable > 0)
        try session.succeed(arguments([drive], ["--force"]))
    }
}
