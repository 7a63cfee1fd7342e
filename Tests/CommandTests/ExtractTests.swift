// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `tsmedia extract`, whose folders are held against what other programs take out of the same media.
@Suite("Extract")
struct ExtractTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func hashes(_ folder: FilePath) throws -> [String: String] { try TestFolder.hashes(in: folder) }

    private func times(_ folder: FilePath) throws -> String {
        try Program.succeed("sh", ["-c", "find . -printf '%P %y %Ts\\n' | sort"], in: folder).output
    }

    @Test("a disc comes out as 7z has it, times and empty folders too, and every file is verified on the way")
    func disc() throws {
        try session.create(.standalone)
        let report = try JSONValue(
            parsing: try session.succeed(["extract", "media.iso", "--output", "out", "--json"]).output)
        let ours = session.folder.appending("out")
        let theirs = try session.extract()
        #expect(try hashes(ours) == hashes(theirs))
        #expect(
            try Program.succeed("sh", ["-c", "find . -mindepth 1 -printf '%P %y %Ts\\n' | sort"], in: ours).output
                == Program.succeed("sh", ["-c", "find . -mindepth 1 -printf '%P %y %Ts\\n' | sort"], in: theirs).output)
        let count = try hashes(theirs).count
        #expect(report.fileCount.number == Int64(count))
        #expect(report.verifiedFileCount.number == Int64(count - 1))
        #expect(report.findings.elements.isEmpty && report.leftOut.elements.isEmpty)
        #expect(report.mediaGuid == (try session.inspect().mediaGuid))
    }

    @Test(
        "media of every form gives the same files", arguments: ["media.img", "media", "iso9660.iso"])
    func forms(name: String) throws {
        try session.create(.standalone, "bridge.iso")
        try session.succeed(["extract", "bridge.iso", "--output", "expected"])
        try session.create(.standalone, name, name == "iso9660.iso" ? ["--file-system", "iso"] : [])
        try session.succeed(["extract", name, "--output", "out", "--jobs", "3"])
        var (expected, found) = (
            try hashes(session.folder.appending("expected")), try hashes(session.folder.appending("out"))
        )
        // The manifests and what says how it was started differ.
        for key in ["SMS/data/MediaManifest.json", "SMS/data/Variables.dat", "SMS/data/Policy.xml"] {
            expected[key] = nil
            found[key] = nil
        }
        #expect(found == expected)
    }

    @Test("a drive is read as its image is", .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
    func drive() throws {
        try session.create(.standalone, "drive.img", ["--media-size", "100000000"])
        let drive = try LoopDevice(mebibytes: 120, in: session.work, name: "drive")
        try Program.succeed(
            "dd", ["if=\(session.folder.appending("drive.img"))", "of=\(drive.node)", "bs=1M", "status=none"])
        try session.succeed(["extract", drive.node.string, "--output", "out"])
        let volume = try PartitionedImage(session.folder.appending("drive.img"))
        #expect(try hashes(session.folder.appending("out")) == volume.fatHashes(0))
    }

    @Test("a WIM comes out as wimlib-imagex has it, with the files of an operating system image at its root")
    func archive() throws {
        try session.succeed(
            [
                "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
                "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
                "--management-point", "http://mp.example.com", "--site-code", "ABC", "--output", "oem.wim",
            ])
        try session.succeed(["extract", "oem.wim", "--output", "out"])
        let theirs = session.work.appending("applied")
        try Program.succeed(
            "wimlib-imagex", ["extract", "oem.wim", "1", "--dest-dir=\(theirs)", "--no-acls"], in: session.folder)
        #expect(try hashes(session.folder.appending("out")) == hashes(theirs))
    }

    /// A junction to C:\Users (MS-FSCC 2.1.2.5) in hexadecimal digits.
    private static let junction: String = {
        func name(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }
        let (target, shown) = (name(#"\??\C:\Users"#), name(#"C:\Users"#))
        var data: [UInt8] = []
        for value in [0, target.count, target.count + 2, shown.count] { data.append(littleEndian: UInt16(value)) }
        data += target + [0, 0] + shown + [0, 0]
        var buffer: [UInt8] = []
        buffer.append(littleEndian: UInt32(0xA000_0003))
        buffer.append(littleEndian: UInt16(data.count))
        buffer.append(littleEndian: UInt16(0))
        return (buffer + data).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }()

    @Test(
        "an NTFS volume of ntfs-3g comes out but for its links, which are told; holes stay holes",
        .enabled(if: NTFSMount.isPossible, Comment(rawValue: NTFSMount.reason)))
    func ntfs() throws {
        let mount = try NTFSMount()
        try Program.succeed(
            "sh",
            [
                "-c",
                """
                mkdir -p 'a folder/empty' && echo text > 'a folder/file.txt' && head -c 3000000 /dev/urandom > large.bin &&
                truncate --size=4M holes.bin && echo end >> holes.bin &&
                mkdir link && python3 -c 'import os, sys
                os.setxattr("link", "system.ntfs_reparse_data", bytes.fromhex(sys.argv[1]))' "$1" && touch -d 2011-12-13T14:15:16Z 'a folder/file.txt' large.bin
                """, "sh", Self.junction,
            ], in: mount.root)
        let expected = try hashes(mount.root)
        let volume = try mount.detached()
        let result = try session.succeed(["extract", volume.image.string, "--output", "out"])
        let out = session.folder.appending("out")
        #expect(try hashes(out) == expected.filter { !$0.key.hasPrefix("link") })
        #expect(result.errorText.contains("link is left out: it is a link"), "\(result.errorText)")
        #expect(try FileIdentity(of: out.appending("large.bin")).modified.seconds == 1_323_785_716)
        #expect(try Stat(out.appending("a folder/empty")).type == .directory)
        let blocks = try Program.succeed("stat", ["--format=%b", out.appending("holes.bin").string]).output
        #expect(Int(blocks.dropLast()) ?? .max < 300)
    }

    @Test("a FAT volume of mtools comes out with long names")
    func fat() throws {
        let image = try session.work.write([], to: "fat.img")
        try Program.succeed("truncate", ["--size=40M", image.string])
        try Program.succeed("mkfs.fat", ["-F", "32", image.string])
        try session.work.write([UInt8](repeating: 9, count: 70_000), to: "tree/A long name of a file.dat")
        try Program.succeed("mmd", ["-i", image.string, "::/Folder"])
        try Program.succeed(
            "mcopy",
            ["-i", image.string, session.work.appending("tree/A long name of a file.dat").string, "::/Folder/"])
        try session.succeed(["extract", image.string, "folder", "--output", "out"])
        #expect(
            try hashes(session.folder.appending("out"))
                == [
                    "Folder/A long name of a file.dat": hashes(session.work.appending("tree"))[
                        "A long name of a file.dat"]
                ])
    }

    @Test("--list says what there is and writes nothing")
    func list() throws {
        try session.create(.capture)
        let before = try session.fingerprint()
        let text = try session.succeed(["extract", "media.iso", "--list", "sources"]).output
        #expect(text.contains("  sources/\n") && text.contains("sources/boot.wim\n"))
        #expect(!text.contains("bootmgr"))
        let report = try JSONValue(parsing: try session.succeed(["extract", "media.iso", "--list", "--json"]).output)
        #expect(report.entries.elements.contains { $0.path.text == "bootmgr" })
        #expect(try session.fingerprint() == before)
    }

    // MARK: Damage

    @Test(
        "a damaged file is named with 65, no folder is left, and the rest can be had",
        arguments: ["media.iso", "media.img", "media"])
    func damage(name: String) throws {
        try session.create(.standalone, name)
        try session.succeed(["extract", name, "--output", "whole"])
        let bytes = try SmallFile.read(
            session.folder.appending("whole/SMS/PKG/ABC00010/demo-system.wim"), limit: 1 << 28)
        let file = session.folder.appending(name == "media" ? "media/SMS/PKG/ABC00010/demo-system.wim" : name)
        let all = try SmallFile.read(file, limit: 1 << 30)
        let middle = Array(bytes[bytes.count / 2..<bytes.count / 2 + 64])
        let place = try #require(all.firstRange(of: middle)?.lowerBound)
        try CommandSession.flipBit(of: file, at: Int64(place))
        let result = try session.run(["extract", name, "--output", "out"])
        #expect(result.status == 65)
        #expect(result.output == "damaged  SMS/PKG/ABC00010/demo-system.wim\n")
        #expect(result.failure.contains("--skip SMS/PKG/ABC00010/demo-system.wim"), "\(result.failure)")
        #expect(try !session.outputs().contains { $0.contains("out") })
        try session.succeed(["extract", name, "--output", "out", "--skip", "sms/pkg/abc00010"])
        #expect(
            try hashes(session.folder.appending("out")).count == hashes(session.folder.appending("whole")).count - 1)
    }

    @Test("a disc that is cut short is 65, and nothing is left")
    func cutShort() throws {
        try session.create(.standalone)
        let image = session.folder.appending("media.iso")
        try Program.succeed("truncate", ["--size=-2M", image.string])
        let result = try session.run(["extract", "media.iso", "--output", "out"])
        #expect(result.status == 65)
        #expect(try session.outputs() == ["media.iso"])
    }

    @Test(
        "mutated images of every form never crash it, hang it or write outside its folder", .timeLimit(.minutes(10)),
        arguments: ["media.iso", "media.img", "oem.wim"])
    func mutations(name: String) throws {
        if name == "oem.wim" {
            let tree = session.work.appending("tree")
            try session.work.write(Array("a file".utf8), to: "tree/folder/file.txt")
            try session.work.write([UInt8](repeating: 7, count: 100_000), to: "tree/large")
            try Program.succeed("wimlib-imagex", ["capture", tree.string, name, "--compress=LZX"], in: session.folder)
        } else {
            try session.create(.capture, name)
        }
        let bytes = try session.bytes(name)
        var generator = SeededGenerator(seed: 20_261_130)
        let end = name == "media.iso" ? min(bytes.count, 500 * 2048) : bytes.count
        for round in 0..<Rounds.of(60) {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                // Structures lie at the beginning, those of a WIM at its end.
                let place =
                    name == "media.img"
                    ? Int.random(in: 1 << 20..<(3 << 20), using: &generator)
                    : Int.random(in: (name == "media.iso" ? 32_768 : 0)..<end, using: &generator)
                mutated[min(place, bytes.count - 1)] = .random(in: 0...255, using: &generator)
            }
            try session.work.write(mutated, to: "box/mutated.img")
            let result = try Program.run(
                "timeout", ["60", try BuiltProgram.tsmedia.string, "extract", "mutated.img", "--output", "out"],
                environment: ["HOME": session.work.path.string], in: session.work.appending("box"))
            #expect(
                [0, 65, 66, 73, 74].contains(result.status), "round \(round): \(result.status) \(result.errorText)")
            let names = try FolderEntry.entries(of: session.work.appending("box")).compactMap(\.name)
            #expect(names == (result.status == 0 ? ["mutated.img", "out"] : ["mutated.img"]))
            try Folder.removeTree(session.work.appending("box"))
        }
    }

    // MARK: The folder

    @Test("the folder is not written into what is read, and --output or --list is needed")
    func outputs() throws {
        try session.create(.capture, "media")
        let result = try session.run(["extract", "media", "--output", "media/SMS/out"])
        #expect(result.status == 77)
        #expect(try session.run(["extract", "media", "--output", "media", "--force"]).status == 77)
        #expect(try session.run(["extract", "media"]).status == 64)
        #expect(try session.run(["extract", "media", "--list", "--output", "x"]).status == 64)
        #expect(try session.run(["extract", "gone.iso", "--output", "x"]).status == 66)
        #expect(try session.outputs() == ["media"])
    }

    @Test("what others may not read on the media they may not read afterwards")
    func secrets() throws {
        try session.create(.capture)
        for (mode, expected) in [("600", "700"), ("640", "700"), ("644", "755")] {
            try Program.succeed("chmod", [mode, "media.iso"], in: session.folder)
            try session.succeed(["extract", "media.iso", "--output", "out\(mode)"])
            let found = try Program.succeed("stat", ["--format=%a", "out\(mode)"], in: session.folder).output
            #expect(found == "\(expected)\n")
        }
    }

    @Test(
        "a disk that is too small is 73, and nothing is left",
        .enabled(if: DiskSpaceTests.canMount, "needs root or user namespaces"), arguments: [1 << 20, 100 << 20])
    func disk(byteCount: Int64) throws {
        try session.create(.standalone)
        let media = session.folder.appending("media.iso").string
        let target = session.work.appending("small")
        try TestFolder.makeFolder(target)
        // The second has room when it begins, and somebody else takes it.
        let script = """
            mount -t tmpfs -o size=\(byteCount == 1 << 20 ? byteCount : 40 << 20) none "$1" && cd "$1" || exit 99
            shift; "$@"; status=$?
            echo left: $(ls -A)
            exit $status
            """
        let limit = byteCount == 1 << 20 ? [] : ["prlimit", "--fsize=1000000"]
        let result = try Program.run(
            "unshare",
            ["-rm", "sh", "-c", script, "sh", target.string] + limit
                + [try BuiltProgram.tsmedia.string, "extract", media, "--output", "out"],
            environment: ["HOME": session.work.path.string])
        #expect(result.status == 73, "\(result.errorText)")
        #expect(result.output == "left:\n")
    }
}

