// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Images of drives for those who copy them: zstd unpacks them, bmaptool copies them by their maps, sha256sum checks them.
@Suite("Images for factories")
struct FactoryImageTests {
    let session: CommandSession

    init() throws { session = try CommandSession() }

    /// The arguments that make media of one kind as an image of a drive.
    private func arguments(_ kind: String, _ output: String, _ more: [String] = []) -> [String] {
        switch kind {
        case "prestaged": session.prestagedDisk(output, more, size: "2200MB")
        case "extracted": session.extractedDisk(output, more, size: "2200MB")
        case "bootable": session.arguments(.bootable, output, more)
        default: session.arguments(.standalone, output, ["--media-size", "100000000"] + more)
        }
    }

    @Test(
        "a compressed image is the image, and its map that of the image, on any number of threads",
        arguments: ["standalone", "bootable", "prestaged", "extracted"])
    func compressed(kind: String) throws {
        try session.succeed(arguments(kind, "plain.img", ["--bmap"]))
        try session.succeed(arguments(kind, "packed.img.zst", ["--bmap", "--jobs", "1"]))
        try session.succeed(arguments(kind, "other.img.zst", ["--jobs", "3"]))
        let folder = session.folder
        #expect(try Program.run("cmp", ["packed.img.zst", "other.img.zst"], in: folder).status == 0)
        try Program.succeed("zstd", ["--decompress", "--quiet", "packed.img.zst"], in: folder)
        #expect(try Program.run("cmp", ["packed.img", "plain.img"], in: folder).status == 0)
        #expect(try Program.run("cmp", ["packed.img.bmap", "plain.img.bmap"], in: folder).status == 0)
        let size = try Stat(folder.appending("packed.img.zst")).size
        #expect(size < (try Stat(folder.appending("plain.img")).size) / 4)
        try session.succeed(["verify", "packed.img"])
    }

