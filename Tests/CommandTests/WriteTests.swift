// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Finished media onto drives: loop devices, which count as fixed disks.
@Suite("Writing finished media", .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
struct WriteTests {
    let session: CommandSession

    init() throws { session = try CommandSession() }

    private func drive(_ name: String = "drive", mebibytes: Int = 64) throws -> LoopDevice {
        try LoopDevice(mebibytes: mebibytes, in: session.work, name: name)
    }

    /// The arguments that write `media` to `drives`, which are confirmed.
    static func arguments(_ media: [String], _ drives: [LoopDevice], _ more: [String] = []) -> [String] {
        ["write"] + media + drives.flatMap { ["--usb", $0.node.string, "--confirm", $0.node.string] }
            + ["--allow-fixed-disk"] + more
    }

    /// The files of a drive by path with their SHA-256.
    private func digests(_ drive: LoopDevice) throws -> [String: String] {
        try DriveImageTests.digests(drive.image, in: session.work)
    }

    /// The same without the manifest, which says as what the media was made; its list of files is that of these.
    private func content(_ image: FilePath) throws -> [String: String] {
        try DriveImageTests.digests(image, in: session.work).filter { !$0.key.hasSuffix("MediaManifest.json") }
    }

    @Test(
        "a disc, a folder, a drive image and a WIM of one media become the drive that create makes",
        arguments: ["mbr", "gpt"])
    func sameAsCreated(scheme: String) throws {
        let division = ["--partition-scheme", scheme]
        try session.create(.standalone, "media.iso")
        try session.create(.standalone, "tree")
        try session.create(.standalone, "media.img")
        try Program.succeed("wimlib-imagex", ["capture", "tree", "media.wim"], in: session.folder)
        let made = try session.create(.standalone, "made.img", division + ["--media-size", "67108864"])
        let expected = try content(made)
        for media in ["media.iso", "tree", "media.img", "media.wim"] {
            let drive = try drive(media)
            let report = try JSONValue(
                parsing: try session.succeed(Self.arguments([media], [drive], division + ["--json"])).output)
            #expect(report.drives.elements.map(\.status.text) == ["verified"], "\(media)")
            #expect(report.hasManifest == .flag(true))
            try DriveImageTests.checkVolume(drive.image, in: session.work)
            try session.succeed(["verify", drive.node.string])
            #expect(try content(drive.image) == expected, "\(media)")
        }
    }

    @Test("a set becomes one media again, and what is no whole set is refused")
    func set() throws {
        try session.create(.standalone, "set.iso", ["--media-size", "18MB"])
        let names = try session.outputs().filter { $0.hasSuffix(".iso") }
        #expect(names.count > 1)
        let drive = try drive()
        try session.succeed(Self.arguments(names.reversed(), [drive]))
        try session.succeed(["verify", drive.node.string])
        let made = try session.create(.standalone, "made.img", ["--media-size", "67108864"])
        #expect(try content(drive.image) == content(made))
        for media in [[names[0]], Array(names.dropFirst())] {
            let result = try session.run(Self.arguments(media, [drive], ["--force"]))
            #expect(result.status == 66 && result.failure.contains("name all volumes"), "\(media): \(result.failure)")
        }
        try session.create(.bootable, "other.iso")
        let mixed = try session.run(Self.arguments([names[0], "other.iso"], [drive], ["--force"]))
        #expect(mixed.status == 65, "\(mixed.failure)")
        try session.succeed(["verify", drive.node.string])
    }

    @Test("media without a manifest is read twice and becomes a drive with the same files")
    func withoutManifest() throws {
        try session.create(.standalone, "tree")
        try Folder.removeFile(session.folder.appending("tree/SMS/data/MediaManifest.json"))
        try GenuineMediaTests.makeDisc(of: session)
        let drives = [try drive("one"), try drive("two", mebibytes: 100)]
        let result = try session.succeed(Self.arguments(["media.iso"], drives, ["--json"]))
        let report = try JSONValue(parsing: result.output)
        #expect(report.hasManifest == .flag(false))
        #expect(report.drives.elements.map(\.status.text) == ["verified", "verified"])
        var expected = try TestFolder.hashes(in: session.folder.appending("tree")).count
        // The boot catalog is genisoimage's.
        expected += 1
        for drive in drives {
            try DriveImageTests.checkVolume(drive.image, in: session.work)
            #expect(try digests(drive).count == expected)
            let label = try Program.succeed(
                "blkid", ["-p", "-O", "1048576", "-s", "LABEL", "-o", "value", drive.image.string])
            #expect(label.output == "CONFIGURATI\n")
        }
        // What tells such media apart is what is on it: another one has other numbers.
        let first = try Program.succeed("head", ["--bytes=512", drives[0].image.string]).outputBytes
        #expect(
            try Program.succeed("head", ["--bytes=444", drives[1].image.string]).outputBytes == Array(first.prefix(444))
        )
    }

    @Test("two names that differ in case alone are refused, and the drive is not touched")
    func ambiguousNames() throws {
        try session.create(.standalone, "tree")
        try Folder.removeFile(session.folder.appending("tree/SMS/data/MediaManifest.json"))
        for name in ["Note.txt", "note.TXT"] { try session.work.write(name.utf8, to: "out/tree/\(name)") }
        let drive = try drive()
        let result = try session.run(Self.arguments(["tree"], [drive]))
        #expect(result.status == 65 && result.failure.contains("differ in case alone"), "\(result.failure)")
        #expect(try Program.run("head", ["--bytes=512", drive.node.string]).outputBytes.allSatisfy { $0 == 0 })
    }

    @Test("media that is damaged boots nowhere, and is told")
    func damaged() throws {
        let path = try session.create(.standalone, "media.iso")
        let drive = try drive()
        // In the boot image, or another archive.
        let found = try Program.succeed("grep", ["--only-matching", "--byte-offset", "--text", "MSWIM", path.string])
        let place = try #require(Int64(found.output.prefix { $0 != ":" }))
        try CommandSession.flipBit(of: path, at: place + 300)
        let result = try session.run(Self.arguments(["media.iso"], [drive]))
        #expect(result.status == 65 && result.failure.contains("no drive boots now"), "\(result.failure)")
        #expect(try Program.run("head", ["--bytes=512", drive.node.string]).outputBytes.allSatisfy { $0 == 0 })
    }

    @Test("without consent nothing is touched, and a dry run says the same")
    func refused() throws {
        try session.create(.capture, "media.iso")
        let drive = try drive()
        let before = try Program.succeed("sha256sum", [drive.image.string]).output
        for more in [[], ["--dry-run"], ["--allow-fixed-disk"], ["--allow-fixed-disk", "--confirm", "/dev/sda"]] {
            let result = try session.run(["write", "media.iso", "--usb", drive.node.string] + more)
            #expect(result.status == 77 && result.failure.contains(drive.node.string), "\(result.failure)")
        }
        let plan = try JSONValue(
            parsing: try session.succeed(Self.arguments(["media.iso"], [drive], ["--dry-run", "--json"])).output)
        #expect(plan.drives.elements.map(\.status.text) == ["planned"])
        #expect(try Program.succeed("sha256sum", [drive.image.string]).output == before)
    }

    @Test("the drive that the media lies on, or is, is not written")
    func ownSource() throws {
        try session.create(.capture, "media.iso")
        let holder = try LoopDevice(mebibytes: 128, in: session.work, name: "holder") { try LoopDevice.makeExt4($0) }
        let mount = try holder.mount()
        try Program.succeed("cp", ["media.iso", mount.string], in: session.folder)
        let lies = try session.run(
            Self.arguments([mount.appending("media.iso").string], [holder], ["--force", "--unmount"]))
        #expect(lies.status == 77 && lies.failure.contains("holds"), "\(lies.failure)")
        let stick = try drive("stick")
        try session.succeed(Self.arguments(["media.iso"], [stick]))
        let before = try Program.succeed("sha256sum", [stick.image.string]).output
        let own = try session.run(Self.arguments([stick.node.string], [stick], ["--force"]))
        #expect(own.status == 77, "\(own.failure)")
        #expect(try Program.succeed("sha256sum", [stick.image.string]).output == before)
        // A drive is media as any other.
        let copy = try drive("copy")
        try session.succeed(Self.arguments([stick.node.string], [copy]))
        try session.succeed(["verify", copy.node.string])
    }

    @Test("each drive gets a label of its own, in the boot sector, the root directory and the partition table")
    func labels() throws {
        try session.create(.capture, "media.iso")
        let drives = [try drive("one"), try drive("two"), try drive("three", mebibytes: 80)]
        try session.succeed(
            Self.arguments(["media.iso"], drives, ["--label-template", "osd-{number}", "--partition-scheme", "gpt"]))
        for (index, drive) in drives.enumerated() {
            let name = "OSD-\(index + 1)"
            try DriveImageTests.checkVolume(drive.image, in: session.work)
            let listed = try Program.succeed(
                "mdir", ["-i", "\(drive.image)@@1M", "::"], environment: ["MTOOLS_SKIP_CHECK": "1"])
            #expect(listed.output.contains("Volume in drive : is \(name)"), "\(listed.output)")
            let sector = try ImageBytes.read(drive.image, at: 1 << 20, count: 512)
            let kept = try #require(sector.slice(at: 71, length: 11))
            #expect(String(decoding: kept, as: UTF8.self).hasPrefix(name))
            #expect(try Program.succeed("sfdisk", ["--dump", drive.image.string]).output.contains("name=\"\(name)\""))
            try session.succeed(["verify", drive.node.string])
        }
        let one = try session.run(Self.arguments(["media.iso"], [drives[0]], ["--force", "--label", "Own label"]))
        #expect(one.status == 0, "\(one.errorText)")
        for template in ["OSD", "{other}", "{number", "OSD-LABEL-{number}", "é{number}"] {
            let result = try session.run(
                Self.arguments(["media.iso"], drives, ["--force", "--label-template", template]))
            #expect(result.status == 64 && result.failure.contains("--label-template"), "\(result.failure)")
        }
    }

    @Test("what no drive that starts can be made of is refused with the reason")
    func unsuitable() throws {
        let drive = try drive()
        try session.succeed(session.extracted("OEM.wim", ["--compression", "none"]))
        try session.succeed(session.extractedDisk())
        try TestFolder.write(Array("x".utf8), to: session.folder.appending("text.iso"))
        for (media, status, words) in [
            ("OEM.wim", Int32(77), "installed Windows"), ("disk.img", 77, "whole disk"), ("text.iso", 65, "neither"),
            ("absent.iso", 66, "absent.iso"),
        ] {
            let result = try session.run(Self.arguments([media], [drive]))
            #expect(result.status == status && result.failure.contains(words), "\(media): \(result.failure)")
        }
        let small = try self.drive("small", mebibytes: 8)
        try session.create(.standalone, "media.iso")
        let result = try session.run(Self.arguments(["media.iso"], [small]))
        #expect(result.status == 73 && result.failure.contains("too small"), "\(result.failure)")
    }

    @Test("what makes no sense is 64")
    func usage() throws {
        for arguments in [
            ["write", "a.iso"], ["write", "--usb", "/dev/sdz"], ["write", "a.iso", "a.iso", "--usb", "/dev/sdz"],
            ["write", "a.iso", "--usb", "/dev/sdz", "--count", "2"],
            ["write", "a.iso", "--continuous", "--count", "0"],
            ["write", "a.iso", "--continuous", "--dry-run"],
            ["write", "a.iso", "--usb", "/dev/sdz", "--label", "x", "--label-template", "{number}"],
        ] {
            let result = try session.run(arguments)
            #expect(result.status == 64, "\(arguments): \(result.errorText)")
        }
    }
}