/// Extractions that are stopped.
@Suite("Interrupted extractions")
struct InterruptedExtractionTests {
    private let session: CommandSession

    init() throws {
        session = try CommandSession(demo: try LargeDemo.distributionPoint())
        try session.create(.standalone)
    }

    private func isPartial(_ name: String) -> Bool { name.hasSuffix(".tsmedia-partial") }

    private func stop(_ signal: Int32) throws -> ProgramResult {
        try RunningProgram.end(by: signal) {
            try Program.succeed("rm", ["-rf", "out"], in: session.folder)
            return try session.start(["extract", "media.iso", "--output", "out", "--jobs", "1"])
        } when: { _ in
            try session.outputs().contains(where: isPartial)
        }
    }

    @Test("Ctrl-C, SIGTERM and a lost terminal: 130, and nothing is left", arguments: [SIGINT, SIGTERM, SIGHUP])
    func interrupted(signal: Int32) throws {
        let result = try stop(signal)
        #expect(result.status == 130)
        #expect(try session.outputs() == ["media.iso"])
    }

    @Test("SIGKILL leaves nothing under the name, and the next extraction removes the rest")
    func killed() throws {
        #expect(try stop(SIGKILL).status == 128 + SIGKILL)
        #expect(try session.outputs().filter { !isPartial($0) } == ["media.iso"])
        try session.succeed(["extract", "media.iso", "--output", "out"])
        #expect(try session.outputs() == ["media.iso", "out"])
    }
}