    @Test(
        "what lies beside an image that is replaced, and is of the old one, is told; a list that is none is, beforehand"
    )
    func stale() throws {
        try session.create(.capture, "drive.img", ["--bmap", "--checksums"])
        let result = try session.succeed(session.arguments(.capture, "drive.img", ["--force", "--label", "OTHER"]))
        #expect(
            result.errorText.contains("drive.img.bmap is the map of the image that is replaced"), "\(result.errorText)")
        #expect(result.errorText.contains("SHA256SUMS lists drive.img"), "\(result.errorText)")
        let again = try session.succeed(
            session.arguments(.capture, "drive.img", ["--force", "--bmap", "--checksums", "--label", "OTHER"]))
        #expect(!again.errorText.contains("is replaced") && !again.errorText.contains("lists"), "\(again.errorText)")
        try Program.succeed("sha256sum", ["--check", "--strict", "SHA256SUMS"], in: session.folder)
        try session.work.write("my notes\n".utf8, to: "out/SHA256SUMS")
        let before = try session.fingerprint()
        let refused = try session.run(session.arguments(.capture, "new.img", ["--checksums"]))
        #expect(refused.status == 77 && refused.failure.contains("is no list of SHA-256"), "\(refused.failure)")
        #expect(try session.fingerprint() == before)
    }

    @Test(
        "bmaptool checks the map and every hash in it, and makes the media of a disk that was full of something else",
        .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)),
        arguments: [("standalone", "mbr"), ("standalone", "gpt"), ("prestaged", "mbr"), ("extracted", "gpt")])
    func mapped(kind: String, scheme: String) throws {
        let division = ["--partition-scheme", scheme, "--bmap"]
        try session.succeed(arguments(kind, "disk.img", division))
        try session.succeed(arguments(kind, "disk.img.zst", division + ["--force"]))
        let image = session.folder.appending("disk.img")
        let size = try Stat(image).size
        for source in ["disk.img", "disk.img.zst"] {
            let target = session.work.appending("target")
            // What bmaptool skips keeps this.
            try Program.succeed("sh", ["-c", "head --bytes=\(size) /dev/zero | tr '\\0' '\\252' > '\(target)'"])
            let loop = try LoopDevice(on: target, isWritable: true)
            try Program.succeed("bmaptool", ["--quiet", "copy", source, loop.node.string], in: session.folder)
            try session.succeed(["verify", loop.node.string])
            // Nothing of what was there before is taken for something at its start and its end.
            for range in [0..<Int64(1 << 20), size - (1 << 20)..<size] {
                let copied = try ImageBytes.read(target, at: range.lowerBound, count: range.count).bytes
                #expect(try copied == ImageBytes.read(image, at: range.lowerBound, count: range.count).bytes)
            }
        }
        // A flipped bit in what is copied is found by the hashes of the map.
        try CommandSession.flipBit(of: image, at: 1 << 20 + 4096)
        let damaged = try Program.run("bmaptool", ["copy", "disk.img", "copy.img"], in: session.folder)
        #expect(damaged.status != 0 && damaged.errorText.contains("checksum"), "\(damaged.errorText)")
    }

    @Test(
        "a shrunk image ends behind what it holds, and a copy on a drive of the full size is whole",
        .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)), arguments: ["mbr", "gpt"])
    func shrunk(scheme: String) throws {
        let options = ["--partition-scheme", scheme]
        try session.succeed(arguments("standalone", "whole.img", options))
        let result = try session.succeed(
            arguments("standalone", "short.img", options + ["--shrink", "--bmap", "--json"]))
        try session.succeed(arguments("standalone", "short.img.zst", options + ["--shrink"]))
        let short = session.folder.appending("short.img")
        let report = try JSONValue(parsing: result.output).volumes.elements[0]
        #expect(try Stat(short).size == report.size.number)
        #expect(try Stat(short).size < 30_000_000)
        #expect(report.bmap.text == "short.img.bmap")
        try Program.succeed(
            "zstd", ["--decompress", "--quiet", "--stdout", "short.img.zst", "-o", "unpacked"], in: session.folder)
        #expect(try Program.run("cmp", ["unpacked", "short.img"], in: session.folder).status == 0)
        let target = session.work.appending("target")
        try Program.succeed("truncate", ["--size", "100000000", target.string])
        let loop = try LoopDevice(on: target, isWritable: true)
        try Program.succeed("bmaptool", ["--quiet", "copy", "short.img", loop.node.string], in: session.folder)
        if scheme == "gpt" {
            #expect(try session.run(["verify", loop.node.string]).output.contains("GUID partition table"))
            try Program.succeed("sgdisk", ["--move-second-header", loop.node.string])
        }
        try session.succeed(["verify", loop.node.string])
        #expect(result.errorText.contains("sgdisk -e") == (scheme == "gpt"), "\(result.errorText)")
    }

    @Test("SHA256SUMS is what sha256sum checks, keeps the lines of others, and is no other file")
    func checksums() throws {
        try session.create(.capture, "one.iso", ["--checksums"])
        try session.create(.capture, "two.img.zst", ["--checksums", "--bmap"])
        try session.succeed(session.prestaged("OEM.swm", ["--compression", "none", "--split", "4MB", "--checksums"]))
        try session.create(.capture, "one.iso", ["--checksums", "--force", "--label", "other"])
        let checked = try Program.succeed("sha256sum", ["--check", "--strict", "SHA256SUMS"], in: session.folder).output
        let lines = checked.split(separator: "\n").map(String.init)
        for name in ["one.iso", "two.img.zst", "two.img.bmap", "OEM.swm", "OEM2.swm"] {
            #expect(lines.filter { $0 == "\(name): OK" }.count == 1, "\(lines)")
        }
        // In the words of sha256sum itself.
        let own = try Program.succeed("sh", ["-c", "sha256sum one.iso"], in: session.folder).output
        #expect(String(decoding: try session.bytes("SHA256SUMS"), as: UTF8.self).contains(own))
        try TestFolder.write(Array("no list\n".utf8), to: session.folder.appending("SHA256SUMS"))
        let refused = try session.run(session.arguments(.capture, "three.iso", ["--checksums"]))
        #expect(refused.status == 77 && refused.failure.contains("SHA256SUMS"), "\(refused.failure)")
        #expect(try session.bytes("SHA256SUMS") == Array("no list\n".utf8))
        let set = try CommandSession()
        try set.create(.standalone, "set.iso", ["--media-size", "18MB", "--checksums"])
        let all = try Program.succeed("sha256sum", ["--check", "SHA256SUMS"], in: set.folder).output
        #expect(all.split(separator: "\n").count == (try set.outputs().count { $0.hasSuffix(".iso") }))
    }

    @Test(
        "a map or a name that is there is not replaced without --force, and a compressed image appears whole or not at all"
    )
    func outputs() throws {
        try TestFolder.write([1], to: session.folder.appending("disk.img.bmap"))
        let refused = try session.run(session.arguments(.capture, "disk.img.zst", ["--bmap"]))
        #expect(refused.status == 73 && refused.failure.contains("disk.img.bmap"), "\(refused.failure)")
        #expect(try session.outputs() == ["disk.img.bmap"])
        try session.create(.capture, "disk.img.zst", ["--bmap", "--force"])
        #expect(try session.outputs() == ["disk.img.bmap", "disk.img.zst"])
        // Content that is damaged leaves nothing.
        let own = try CommandSession(ownLibrary: true)
        let file = try own.libraryFile("Setup.cmd", of: DemoSite.toolsPackage)
        try CommandSession.flipBit(of: file, at: 0)
        let damaged = try own.run(own.arguments(.standalone, "disk.img.zst", ["--bmap"]))
        #expect(damaged.status == 65, "\(damaged.failure)")
        #expect(try own.outputs().isEmpty)
    }

    @Test("what is for the image of a drive is refused for anything else (64)")
    func usage() throws {
        for arguments in [
            session.arguments(.capture, "a.iso", ["--bmap"]), session.arguments(.capture, "folder", ["--shrink"]),
            session.arguments(.capture, "folder", ["--checksums"]), session.prestaged("OEM.wim", ["--bmap"]),
            session.arguments(.capture, "a.zst"),
            session.prestaged("OEM.wim", ["--checksums", "--fleet", "models.csv"]),
        ] {
            let result = try session.run(arguments)
            #expect(result.status == 64, "\(arguments): \(result.errorText)")
        }
        try session.create(.capture, "disk.img.zst")
        let read = try session.run(["verify", "disk.img.zst"])
        #expect(read.status == 65 && read.failure.contains("zstd -d"), "\(read.failure)")
    }
}
