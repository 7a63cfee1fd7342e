// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Images of discs that are images of drives too, as programs see them that we did not write.
@Suite("Discs that are drives too")
struct HybridDiscTests {
    private let session: CommandSession
    /// What a file begins with that is there three times.
    private static let mark = "the beginning of one"

    init() throws { session = try CommandSession() }

    /// Capture media with a file that it has twice, and one without bytes.
    private func options() throws -> [String] {
        let binaries = session.work.appending("binaries")
        if (try? Stat(binaries)) == nil {
            try Program.succeed("cp", ["-r", session.demo.clientBinaries.string, binaries.string])
            try Program.succeed(
                "sh",
                [
                    "-c",
                    "cd '\(binaries)' && (echo \(Self.mark); head -c 300001 /dev/urandom) > one.bin"
                        + " && cp one.bin 'A second name.bin' && : > empty.txt"
                        + " && mkdir -p deep/er && cp one.bin deep/er/one.bin",
                ])
        }
        return ["--hybrid", "--client-binaries", binaries.string]
    }

    @Test("an image that is no drive any more, its record and both tables gone, is damaged")
    func wiped() throws {
        let path = try session.create(.capture, "disc.iso", try options())
        try Program.succeed("sgdisk", ["--zap-all", path.string])
        let result = try session.run(["verify", "disc.iso"])
        #expect(result.status == 65)
        #expect(
            result.output.contains("GUID partition table: is gone, and so is its backup: no stick with it starts"),
            "\(result.output)")
    }

    @Test(
        "it has the planned size, its partition table and its FAT volume are sound, and both ways lead to the same files",
        arguments: [CommandSession.Media.capture, .bootable], ["bridge", "iso"])
    func bothWays(media: CommandSession.Media, fileSystem: String) throws {
        let options = try options() + ["--file-system", fileSystem, "--label", "Hybrid 1"]
        let planned = try session.plan(media, "disc.iso", options)
        let path = try session.create(media, "disc.iso", options)
        let volume = try #require(planned.volumes.elements.first)
        #expect(try FileIdentity(of: path).byteCount == volume.size.number)
        #expect(volume.partitions.elements.map(\.fileSystem.text) == ["fat32"])

        let table = try Program.succeed("sgdisk", ["-v", path.string]).output
        #expect(table.contains("No problems found"), "\(table)")
        let drive = try PartitionedImage(path)
        #expect(drive.scheme == "gpt")
        #expect(drive.partitions.map(\.type) == ["EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"])
        #expect(drive.partitions[0].start * 512 == volume.partitions.elements.first?.offset.number)
        let said = try Program.succeed("fsck.fat", ["-n", "-v", try drive.volume(0).string]).output
        for word in ["differ", "wrong", "Reclaimed", "Bad", "bad ", "dirty", "share"] {
            #expect(!said.contains(word), "\(word): \(said)")
        }

        let onDrive = try drive.fatHashes(0)
        let onDisc = try TestFolder.hashes(in: try session.extract("disc.iso"))
            .filter { !$0.key.hasPrefix("[BOOT]/") }
        #expect(onDrive == onDisc)
        #expect(Set(planned.plannedPaths) == Set(onDrive.keys))
        // The tree of ISO 9660 beside them.
        let joliet = session.work.appending("joliet")
        try Program.succeed(
            "xorriso", ["-read_fs", "norock", "-osirrox", "on", "-indev", path.string, "-extract", "/", joliet.string])
        #expect(try TestFolder.hashes(in: joliet).filter { $0.key != ".boot-catalog" } == onDrive)

        #expect(try session.succeed(["verify", "disc.iso"]).output.contains("disc.iso"))
        let inspected = try session.inspect("disc.iso")
        let expected = (fileSystem == "bridge" ? ["UDF 1.02"] : []) + ["Joliet", "ISO 9660", "FAT32"]
        #expect(inspected.fileSystems.elements.compactMap(\.text) == expected)
        #expect(inspected.warnings.elements.filter { $0.text?.contains("password") != true } == [])
        #expect(inspected.bootEntries.elements.contains { $0.loader.text == "EFI/Boot/bootx64.efi" })
        if fileSystem == "bridge" {
            let known = try Program.succeed("udfinfo", [path.string]).output
            #expect(known.contains("label=Hybrid 1\n") && known.contains("integrity=closed"), "\(known)")
        }
        // The same again, to the byte.
        try session.create(media, "again.iso", options)
        if media == .capture { try Program.succeed("cmp", ["disc.iso", "again.iso"], in: session.folder) }
    }

    @Test(
        "content lies there once: both ways lead to the same bytes, and the image is little larger than that of a disc")
    func contentOnce() throws {
        let image = session.work.appending("boot.wim")
        try BootImageFixture(fillerByteCount: 70 << 20).write(to: image)
        func create(_ name: String, _ more: [String]) throws -> Int64 {
            try session.succeed(["create", "capture", "--boot-image", image.string, "--output", name] + more)
            return try FileIdentity(of: session.folder.appending(name)).byteCount
        }
        let plain = try create("plain.iso", [])
        let hybrid = try create("hybrid.iso", ["--hybrid"])
        #expect(hybrid - plain < 5 << 20, "\(hybrid) \(plain)")
        let drive = try PartitionedImage(session.folder.appending("hybrid.iso"))
        #expect(
            try drive.fatHashes(0)["sources/boot.wim"]
                == String(try Program.succeed("sha256sum", [image.string]).output.prefix(64)))
    }

    @Test("what was damaged of the drive alone is found by verify and told by inspect")
    func damage() throws {
        let path = try session.create(.capture, "disc.iso", try options())
        let drive = try PartitionedImage(path)
        let start = drive.partitions[0].start * 512
        let size = try FileIdentity(of: path).byteCount
        let sector = try ImageBytes.read(path, at: start, count: 512)
        let reserved: UInt16 = try #require(sector.littleEndian(at: 14))
        let perTable: UInt32 = try #require(sector.littleEndian(at: 36))
        let tables = start + Int64(reserved) * 512
        let record = try #require(
            try FATDirectories(path, volumeAt: Int(start)).find("SMS        ", "DATA       ", "TSMBOO~1INI")
        ).offset
        let places: [(Int64, [String])] = [
            (3, ["protective master boot record"]), (450, ["protective master boot record"]),
            (510, ["protective master boot record"]), (512 + 3, ["GUID partition table"]),
            (512 + 60, ["GUID partition table"]), (1024 + 34, ["GUID partition table"]),
            (size - 512 + 20, ["backup of the GUID partition table"]),
            (size - 33 * 512 + 5, ["backup of the GUID partition table"]), (start + 13, ["FAT32 volume"]),
            (start + 200, ["FAT32 volume"]), (start + 6 * 512 + 71, ["FAT32 volume"]),
            (start + 1024 + 9, ["FAT32 volume"]),
            // A chain of the first table: of the second, only that it is another.
            (tables + 4 * 2 + 1, ["copy of the file allocation table"]),
            (tables + Int64(perTable) * 512 + 4 * 40, ["copy of the file allocation table"]),
            // The size of a file, by its record.
            (Int64(record) + 28, ["FAT32 volume"]),
        ]
        for (place, parts) in places {
            try CommandSession.flipBit(of: path, at: place)
            let verified = try session.run(["verify", "disc.iso"])
            #expect(verified.status == 65, "\(place): \(verified.output)")
            for part in parts {
                #expect(verified.output.contains("damaged  \(part): "), "\(place): \(verified.output)")
            }
            let inspected = try session.run(["inspect", "disc.iso"])
            #expect(inspected.output.contains("warning         \(parts[0])"), "\(place): \(inspected.output)")
            try CommandSession.flipBit(of: path, at: place)
        }
        try session.succeed(["verify", "disc.iso"])
        // Content that only the drive has: two of three equal files, before that of the disc.
        let found = try Program.succeed("grep", ["-obUaF", Self.mark, path.string]).output.split(separator: "\n")
        #expect(found.count == 3)
        let place = try #require(found.first?.split(separator: ":").first.flatMap { Int64($0) })
        try CommandSession.flipBit(of: path, at: place + 1000)
        let verified = try session.run(["verify", "disc.iso"])
        #expect(verified.status == 65)
        #expect(verified.output.contains("damaged  FAT32 volume: does not have SMS/bin/"), "\(verified.output)")
    }

    @Test("on a larger stick it is intact, what Windows adds there is nobody's finding, and another file is")
    func largerStick() throws {
        let path = try session.create(.capture, "disc.iso", try options())
        let start = try PartitionedImage(path).partitions[0].start * 512
        let stick = session.folder.appending("stick")
        try Program.succeed("cp", [path.string, stick.string])
        try Program.succeed("truncate", ["--size", "+30M", stick.string])
        try session.succeed(["verify", "stick"])
        // The GUID partition table counts, although its backup lies inside.
        #expect(try Program.succeed("sfdisk", ["--dump", stick.string]).output.contains("label: gpt"))
        let volume = "\(stick)@@\(start)"
        func put(_ name: String) throws {
            try session.work.write("of Windows".utf8, to: "file")
            try Program.succeed("mcopy", ["-i", volume, session.work.appending("file").string, "::/\(name)"])
        }
        try Program.succeed("mmd", ["-i", volume, "::/System Volume Information"])
        try put("System Volume Information/WPSettings.dat")
        try session.succeed(["verify", "stick"])
        #expect(try session.inspect("stick").fileSystems.elements.compactMap(\.text).last == "FAT32")
        // The backup may be moved to the end of the stick.
        try Program.succeed("sgdisk", ["-e", stick.string])
        #expect(try Program.succeed("sgdisk", ["-v", stick.string]).output.contains("No problems found"))
        let moved = try session.run(["verify", "stick"])
        #expect(moved.status == 0, "\(moved.output)")
        try put("notes.txt")
        let verified = try session.run(["verify", "stick"])
        #expect(verified.status == 65)
        #expect(verified.output.contains("foreign  notes.txt"), "\(verified.output)")
        let inspected = try session.succeed(["inspect", "stick"]).output
        #expect(inspected.contains("notes.txt is foreign: the manifest does not list it"), "\(inspected)")
        #expect(!inspected.contains("copy the image again"), "\(inspected)")
        let updated = try session.run([
            "update", "stick", "--boot-image", DemoSite.bootImage, "--distribution-point", session.library.string,
        ])
        #expect(updated.status == 65)
        #expect(
            updated.failure.contains("holds the image of a disc, which is not changed; make the image anew"),
            "\(updated.failure)")
    }

    @Test("it is for bootable and capture media on discs: 64, and the next step, for anything else")
    func usage() throws {
        let standalone = try session.run(session.arguments(.standalone, "media.iso", ["--hybrid"]))
        #expect(standalone.status == 64)
        #expect(
            standalone.failure.contains("write the image of a drive with --output media.img"), "\(standalone.failure)")
        for output in ["media.img", "folder"] {
            let result = try session.run(session.arguments(.capture, output, ["--hybrid"]))
            #expect(result.status == 64)
            #expect(result.failure.contains("--hybrid is for discs, and \(output) is none"), "\(result.failure)")
        }
        #expect(try session.outputs() == [])
    }

    @Test("a label that FAT cuts is told")
    func label() throws {
        let made = try session.succeed(
            session.arguments(.capture, "disc.iso", ["--hybrid", "--label", "A label that FAT would cut"]))
        #expect(made.errorText.contains("on a drive the volume is labelled 'A LABEL THA'"), "\(made.errorText)")
    }
}
