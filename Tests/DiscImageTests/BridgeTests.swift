// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// What other people's programs make of our UDF.
@Suite("A UDF bridge")
struct BridgeTests {
    static let longName = String(repeating: "n", count: 196) + ".txt"
    static let chineseName = String(repeating: "名", count: 123) + ".txt"

    /// A disc with a bit of everything, and names that only UDF holds.
    ///
    /// - Parameter longestName: files whose names have more UTF-16 units are left out.
    static func disc(longestName: Int = .max) throws -> SampleDisc {
        let files = [
            ("bootmgr", SampleDisc.bytes(5_000, seed: 1)), ("boot/etfsboot.com", SampleDisc.bytes(4_096, seed: 3)),
            ("EFI/Microsoft/Boot/efisys.bin", SampleDisc.bytes(40_960, seed: 4)),
            ("sources/boot.wim", SampleDisc.bytes(300_001, seed: 5)),
            ("SMS/PKG/ABC00001/Treiber für Büro, 日本 🙂.inf", SampleDisc.bytes(777, seed: 6)),
            ("SMS/PKG/ABC00001/Grün.inf", SampleDisc.bytes(778, seed: 7)), ("SMS/PKG/ABC00001/empty.txt", []),
            ("SMS/PKG/ABC00001/\(longName)", SampleDisc.bytes(2_048, seed: 8)),
            ("SMS/PKG/ABC00001/\(chineseName)", SampleDisc.bytes(2_049, seed: 9)),
            ("SMS/PKG/ABC00001/\(String(repeating: "N", count: 196)).TXT2", SampleDisc.bytes(10, seed: 10)),
            ("SMS/PKG/ABC00001/with;semicolon", SampleDisc.bytes(11, seed: 11)),
            ("SMS/PKG/ABC00002/copy of boot.wim", SampleDisc.bytes(300_001, seed: 5)),
            ("\((0..<20).map { "folder \($0)" }.joined(separator: "/"))/deep.sys", SampleDisc.bytes(9, seed: 12)),
        ]
        return try SampleDisc(
            files.filter { ($0.0.split(separator: "/").last?.utf16.count ?? 0) <= longestName },
            folders: ["SMS/PKG/ABC00001/leer"], label: "Configuration Manager für 日本 #12",
            bootEntries: [
                DiscBootEntry(firmware: .bios, imagePath: try MediaPath("boot/etfsboot.com"), loadSectorCount: 8),
                DiscBootEntry(
                    firmware: .uefi, imagePath: try MediaPath("EFI/Microsoft/Boot/efisys.bin"), loadSectorCount: 80),
            ])
    }

