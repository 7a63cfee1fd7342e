// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Images of drives, opened with other people's programs.
@Suite("Media in the image of a drive")
struct DriveImageTests {
    /// Where the volume begins in an image.
    static let volumeOffset = 1 << 20

    /// Checks the volume of an image, or of a drive, with fsck.fat.
    static func checkVolume(_ path: FilePath, in folder: TestFolder) throws {
        let volume = folder.appending("volume.fat")
        try Program.succeed(
            "dd",
            [
                "if=\(path)", "of=\(volume)", "bs=\(volumeOffset)", "skip=1", "status=none", "conv=sparse",
            ])
        let result = try Program.run("fsck.fat", ["-n", volume.string])
        #expect(result.status == 0, "\(result.output)\(result.errorText)")
        try Program.succeed("sfdisk", ["--verify", path.string])
    }

    /// The files of an image by path with their SHA-256, by mtools and coreutils.
    static func digests(_ path: FilePath, in folder: TestFolder) throws -> [String: String] {
        let tree = folder.appending("tree-\(UInt32.random(in: .min ... .max))")
        try TestFolder.makeFolder(tree)
        try Program.succeed(
            "mcopy", ["-s", "-n", "-Q", "-i", "\(path)@@\(volumeOffset)", "::/*", tree.string],
            environment: ["MTOOLS_SKIP_CHECK": "1", "LC_ALL": "C.UTF-8"])
        let list = try Program.succeed("sh", ["-c", "find . -type f -exec sha256sum {} +"], in: tree).output
        var digests: [String: String] = [:]
        for line in list.split(separator: "\n") { digests[String(line.dropFirst(68))] = String(line.prefix(64)) }
        return digests
    }

    @Test(
        "fsck.fat, sfdisk and mtools find in it what the plan said",
        arguments: CommandSession.Media.allCases, ["mbr", "gpt"])
    func otherPrograms(media: CommandSession.Media, scheme: String) throws {
        let session = try CommandSession()
        let options = ["--partition-scheme", scheme]
        let plan = try session.plan(media, "media.img", options)
        let path = try session.create(media, "media.img", options)
        #expect(try Stat(path).size == plan.volumes.elements[0].size.number)
        try Self.checkVolume(path, in: session.work)
        let digests = try Self.digests(path, in: session.work)
        #expect(digests.count == plan.plannedFiles.count)
        for file in plan.plannedFiles {
            let name = try #require(file.path.text)
            #expect(digests[name] == file.sha256.text, "\(name)")
        }
        let inspection = try session.inspect("media.img")
        let firmware = inspection.bootEntries.elements.compactMap(\.firmware.text)
        #expect(firmware == (scheme == "mbr" ? ["bios", "uefi"] : ["uefi"]))
        try session.succeed(["verify", "media.img"])
    }

    @Test("the same request gives the same bytes")
    func reproducible() throws {
        let session = try CommandSession()
        try session.create(.standalone, "one.img", ["--jobs", "1"])
        try session.create(.standalone, "two.img", ["--jobs", "4"])
        try Program.succeed("cmp", ["one.img", "two.img"], in: session.folder)
    }

    @Test("--media-size is the size of the image, sparse, and one that is too small is 73")
    func size() throws {
        let session = try CommandSession()
        let path = try session.create(.standalone, "media.img", ["--media-size", "8GB"])
        let status = try Stat(path)
        #expect(status.size == 8 << 30)
        let used = try Program.succeed("du", ["--block-size=1", path.string]).output.prefix { $0 != "\t" }
        #expect(try #require(Int64(used)) < 64 << 20)
        let result = try session.run(session.arguments(.standalone, "small.img", ["--media-size", "20000000"]))
        #expect(result.status == 73)
        #expect(result.failure.contains("too small"), "\(result.failure)")
        #expect(try session.outputs() == ["media.img"])
    }

    @Test("a flipped bit in a file of it is found and named")
    func damage() throws {
        let session = try CommandSession()
        let path = try session.create(.standalone, "media.img")
        let found = try Program.succeed(
            "grep", ["--byte-offset", "--only-matching", "--text", "--max-count=1", "label=Configuration", path.string])
        let offset = try #require(Int64(found.output.prefix { $0 != ":" }))
        try CommandSession.flipBit(of: path, at: offset)
        let result = try session.run(["verify", "media.img"])
        #expect(result.status == 65)
        #expect(result.output.contains("damaged  MediaLabel.txt"), "\(result.output)")
    }

    @Test("what Windows puts on every drive is not foreign, anything else is")
    func foreign() throws {
        let session = try CommandSession()
        let path = try session.create(.standalone, "media.img")
        let image = "\(path)@@\(Self.volumeOffset)"
        let note = try session.work.write("x".utf8, to: "x.txt")
        try Program.succeed("mmd", ["-i", image, "::System Volume Information"])
        try Program.succeed("mcopy", ["-i", image, note.string, "::System Volume Information/WPSettings.dat"])
        try session.succeed(["verify", "media.img"])
        try Program.succeed("mcopy", ["-i", image, note.string, "::notes.txt"])
        let result = try session.run(["verify", "media.img"])
        #expect(result.status == 65)
        #expect(result.output.contains("foreign  notes.txt"), "\(result.output)")
    }
}
