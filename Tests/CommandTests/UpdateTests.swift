// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("tsmedia update")
struct UpdateTests {
    let session: CommandSession

    init() throws {
        session = try CommandSession(ownLibrary: true)
        try session.create(.standalone, "drive.img", ["--media-size", "100000000"])
    }

    /// The arguments that update the image with what the library holds now.
    private func arguments(_ more: [String] = []) -> [String] {
        [
            "update", "drive.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string,
        ] + more
    }

    private func update(_ more: [String] = []) throws -> JSONValue {
        try JSONValue(parsing: try session.succeed(arguments(["--json"] + more)).output)
    }

    /// A version of the tools package with other files.
    private func changePackage() throws {
        try session.work.write("@echo changed\r\n".utf8, to: "tools/Setup.cmd")
        try session.work.write("new".utf8, to: "tools/New folder/a long file name.txt")
        try session.succeed([
            "content", "add", "--create", session.work.appending("tools").string, "--package-id", DemoSite.toolsPackage,
            "--version", "9", "--library", session.library.string,
        ])
    }

    /// The image must hold what a new one would, and fsck.fat must agree with it.
    private func expectLikeNew() throws {
        try session.succeed(["verify", "drive.img"])
        let path = session.folder.appending("drive.img")
        try DriveImageTests.checkVolume(path, in: session.work)
        let new = try session.create(.standalone, "new.img")
        #expect(
            try DriveImageTests.digests(path, in: session.work) == DriveImageTests.digests(new, in: session.work))
    }

    @Test("a drive that is up to date is not touched")
    func upToDate() throws {
        let before = try session.fingerprint()
        #expect(try update().isUpToDate.flag == true)
        #expect(try session.fingerprint() == before)
    }

    @Test("only what changed is written, and the drive is what a new one would be")
    func changed() throws {
        try changePackage()
        let before = try session.fingerprint()
        let plan = try update(["--dry-run"])
        #expect(try session.fingerprint() == before)
        let report = try update()
        #expect(report == plan)
        #expect(report.isUpToDate.flag == false)
        #expect(try #require(report.keptSize.number) > 16 << 20)
        #expect(try #require(report.writtenSize.number) < 300_000)
        try expectLikeNew()
        #expect(try update().isUpToDate.flag == true)
    }

    @Test(
        "variables and policies that a password now protects are nowhere on the drive as they were",
        arguments: ["Variables.dat", "Policy.xml"])
    func protected(file: String) throws {
        let path = session.folder.appending("drive.img")
        let old = session.work.appending("old")
        try Program.succeed(
            "mcopy", ["-i", "\(path)@@\(DriveImageTests.volumeOffset)", "::SMS/data/\(file)", old.string])
        let sample = Array(try SmallFile.read(old).prefix(512))
        #expect(sample.count == 512)
        func count() throws -> Int {
            // In Python, because the image is 100 MB and tests are not optimised.
            let script = "import sys; print(open(sys.argv[1],'rb').read().count(open(sys.argv[2],'rb').read(512)))"
            let output = try Program.succeed("python3", ["-c", script, path.string, old.string]).output
            return try #require(Int(output.prefix { $0.isNumber }))
        }
        #expect(try count() == 1)
        let password = try session.work.write("geheim\n".utf8, to: "password.txt").string
        #expect(try update(["--password-file", password]).isUpToDate.flag == false)
        #expect(try count() == 0)
        try session.succeed(["verify", "drive.img"])
    }

    @Test("an image that gets secrets in the open is its owner's alone from then on")
    func secretImage() throws {
        let path = session.folder.appending("open.img")
        try session.create(.bootable, "open.img")
        #expect(try Stat(path).permissions.contains(.otherRead))
        let update = session.arguments(.bootable, "open.img", ["--self-signed-certificate"])
        let words = ["update", "open.img"] + update.dropFirst(2).filter { $0 != "--output" && $0 != "open.img" }
        try session.succeed(words)
        #expect(try Stat(path).permissions.isDisjoint(with: [.groupRead, .otherRead]))
    }

    @Test("damaged files are mended, files of others stay")
    func mended() throws {
        let path = session.folder.appending("drive.img")
        let found = try Program.succeed(
            "grep", ["--byte-offset", "--only-matching", "--text", "--max-count=1", "label=Configuration", path.string])
        try CommandSession.flipBit(of: path, at: try #require(Int64(found.output.prefix { $0 != ":" })))
        let note = try session.work.write("mine".utf8, to: "x.txt")
        let image = "\(path)@@\(DriveImageTests.volumeOffset)"
        try Program.succeed("mcopy", ["-i", image, note.string, "::notes.txt"])
        let report = try update()
        #expect(report.mendedFileCount.number == 1)
        #expect(report.foreignFileCount.number == 1)
        #expect(try Program.succeed("mtype", ["-i", image, "::notes.txt"]).output == "mine")
        try Program.succeed("mdel", ["-i", image, "::notes.txt"])
        try expectLikeNew()
    }

    @Test("a drive without room for old and new is 73 and stays what it was")
    func noRoom() throws {
        let size = try #require(session.plan(.standalone, "tight.img").volumes.elements[0].size.number)
        try session.create(.standalone, "tight.img", ["--media-size", String(size)])
        try Program.succeed("mv", ["tight.img", "drive.img"], in: session.folder)
        let filler = session.work.appending("filler.bin")
        try Program.succeed("sh", ["-c", "head --bytes=9000000 /dev/urandom > '\(filler)'"])
        let image = "\(session.folder.appending("drive.img"))@@\(DriveImageTests.volumeOffset)"
        try Program.succeed("mcopy", ["-i", image, filler.string, "::one.bin"])
        try Program.succeed("mkdir", [session.work.appending("more").string])
        try Program.succeed("cp", [filler.string, session.work.appending("more").appending("two.bin").string])
        try session.succeed([
            "content", "add", "--create", session.work.appending("more").string, "--package-id", DemoSite.toolsPackage,
            "--version", "9", "--library", session.library.string,
        ])
        let before = try session.fingerprint()
        let result = try session.run(arguments())
        #expect(result.status == 73, "\(result.errorText)")
        #expect(try session.fingerprint() == before)
    }

    @Test("what is no drive of ours is 65, what is not there 66", arguments: [("notes.txt", 65), ("absent.img", 66)])
    func notOurs(name: String, status: Int32) throws {
        try Program.succeed("sh", ["-c", "echo notes > notes.txt"], in: session.folder)
        let result = try session.run(["update", name] + arguments().dropFirst(2))
        #expect(result.status == status, "\(result.errorText)")
    }
}
