// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Damage of media without a manifest, as the console and other programs make it: what the media itself tells is told.
@Suite("Damaged media of others")
struct ForeignDamageTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    private func offset(of part: [UInt8], in name: String) throws -> Int64 {
        let bytes = try SmallFile.read(session.folder.appending(name), limit: 1 << 28)
        return Int64(try #require(bytes.firstRange(of: part)?.lowerBound))
    }

    /// What `extract` says of `name`, which is damaged: 65, and nothing is left.
    private func refused(_ name: String, _ arguments: [String] = []) throws -> ProgramResult {
        let before = try session.outputs()
        let result = try session.run(["extract", name, "--output", "out"] + arguments)
        #expect(result.status == 65, "\(result.output)\(result.errorText)")
        #expect(try session.outputs() == before)
        return result
    }

    /// Random bytes, which do not become smaller and are nowhere else.
    private static func noise(_ byteCount: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<byteCount).map { _ in .random(in: 0...255, using: &generator) }
    }

    // MARK: WIM

    @Test(
        "a file of a WIM whose SHA-1 is another is told, and nothing of it is left",
        arguments: ["none", "LZX", "LZX --solid"])
    func archive(compression: String) throws {
        let noise = Self.noise(100_000, seed: 1)
        try session.work.write(noise, to: "tree/folder/noise.bin")
        try session.work.write(Array("small".utf8), to: "tree/small.txt")
        try Program.succeed(
            "wimlib-imagex",
            ["capture", session.work.appending("tree").string, "their.wim"]
                + "--compress=\(compression)".split(separator: " ").map(String.init), in: session.folder)
        try session.succeed(["extract", "their.wim", "--output", "whole"])
        #expect(try SmallFile.read(session.folder.appending("whole/folder/noise.bin"), limit: 1 << 20) == noise)
        try Folder.removeTree(session.folder.appending("whole"))
        // What cannot become smaller is stored as it is, whatever the compression.
        try CommandSession.flipBit(
            of: session.folder.appending("their.wim"),
            at: try offset(of: Array(noise[40_000..<40_032]), in: "their.wim"))
        let result = try refused("their.wim")
        #expect(result.output.hasPrefix("damaged  folder/noise.bin: "), "\(result.output)")
        #expect(result.failure.contains("--skip folder/noise.bin"), "\(result.failure)")
        try session.succeed(["extract", "their.wim", "--output", "rest", "--skip", "folder"])
        #expect(try Program.run("wimlib-imagex", ["verify", "their.wim"], in: session.folder).status != 0)
    }

    @Test("a file of the operating system image on prestaged media is told, which no manifest lists")
    func image() throws {
        try session.succeed(
            [
                "create", "prestaged", "--distribution-point", session.library.string, "--store", session.store.string,
                "--boot-image", DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage,
                "--management-point", "http://mp.example.com", "--site-code", "ABC", "--compression", "none",
                "--output", "oem.wim",
            ])
        try session.succeed(["extract", "oem.wim", "Windows", "--output", "whole"])
        let files = try TestFolder.hashes(in: session.folder.appending("whole"))
        let path = try #require(
            files.keys.sorted().first { path in
                let bytes = try? SmallFile.read(session.folder.appending("whole/\(path)"), limit: 1 << 28)
                return bytes.map { $0.count >= 32 } ?? false
            })
        let bytes = try SmallFile.read(session.folder.appending("whole/\(path)"), limit: 1 << 28)
        try Folder.removeTree(session.folder.appending("whole"))
        try CommandSession.flipBit(
            of: session.folder.appending("oem.wim"), at: try offset(of: Array(bytes.suffix(32)), in: "oem.wim"))
        #expect(try refused("oem.wim").output.contains("damaged  \(path): "))
    }

    @Test("further images of a WIM are told, by --list too")
    func images() throws {
        try session.work.write([1], to: "one/first.txt")
        try session.work.write([2], to: "two/second.txt")
        try Program.succeed(
            "wimlib-imagex", ["capture", session.work.appending("one").string, "two.wim"], in: session.folder)
        let list = try session.succeed(["extract", "two.wim", "--list"]).output
        #expect(!list.contains("image"), "\(list)")
        try Program.succeed(
            "wimlib-imagex", ["append", session.work.appending("two").string, "two.wim"], in: session.folder)
        let result = try session.succeed(["extract", "two.wim", "--list"])
        #expect(result.output.contains("cannot be extracted: image 2 is not the first"), "\(result.output)")
        let extracted = try session.succeed(["extract", "two.wim", "--output", "out"])
        #expect(extracted.errorText.contains("image 2 is left out"), "\(extracted.errorText)")
    }

    // MARK: Discs

    /// A disc with UDF as genisoimage makes it, with the files of media and no manifest.
    private func disc() throws {
        try session.work.write(
            Array("[MediaInfo]\r\nMediaType=FullMedia\r\nPasswordRequired=false\r\n".utf8),
            to: "tree/SMS/data/TsmBootstrap.ini")
        for name in ["bootmgr", "bootmgr.efi", "boot/bcd", "boot/boot.sdi"] {
            try session.work.write(Array("content of \(name)".utf8), to: "tree/\(name)")
        }
        try Program.succeed(
            "genisoimage",
            ["-quiet", "-udf", "-J", "-o", "theirs.iso", session.work.appending("tree").string], in: session.folder)
    }

    @Test("a damaged entry of UDF is told with 65 and its block, by inspect too, and what is whole can be had")
    func entry() throws {
        try disc()
        try session.succeed(["extract", "theirs.iso", "--output", "whole"])
        let whole = try TestFolder.hashes(in: session.folder.appending("whole"))
        try Folder.removeTree(session.folder.appending("whole"))
        let bytes = try SmallFile.read(session.folder.appending("theirs.iso"))
        // The entry of the file whose one extent (4/14.14.1) is that of its content.
        let content = try offset(of: Array("content of bootmgr.efi".utf8), in: "theirs.iso") / 2048
        let block = try #require(
            (257..<bytes.count / 2048).first { block in
                bytes[block * 2048] == 5 && bytes[block * 2048 + 1] == 1
                    && ByteReader(bytes[(block * 2048)...].prefix(2048)).littleEndian(UInt32.self, at: 180)
                        == UInt32(content - 257)
            })
        try CommandSession.flipBit(of: session.folder.appending("theirs.iso"), at: Int64(block * 2048 + 180))
        let result = try refused("theirs.iso")
        #expect(
            result.failure.contains(
                "'bootmgr.efi' on theirs.iso cannot be extracted: it is damaged: the file entry in block \(block)"),
            "\(result.failure)")
        #expect(result.failure.contains("--skip bootmgr.efi"), "\(result.failure)")
        let inspected = try session.succeed(["inspect", "theirs.iso"]).output
        #expect(inspected.contains("bootmgr.efi is damaged: the file entry in block \(block)"), "\(inspected)")
        try session.succeed(["extract", "theirs.iso", "--output", "rest", "--skip", "bootmgr.efi"])
        #expect(try TestFolder.hashes(in: session.folder.appending("rest")) == whole.filter { $0.key != "bootmgr.efi" })
        try session.succeed(["extract", "theirs.iso", "boot", "--output", "part"])
    }

    // MARK: FAT

    /// The image of a stick with a few files, and where in it the volume has its tables and its clusters.
    private func stick() throws -> FATImage {
        try Program.succeed("truncate", ["--size=40M", "stick.img"], in: session.folder)
        try Program.succeed("mkfs.fat", ["-F", "32", "-s", "1", "stick.img"], in: session.folder)
        try session.work.write(Self.noise(100_000, seed: 2), to: "tree/large.bin")
        try session.work.write(Array("inside".utf8), to: "tree/folder/inside.txt")
        try session.work.write(Array("other".utf8), to: "tree/other/second.txt")
        try Program.succeed(
            "sh", ["-c", "mcopy -s -i stick.img \"$1\"/* ::/", "sh", session.work.appending("tree").string],
            in: session.folder)
        return try FATImage(session.folder.appending("stick.img"))
    }

    @Test("a chain of clusters that runs in a circle or has another length than its file is told")
    func chains() throws {
        let image = try stick()
        try session.succeed(["extract", "stick.img", "--output", "whole"])
        try Folder.removeTree(session.folder.appending("whole"))
        let whole = try session.bytes("stick.img")
        let record = try image.record("LARGE   BIN")
        let first = try image.cluster(record)
        let last = first + 195
        // One cluster after itself; the end leading on; the end too early; a size that is less.
        for (cluster, value) in [(first, first), (last, last), (last, first + 10), (first + 3, 0x0FFF_FFFF)] {
            try image.set(cluster, to: value)
            let result = try refused("stick.img")
            #expect(result.output.hasPrefix("unreadable  large.bin: "), "\(cluster) \(value): \(result.output)")
            try TestFolder.write(whole, to: session.folder.appending("stick.img"))
        }
        try ImageBytes.write([0x10, 0x27, 0, 0], to: session.folder.appending("stick.img"), at: record + 28)
        #expect(try refused("stick.img").output.hasPrefix("unreadable  large.bin: "))
    }

    @Test("a folder that is in itself, whose chain is broken, or that is called as none can be, is told")
    func folders() throws {
        let image = try stick()
        let path = session.folder.appending("stick.img")
        let whole = try session.bytes("stick.img")
        let record = try image.record("FOLDER     ")
        let cluster = try image.cluster(record)
        let other = try image.cluster(try image.record("OTHER      "))
        // The folder above it, and another one.
        for target in [UInt32(2), other] {
            try ImageBytes.write(
                withUnsafeBytes(of: UInt16(target).littleEndian, Array.init), to: path, at: record + 26)
            let result = try refused("stick.img")
            #expect(
                result.failure.contains("it is damaged: it leads to where another folder lies"), "\(result.failure)")
            try TestFolder.write(whole, to: session.folder.appending("stick.img"))
        }
        for value in [cluster, 0, 0x0FFF_FFF7] {
            try image.set(cluster, to: value)
            let result = try refused("stick.img")
            #expect(
                result.failure.contains("'folder' on stick.img cannot be extracted: it is damaged"), "\(result.failure)"
            )
            #expect(try session.run(["extract", "stick.img", "--output", "rest", "--skip", "folder"]).status == 0)
            try Folder.removeTree(session.folder.appending("rest"))
            try TestFolder.write(whole, to: session.folder.appending("stick.img"))
        }
        try ImageBytes.write(Array("..         ".utf8), to: path, at: record)
        #expect(try refused("stick.img").failure.contains("its name climbs with '..'"))
    }

    // MARK: What is asked for

    @Test("a second media is told to be one, and not a path of the first")
    func several() throws {
        try session.work.write([1], to: "tree/first.txt")
        for name in ["one.wim", "two.wim"] {
            try Program.succeed(
                "wimlib-imagex", ["capture", session.work.appending("tree").string, name], in: session.folder)
        }
        let result = try session.run(["extract", "one.wim", "two.wim", "--output", "out"])
        #expect(result.status == 66 && result.failure.contains("each run reads one"), "\(result.failure)")
        #expect(try session.run(["extract", "one.wim", "gone.txt", "--output", "out"]).failure.contains("--list"))
    }

    @Test("a damaged manifest is told by extract and inspect, and can be left out")
    func manifest() throws {
        try session.create(.capture, "media")
        let path = session.folder.appending("media/SMS/data/MediaManifest.json")
        try TestFolder.write("{".utf8, to: path)
        let result = try refused("media")
        #expect(result.failure.contains("--skip SMS/data/MediaManifest.json"), "\(result.failure)")
        let rest = try session.succeed(
            ["extract", "media", "--output", "rest", "--skip", "SMS/data/MediaManifest.json"])
        #expect(rest.errorText.contains("no file was compared with it"), "\(rest.errorText)")
        let part = try session.succeed(["extract", "media", "sources", "--output", "part"])
        #expect(part.errorText.contains("no file was compared with it"), "\(part.errorText)")
        let inspected = try session.succeed(["inspect", "media"]).output
        #expect(inspected.contains("MediaManifest.json of media is damaged"), "\(inspected)")
        #expect(!inspected.contains("no manifest"), "\(inspected)")
    }

    @Test("verify does not send to --against what is no task sequence media")
    func noMedia() throws {
        try session.work.write([1], to: "tree/first.txt")
        try Program.succeed(
            "genisoimage", ["-quiet", "-J", "-o", "other.iso", session.work.appending("tree").string],
            in: session.folder)
        let result = try session.run(["verify", "other.iso"])
        #expect(result.status == 65 && result.failure.contains("is not task sequence media"), "\(result.failure)")
        #expect(!result.failure.contains("--against"), "\(result.failure)")
    }
}

