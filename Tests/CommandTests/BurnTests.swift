// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `tsmedia burn`, to files that stand for discs.
@Suite("Burning")
struct BurnTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func requireEqual(_ image: String, _ disc: String) throws {
        try Program.succeed("cmp", [image, disc], in: session.folder)
    }

    @Test("burns an image to a blank disc, verifies it, and says so in words and as JSON")
    func burns() throws {
        let image = try session.create(.capture, "media.iso")
        let result = try session.succeed(["burn", "media.iso", "--drive", "stdio:disc"])
        let size = try FileIdentity(of: image).byteCount
        #expect(
            result.output.hasPrefix("media.iso: burnt on stdio:disc, stdio file, \(size) bytes ("), "\(result.output)")
        #expect(result.output.hasSuffix("), verified\n"))
        #expect(result.errorText.contains("note: media.iso is burnt and verified"))
        try requireEqual("media.iso", "disc")
        try session.succeed(["verify", "disc"])
        let json = try JSONValue(
            parsing: try session.succeed(["burn", "media.iso", "--drive", "stdio:other", "--no-verify", "--json"])
                .output)
        let disc = try #require(json.discs.elements.first)
        #expect(json.drive.text == "stdio:other" && json.discs.elements.count == 1)
        #expect(disc.sha256.text == String(try Program.succeed("sha256sum", [image.string]).output.prefix(64)))
        #expect(disc.volume.number == 1 && disc.verified == .flag(false) && disc.blanked == .flag(false))
        try requireEqual("media.iso", "other")
    }

    @Test("a disc with something on it is refused (77) and kept, and written over with --force")
    func notBlank() throws {
        try session.create(.capture, "media.iso")
        let disc = session.folder.appending("disc")
        // A disc whose beginning is empty holds something too.
        for bytes in [Array("somebody's".utf8), [UInt8](repeating: 0, count: 200_000) + [1]] {
            try TestFolder.write(bytes, to: disc)
            let result = try session.run(["burn", "media.iso", "--drive", "stdio:disc"])
            #expect(result.status == 77)
            #expect(
                result.failure.contains("disc is not blank; if nothing on it is needed any more, add --force"),
                "\(result.failure)")
            #expect(try SmallFile.read(disc) == bytes)
            try session.succeed(["burn", "media.iso", "--drive", "stdio:disc", "--force"])
            try session.succeed(["verify", "disc"])
        }
    }

    @Test("what is no drive for discs is refused, and nothing is made")
    func noDrives() throws {
        try session.create(.capture, "media.iso")
        let cases: [(drive: String, status: Int32, words: String)] = [
            ("/dev/no-such-drive", 66, "/dev/no-such-drive"), ("/dev/null", 77, "/dev/null"),
            ("media.iso", 77, "media.iso"), ("stdio:/dev/null", 77, "is neither a file nor a block device"),
            ("stdio:.", 77, "is neither a file nor a block device"), ("stdio:", 64, "names no file"),
            ("stdio:no/such/disc", 66, "no/such"), ("stdio:media.iso/disc", 66, "media.iso"),
            ("stdio:media.iso", 64, "is media.iso, which this run reads"), ("stdio:-", 64, "names no file"),
            ("stdio:/dev/no-such-drive", 66, "/dev/no-such-drive is not there"),
            ("stdio:/dev/shm/../no-such-drive", 66, "no-such-drive is not there"),
        ]
        let before = try session.fingerprint()
        // libburn takes this for an open file of its own, which the log is; the file is refused like any other.
        let held = try Program.run(
            "sh",
            [
                "-c", "echo kept > held; exec 7<>held; exec \"$@\"", "sh", try BuiltProgram.tsmedia.string, "burn",
                "media.iso",
                "--drive", "stdio:/dev/fd/7",
            ], environment: ["HOME": session.work.path.string], in: session.folder)
        #expect(held.status == 77 && held.failure.contains("/held is not blank"), "\(held.failure)")
        #expect(try session.bytes("held") == Array("kept\n".utf8))
        try Program.succeed("rm", ["held"], in: session.folder)
        for (drive, status, words) in cases {
            let result = try session.run(["burn", "media.iso", "--drive", drive, "--force"])
            #expect(result.status == status, "\(drive): \(result.errorText)")
            #expect(result.failure.contains(words), "\(drive): \(result.failure)")
        }
        #expect(try session.fingerprint() == before)
    }

    @Test("a disk of this machine is no drive for discs, and behind stdio: it needs what every disk needs")
    func disks() throws {
        guard LoopDevice.isPossible else { return }
        try session.create(.capture, "media.iso")
        let backing = try session.work.write([UInt8](repeating: 0, count: 20 << 20), to: "backing")
        let device = try LoopDevice(on: backing, isWritable: true)
        let plain = try session.run(["burn", "media.iso", "--drive", device.node.string, "--force"])
        #expect(plain.status == 77 && plain.failure.contains("is no drive for discs"), "\(plain.failure)")
        let pseudo = try session.run(["burn", "media.iso", "--drive", "stdio:\(device.node)", "--force"])
        #expect(pseudo.status == 77 && pseudo.failure.contains("--allow-fixed-disk"), "\(pseudo.failure)")
        try session.succeed([
            "burn", "media.iso", "--drive", "stdio:\(device.node)", "--allow-fixed-disk", "--confirm",
            device.node.string,
        ])
        try Program.succeed(
            "cmp",
            [
                "-n", String(try FileIdentity(of: session.folder.appending("media.iso")).byteCount), "media.iso",
                device.node.string,
            ], in: session.folder)
    }

    @Test("a file that is a drive of somebody's is refused (77), by whatever name, also to an update, and kept")
    func behindLoopDevice() throws {
        guard LoopDevice.isPossible else { return }
        try session.create(.capture, "media.iso")
        let drive = try session.create(.capture, "drive.img")
        try Program.succeed("ln", ["drive.img", "second"], in: session.folder)
        let before = try SmallFile.read(drive)
        let device = try LoopDevice(on: drive, isWritable: true)
        for command in [
            ["burn", "media.iso", "--drive", "stdio:drive.img", "--force"],
            ["burn", "media.iso", "--drive", "stdio:second", "--force"], ["update", "drive.img"],
        ] {
            let result = try session.run(command)
            #expect(result.status == 77, "\(result.errorText)")
            #expect(result.failure.contains("is the drive \(device.node), which others may use"), "\(result.failure)")
        }
        #expect(try SmallFile.read(drive) == before)
        device.detach()
        try session.succeed(["burn", "media.iso", "--drive", "stdio:drive.img", "--force"])
    }

    @Test(
        "what is made of an image that others may not read is not for them either; nor is a file another run burns to")
    func othersKeptOut() throws {
        let image = try session.create(.capture, "media.iso")
        try Program.succeed("chmod", ["600", image.string])
        try session.succeed(["burn", "media.iso", "--drive", "stdio:private"])
        #expect(try Stat(session.folder.appending("private")).permissions == .ownerReadWrite)
        try Program.succeed("chmod", ["644", image.string])
        try session.succeed(["burn", "media.iso", "--drive", "stdio:open"])
        #expect(try Stat(session.folder.appending("open")).permissions.contains(.otherRead))

        let held = try FileDescriptor.open(session.folder.appending("open"), .readWrite)
        defer { try? held.close() }
        #expect(flock(held.rawValue, LOCK_EX | LOCK_NB) == 0)
        let result = try session.run(["burn", "media.iso", "--drive", "stdio:open", "--force"])
        #expect(
            result.status == 77 && result.failure.contains("open is in use by another program"), "\(result.failure)")
    }

    @Test("a file or folder that cannot be written is told before anything is tried")
    func unwritable() throws {
        guard geteuid() == 0 else { return }
        try session.create(.capture, "media.iso")
        try Program.succeed("sh", ["-c", "mkdir closed && : > kept && chmod 600 kept"], in: session.folder)
        // The folders above, which are the test's own, may be passed through.
        try Program.succeed(
            "sh", ["-c", "f=$PWD; while [ $f != / ] && [ $f != /tmp ]; do chmod a+x $f; f=$(dirname $f); done"],
            in: session.folder)
        for (drive, words) in [
            ("kept", "kept could not be written: "), ("closed/disc", "closed/disc could not be created: "),
        ] {
            let result = try Program.run(
                "setpriv",
                [
                    "--reuid=65534", "--regid=65534", "--clear-groups", try BuiltProgram.tsmedia.string, "burn",
                    "media.iso", "--drive", "stdio:\(drive)",
                ], environment: ["HOME": "/nonexistent"], in: session.folder)
            #expect(result.status == 77 && result.failure.contains(words), "\(result.failure)")
            #expect(!result.errorText.contains("burning"), "\(result.errorText)")
        }
    }

    @Test("a damaged or foreign image is refused before the first byte")
    func damagedImage() throws {
        let image = try session.create(.capture, "media.iso")
        try CommandSession.flipBit(of: image, at: 256 * 2048 + 1)
        let damaged = try session.run(["burn", "media.iso", "--drive", "stdio:disc"])
        #expect(damaged.status == 65)
        #expect(damaged.failure.contains("is damaged, and is not burnt: first UDF anchor"), "\(damaged.failure)")
        try CommandSession.flipBit(of: image, at: 256 * 2048 + 1)
        try Program.succeed("truncate", ["--size=-2048", image.string])
        let cut = try session.run(["burn", "media.iso", "--drive", "stdio:disc"])
        #expect(cut.status == 65 && cut.failure.contains("cut short"), "\(cut.failure)")
        try session.create(.capture, "drive.img")
        let drive = try session.run(["burn", "drive.img", "--drive", "stdio:disc"])
        #expect(drive.status == 65 && drive.failure.contains("is no image of a disc"), "\(drive.failure)")
        #expect(try session.run(["burn", "gone.iso", "--drive", "stdio:disc"]).status == 66)
        #expect(try session.outputs() == ["drive.img", "media.iso"])
        // An image of somebody else's is burnt as it is.
        try Program.succeed(
            "xorriso", ["-outdev", "theirs.iso", "-map", session.demo.clientBinaries.string, "/"], in: session.folder)
        try session.succeed(["burn", "theirs.iso", "--drive", "stdio:disc"])
        try requireEqual("theirs.iso", "disc")
    }

    @Test("a simulation leaves nothing, also where there was nothing")
    func simulates() throws {
        try session.create(.capture, "media.iso")
        let result = try session.succeed(["burn", "media.iso", "--drive", "stdio:disc", "--simulate"])
        #expect(result.output.contains("simulated on stdio:disc") && !result.output.contains("verified"))
        #expect(result.errorText.contains("note: media.iso was tried: nothing is burnt"), "\(result.errorText)")
        #expect(try session.outputs() == ["media.iso"])
    }

    @Test(
        "a disc with too little room is refused before the first byte (73), to the block",
        .enabled(if: DiskSpaceTests.canMount, "needs root or user namespaces"))
    func tooSmall() throws {
        let image = try session.create(.capture, "media.iso")
        let size = try FileIdentity(of: image).byteCount
        let pages = (size + 4095) / 4096 * 4096
        func burn(_ byteCount: Int64) throws -> ProgramResult {
            try Program.succeed("cp", [image.string, session.work.appending("media.iso").string])
            return try DiskSpaceTests.run(
                session, ["burn", session.work.appending("media.iso").string, "--drive", "stdio:disc"],
                byteCount: byteCount)
        }
        let small = try burn(pages - 4096)
        #expect(small.status == 73)
        #expect(small.failure.contains("disc has room for \(pages - 4096) bytes, and"), "\(small.failure)")
        #expect(small.output == "left:\n")
        let enough = try burn(pages)
        #expect(enough.status == 0, "\(enough.errorText)")
        #expect(enough.output.hasSuffix("left: disc\n"))
    }

    @Test("a disc that fails while it is burnt is said to have failed (74), with what the drive says")
    func fails() throws {
        try session.create(.capture, "media.iso")
        // In units of 512 bytes: the kernel lets the file grow no further.
        let result = try Program.run(
            "sh",
            [
                "-c", "ulimit -f 4000; exec \"$@\"", "sh", try BuiltProgram.tsmedia.string, "burn", "media.iso",
                "--drive",
                "stdio:disc",
            ], environment: ["HOME": session.work.path.string], in: session.folder)
        #expect(result.status == 74)
        #expect(result.failure.contains("could not be burnt: Cannot write desired amount"), "\(result.failure)")
    }

    @Test("Ctrl-C while it is burnt: 130, and the drive is let go", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        // Large enough to be stopped in.
        let image = session.folder.appending("large.iso")
        try Program.succeed("truncate", ["--size", "3G", session.work.appending("hole").string])
        try Program.succeed(
            "xorriso",
            ["-outdev", image.string, "-padding", "0", "-map", session.work.appending("hole").string, "/hole"])
        let result = try RunningProgram.end(by: signal) {
            try Program.succeed("rm", ["-f", "disc"], in: session.folder)
            return try session.start(["burn", "large.iso", "--drive", "stdio:disc"])
        } when: { _ in
            ((try? Stat(session.folder.appending("disc")))?.size ?? 0) > 0
        }
        #expect(result.status == 130)
        #expect(result.failure.contains("disc holds a part of the image; run it again"), "\(result.failure)")
        #expect(try FileIdentity(of: session.folder.appending("disc")).byteCount < 3 << 30)
    }

    // MARK: Sets

    private func makeSet() throws -> [String] {
        let size = try #require(try session.plan(.standalone, "set.iso").volumes.elements.first?.size.number)
        try session.succeed(session.arguments(.standalone, "set.iso", ["--media-size", String(size - 1)]))
        let names = try session.outputs()
        #expect(names == ["set1.iso", "set2.iso"])
        return names
    }

    private func waitForQuestion(_ program: RunningProgram, _ count: Int = 1) throws {
        let asks = try program.wait {
            try program.errorText().matches(of: /put a blank disc for volume 2 of 2 \(set2.iso\) into/).count >= count
        }
        let said = try program.errorText()
        #expect(asks, "\(said)")
    }

    @Test("the volumes of a set are burnt in order, and each further disc is asked for by its number")
    func set() throws {
        _ = try makeSet()
        let program = try session.start(["burn", "set2.iso", "set1.iso", "--drive", "stdio:disc"])
        try waitForQuestion(program)
        try requireEqual("set1.iso", "disc")
        // The same disc is still there: it is refused, and asked for once more.
        try program.say("")
        try waitForQuestion(program, 2)
        #expect(try program.errorText().contains("is one that this run has burnt; put another disc into the drive"))
        try Program.succeed("mv", ["disc", "disc1"], in: session.folder)
        try program.say("")
        let result = try program.waitForEnd()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.output.split(separator: "\n").map { $0.prefix(9) } == ["set1.iso:", "set2.iso:"])
        try requireEqual("set1.iso", "disc1")
        try requireEqual("set2.iso", "disc")
        try session.succeed(["verify", "disc1", "disc"])
    }

    @Test("where nobody answers, --force or not, the first disc stays and the error says what is left (77)")
    func nobodyAnswers() throws {
        _ = try makeSet()
        for options in [[], ["--force"]] {
            try Program.succeed("rm", ["-f", "disc"], in: session.folder)
            let result = try session.run(["burn", "set1.iso", "set2.iso", "--drive", "stdio:disc"] + options)
            #expect(result.status == 77)
            #expect(
                result.failure.contains(
                    "volume 2 of 2 (set2.iso) waits for its disc, and nobody answers; go on with set2.iso"),
                "\(result.failure)")
            try requireEqual("set1.iso", "disc")
            // Whoever says yes without a look does not lose it either.
            try Program.succeed("rm", ["-f", "disc"], in: session.folder)
            let hasty = try session.run(
                ["burn", "set1.iso", "set2.iso", "--drive", "stdio:disc"] + options, input: Array("\n\n\n".utf8))
            #expect(hasty.status == 77)
            try requireEqual("set1.iso", "disc")
        }
    }

    @Test("a name with control characters reaches the question as text")
    func hostileName() throws {
        _ = try makeSet()
        let name = "b\u{1B}[31m\n.iso"
        try Program.succeed("mv", ["set2.iso", name], in: session.folder)
        let result = try session.run(["burn", "set1.iso", name, "--drive", "stdio:disc"])
        #expect(result.status == 77)
        #expect(
            !result.errorText.contains("\u{1B}") && result.errorText.contains("\\u{1B}"),
            "\(result.errorText)")
    }

    @Test("Ctrl-C at the question: 130, and it says what is burnt")
    func interruptedQuestion() throws {
        _ = try makeSet()
        let program = try session.start(["burn", "set1.iso", "set2.iso", "--drive", "stdio:disc"])
        try waitForQuestion(program)
        program.send(SIGINT)
        let result = try program.waitForEnd()
        #expect(result.status == 130)
        #expect(result.failure.contains("what was burnt before is whole; go on with set2.iso"), "\(result.failure)")
    }

    // MARK: Drives and arguments

    @Test("--list shows the drives for discs, and says when there are none")
    func list() throws {
        let result = try session.succeed(["burn", "--list"])
        let json = try JSONValue(parsing: try session.succeed(["burn", "--list", "--json"]).output)
        let hasDrives = !json.drives.elements.isEmpty
        #expect(hasDrives != result.errorText.contains("note: there are no drives for discs"), "\(result.errorText)")
        if !hasDrives { #expect(result.output == "") }
    }

    @Test("arguments that contradict each other are told: 64")
    func usage() throws {
        for (arguments, words) in [
            (["--list", "x.iso"], "--list shows drives and burns nothing"), (["x.iso"], "with --drive, the drive"),
            (["--drive", "/dev/sr0"], "name the images to burn"),
            (["x.iso", "x.iso", "--drive", "/dev/sr0"], "x.iso is named twice; name each image once"),
            (["x.iso", "--drive", "/dev/sr0", "--speed", "fast"], "--speed 'fast' is no speed"),
        ] {
            let result = try session.run(["burn"] + arguments)
            #expect(result.status == 64 && result.failure.contains(words), "\(result.failure)")
        }
    }
}