    @Test("udfinfo finds a whole, read-only volume of UDF 1.02 with all that is in it, and blkid its label")
    func isKnown() throws {
        let disc = try Self.disc()
        let report = try Program.succeed("udfinfo", [disc.image.string])
        #expect(report.errorText == "")
        let lines = Set(report.output.split(separator: "\n").map(String.init))
        let blocks = disc.layout.imageByteCount / 2048
        for line in [
            "label=Configuration Manager für 日本 #12", "blocksize=2048", "blocks=\(blocks)", "freeblocks=0",
            "behindblocks=0", "numfiles=13", "udfrev=1.02", "integrity=closed", "accesstype=readonly",
            "softwriteprotect=yes", "hardwriteprotect=yes", "impid=*tsmedia", "start=16, blocks=7, type=VRS",
            "start=32, blocks=16, type=MVDS", "start=48, blocks=16, type=RVDS",
            "start=256, blocks=1, type=ANCHOR", "start=257, blocks=\(blocks - 258), type=PSPACE",
            "start=\(blocks - 1), blocks=1, type=ANCHOR",
        ] { #expect(lines.contains(line), "\(line)") }
        let seen = try Program.succeed("blkid", ["-p", "-s", "LABEL", "-s", "TYPE", "-o", "value", disc.image.string])
        #expect(seen.output == "Configuration Manager für 日本 #12\nudf\n")
    }

    @Test("udfinfo finds the same of a tree, whether genisoimage or we wrote it, and each part in the same place")
    func isAsGenisoimageHasIt() throws {
        let folder = try TestFolder()
        let contents: KeyValuePairs<String, [UInt8]> = [
            "a/b/one.txt": [1], "SMS/two.txt": [2], "SMS/PKG/Grün 日本.txt": [3], "empty.txt": [],
        ]
        for (name, bytes) in contents { try folder.write(bytes, to: "tree/\(name)") }
        let theirs = folder.appending("theirs.iso")
        try Program.succeed(
            "genisoimage",
            ["-quiet", "-udf", "-J", "-input-charset", "utf-8", "-V", "Media", "-o", theirs.string]
                + [folder.appending("tree").string])
        let ours = try SampleDisc(contents, label: "Media", fileSystem: .bridge)
        func facts(_ image: FilePath) throws -> Set<String> {
            let own = ["filename", "uuid", "fullvsid", "winserialnum", "impid", "blocks", "usedblocks"].map { $0 + "=" }
            let lines = try Program.succeed("udfinfo", [image.string]).output.split(separator: "\n").map(String.init)
            // What depends on the size of the image: the partition, and the anchor at its end.
            return Set(
                lines.filter { line in
                    !own.contains { line.hasPrefix($0) } && !line.hasSuffix("PSPACE")
                        && (!line.hasSuffix("ANCHOR") || line.hasPrefix("start=256,"))
                })
        }
        #expect(try facts(ours.image) == facts(theirs))
    }

    @Test("7z takes it for UDF and reads every file back, byte for byte and with its whole name")
    func isReadBy7z() throws {
        let disc = try Self.disc()
        let output = disc.folder.appending("out")
        // Linux takes names of 255 bytes.
        let chinese = "SMS/PKG/ABC00001/\(Self.chineseName)"
        let report = try Program.succeed("7z", ["x", "-x!\(chinese)", "-o\(output)", disc.image.string]).output
        #expect(report.contains("Type = Udf\n"))
        #expect(!report.contains("WARNING"))
        #expect(try Program.succeed("7z", ["x", "-so", disc.image.string, chinese]).outputBytes == disc.files[chinese])
        for (name, bytes) in disc.files where name != chinese {
            #expect(try SmallFile.read(output.appending("\(name)")) == bytes, "\(name)")
        }
        #expect(try FolderEntry.entries(of: output.appending("SMS/PKG/ABC00001/leer")).isEmpty)
    }

    @Test("pycdlib reads every file by its path in UDF")
    func isReadByPycdlib() throws {
        let disc = try Self.disc()
        #expect(try Self.pycdlib(disc.image) == disc.files.mapValues(Self.digest))
    }

    /// The SHA-256 of each file of `image` as pycdlib reads it through UDF, by path.
    static func pycdlib(_ image: FilePath) throws -> [String: String] {
        // Debian's, whatever other Python stands before it on the path.
        let output = try Program.succeed(
            "/usr/bin/python3", ["-c", readerScript, image.string], environment: ["PYTHONIOENCODING": "utf-8"]
        ).output
        var found: [String: String] = [:]
        for line in output.split(separator: "\n") {
            let fields = line.split(separator: "\t").map(String.init)
            found[fields[1]] = fields[0]
        }
        return found
    }

    static func digest(_ bytes: [UInt8]) -> String { SHA256.digest(of: bytes).description }

    private static let readerScript = """
        import hashlib, io, sys, pycdlib
        disc = pycdlib.PyCdlib()
        disc.open(sys.argv[1])
        def walk(folder):
            for entry in disc.list_children(udf_path=folder):
                if entry is None or entry.file_ident is None or entry.file_ident.is_parent():
                    continue
                path = folder + entry.file_identifier().decode(entry.file_ident.encoding)
                if entry.is_dir():
                    walk(path + '/')
                else:
                    data = io.BytesIO()
                    disc.get_file_from_iso_fp(data, udf_path=path)
                    print(hashlib.sha256(data.getvalue()).hexdigest(), path[1:], sep='\\t')
        walk('/')
        """

    @Test("GRUB's driver of UDF reads every file, the tree of ISO 9660 being broken")
    func isReadByGRUB() throws {
        let disc = try Self.disc()
        var bytes = try SmallFile.read(disc.image)
        // ECMA-119 8.1.1: descriptors of partitions instead of volumes.
        for block in 16..<20 where 1...2 ~= bytes[block * 2048] { bytes[block * 2048] = 3 }
        let image = try disc.folder.write(bytes, to: "udf only.iso")
        for (name, bytes) in disc.files where !bytes.isEmpty {
            let read = try Program.succeed("grub-fstest", [image.string, "cat", "(loop0)/\(name)"])
            #expect(read.outputBytes == bytes, "\(name)")
        }
    }

    @Test("isoinfo and xorriso see ISO 9660, Joliet and both boot entries, names that do not fit being cut")
    func isStillISO() throws {
        let disc = try Self.disc()
        #expect(disc.layout.cutNameCount == 4)
        let joliet = try Program.succeed("isoinfo", ["-J", "-f", "-i", disc.image.string]).output
        let names = joliet.split(separator: "\n").compactMap { $0.split(separator: "/").last.map(String.init) }
        #expect(names.contains(String(repeating: "n", count: 88) + "~1.txt"))
        #expect(names.contains(String(repeating: "N", count: 87) + "~1.TXT2"))
        // isoinfo shows other characters than those of Latin-1 so.
        #expect(names.contains(String(repeating: "_", count: 80) + "~1.txt"))
        #expect(names.contains("with_semicolon~1"))
        let report = try Program.succeed(
            "xorriso", ["-indev", disc.image.string, "-report_el_torito", "plain", "-lsl", "/sources"]
        ).output
        #expect(report.contains("BIOS  y   none  0x0000  0x00      8"))
        #expect(report.contains("UEFI  y   none  0x0000  0x00     80"))
        #expect(report.contains("300001"))
        let size = try Program.succeed("isoinfo", ["-d", "-i", disc.image.string]).output
        #expect(size.contains("Volume size is: \(disc.layout.imageByteCount / 2048)\n"))
    }

    @Test("UDF, Joliet and ISO 9660 lead to the same extents, and equal content lies there once")
    func sharesExtents() throws {
        let disc = try Self.disc()
        let reader = try DiscReader(path: disc.image)
        #expect(Set(reader.entries.lazy.filter { !$0.isFolder }.map(\.path.description)) == Set(disc.files.keys))
        #expect(reader.label == "Configuration Manager für 日本 #12")
        let source = MemorySource(try SmallFile.read(disc.image))
        let volumes = try VolumeDescriptors(source, name: "disc")
        let offsets = reader.entries.compactMap(\.contiguousOffset).sorted()
        for volume in [try #require(volumes.primary), try #require(volumes.joliet)] {
            var walk = DirectoryWalk(source, name: "disc", encoding: volume.encoding)
            var found: [Int64] = []
            try walk.run(root: volume.root) { entry in found += [entry.contiguousOffset].compactMap { $0 } }
            #expect(found.sorted() == offsets)
        }
        let boot = try ["sources/boot.wim", "SMS/PKG/ABC00002/copy of boot.wim"].map {
            try #require(reader.entry(try MediaPath($0))?.contiguousOffset)
        }
        #expect(boot[0] == boot[1])
        #expect(boot[0].isMultiple(of: 4096))
    }

    @Test(
        "pieces lie apart, before and behind all content, and have as many bytes as was said; the statement lies in the first"
    )
    func pieces() throws {
        let disc = try Self.disc()
        var pieces: [DiscPiece] = []
        disc.layout.forEachPiece { pieces.append($0) }
        let byteCount = pieces.reduce(0) { $0 + Int64($1.bytes.count) }
        let statement = pieces.removeLast()
        #expect(statement.offset == 16 * 2048 + 883 && statement.bytes.count == 512)
        pieces.sort { $0.offset < $1.offset }
        for (piece, next) in zip(pieces, pieces.dropFirst()) {
            #expect(piece.offset + Int64(piece.bytes.count) <= next.offset)
        }
        #expect(byteCount == disc.layout.structureByteCount)
        let contents = disc.layout.contentOffsets.values
        let last = try #require(pieces.last)
        #expect(last.offset == disc.layout.imageByteCount - 2048)
        for piece in pieces.dropLast() {
            #expect(piece.offset + Int64(piece.bytes.count) <= contents.min() ?? 0)
        }
    }
}