/// A FAT32 volume that another program made, changed by the specification.
private struct FATImage {
    let path: FilePath
    private let table: Int64
    private let data: Int64
    private let clusterByteCount: Int64
    private let tableByteCount: Int64

    init(_ path: FilePath) throws {
        self.path = path
        let sector = try ImageBytes.read(path, at: 0, count: 512)
        let reserved: UInt16 = try #require(sector.littleEndian(at: 14))
        let sectors: UInt32 = try #require(sector.littleEndian(at: 36))
        let perCluster: UInt8 = try #require(sector.littleEndian(at: 13))
        table = Int64(reserved) * 512
        tableByteCount = Int64(sectors) * 512
        data = table + 2 * tableByteCount
        clusterByteCount = Int64(perCluster) * 512
    }

    /// Where the record with this short name lies in the root, whose first cluster has all of it.
    func record(_ name: String) throws -> Int64 {
        let root = try ImageBytes.read(path, at: data, count: Int(clusterByteCount))
        let place = try #require(
            stride(from: 0, to: root.count, by: 32).first { place in
                root.slice(at: place, length: 11)?.elementsEqual(name.utf8) == true
            })
        return data + Int64(place)
    }

    /// The first cluster of what the record at `place` is of.
    func cluster(_ place: Int64) throws -> UInt32 {
        let record = try ImageBytes.read(path, at: place, count: 32)
        let high: UInt16 = try #require(record.littleEndian(at: 20))
        let low: UInt16 = try #require(record.littleEndian(at: 26))
        return UInt32(high) << 16 | UInt32(low)
    }

    func set(_ cluster: UInt32, to value: UInt32) throws {
        let bytes = withUnsafeBytes(of: value.littleEndian, Array.init)
        for offset in [table, table + tableByteCount] {
            try ImageBytes.write(bytes, to: path, at: offset + Int64(cluster) * 4)
        }
    }
}
