// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// One source of each kind that was made to do harm: none writes outside the output, runs a command, reads another file
/// into the media, or lifts a limit.
@Suite("Hostile sources", .timeLimit(.minutes(20)))
struct HostileSourceTests {
    private let hostile: HostileSources
    private var session: CommandSession { hostile.session }

    init() throws { hostile = try HostileSources() }

    // MARK: A library

    private var dataLib: FilePath { session.library.appending("DataLib").appending("\(DemoSite.toolsPackage).1") }

    @Test("a content library")
    func library() throws {
        let (setup, other) = (dataLib.appending("Setup.cmd.INI"), session.work.appending("source.INI"))
        let content = try session.libraryFile("Setup.cmd", of: DemoSite.toolsPackage)
        func make() throws { try hostile.run(session.arguments(.standalone, "m.iso")) }
        try Program.succeed("cp", [setup.string, other.string])
        for name in HostileSources.names + ["..\\..\\evil.cmd", "C:evil", "..\u{2215}evil"] {
            try Program.succeed("mv", ["--", setup.string, "\(dataLib.string)/\(name).INI"])
            try make()
            try Program.succeed("mv", ["--", "\(dataLib.string)/\(name).INI", setup.string])
            try hostile.clear()
        }
        // Links to the neighbour in each place that is read.
        for place in [setup, content, session.library.appending("PkgLib").appending("\(DemoSite.toolsPackage).INI")] {
            let kept = session.work.appending("source.kept")
            try Program.succeed("mv", [place.string, kept.string])
            try Program.succeed("ln", ["-s", hostile.neighbour.appending("secret.txt").string, place.string])
            try make()
            try hostile.run(["content", "verify", "--library", session.library.string])
            try Program.succeed("rm", [place.string])
            try Program.succeed("mv", [kept.string, place.string])
            try hostile.clear()
        }
        // A folder of it that is the neighbour's, and lists larger than any.
        try Program.succeed("ln", ["-s", hostile.neighbour.string, dataLib.appending("evil").string])
        try make()
        try Program.succeed("rm", [dataLib.appending("evil").string])
        try Program.succeed("truncate", ["-s", "3G", setup.string])
        #expect(try hostile.run(session.arguments(.standalone, "m.iso")) == 65)
    }

    // MARK: A disc

    @Test("a disc")
    func disc() throws {
        let image = session.folder.appending("disc.iso")
        // A name that holds a way up, a folder that is one, and links beside names for a shell and a terminal.
        for (number, file) in ["UP1EVIL.TXT", "QZ/evil.txt", "plain.txt"].enumerated() {
            let tree = session.work.appending("source-disc\(number)")
            try session.work.write("x".utf8, to: "source-disc\(number)/\(file)")
            if number == 2 {
                for name in HostileSources.names { try session.work.write("x".utf8, to: "source-disc2/\(name)") }
                let secret = hostile.neighbour.appending("secret.txt").string
                try Program.succeed("ln", ["-s", secret, "link"], in: tree)
                try Program.succeed("ln", ["-s", "../../neighbour", "folder"], in: tree)
            }
            for options in [["-R"], ["-J"], ["-J", "-R"], ["-udf", "-J"]] {
                try Program.succeed("genisoimage", ["-quiet", "-o", image.string] + options + [tree.string])
                try Self.climb(in: image)
                for command in [["inspect"], ["verify"], ["extract", "--list"], ["extract", "--output", "out"]] {
                    try hostile.run([command[0], image.string] + command.dropFirst())
                }
                try hostile.clear()
            }
        }
    }

    /// Gives files and folders in an image names that lead up, wherever the image has their names.
    private static func climb(in image: FilePath) throws {
        var bytes = try SmallFile.read(image, limit: 1 << 28)
        for (old, new) in [("UP1EVIL", "../EVIL"), ("UP1evil", "../evil")] {
            bytes.replaceAll(Array(old.utf8), by: Array(new.utf8))
            bytes.replaceAll(wide(old), by: wide(new))
            bytes.replaceAll(wide(old).reversed16, by: wide(new).reversed16)
        }
        bytes.replaceAll(wide("QZ"), by: wide(".."))
        bytes.replaceAll(wide("QZ").reversed16, by: wide("..").reversed16)
        // A field of Rock Ridge with seven bytes, and a name of FAT.
        bytes.replaceAll(Array("NM\u{7}\u{1}\0QZ".utf8), by: Array("NM\u{7}\u{1}\0..".utf8))
        bytes.replaceAll(Array("QZ         ".utf8), by: Array("..         ".utf8))
        try TestFolder.write(bytes, to: image)
    }

    private static func wide(_ text: String) -> [UInt8] { Text.encodeUTF16LittleEndian(text) }

    // MARK: A WIM

    @Test("a WIM")
    func archive() throws {
        let image = session.folder.appending("a.wim")
        let changes = [
            ("UP1evil.txt", "UP1evil", "..\\evil"), ("UP1evil.txt", "UP1evil", "../evil"), ("QZ/evil.txt", "QZ", ".."),
        ]
        for (number, change) in (changes + [("plain.txt", "plain", "plain")]).enumerated() {
            let tree = session.work.appending("source-wim\(number)")
            try session.work.write("x".utf8, to: "source-wim\(number)/\(change.0)")
            if number == changes.count {
                for name in HostileSources.names { try session.work.write("x".utf8, to: "source-wim\(number)/\(name)") }
                let secret = hostile.neighbour.appending("secret.txt").string
                try Program.succeed("ln", ["-s", secret, "link"], in: tree)
            }
            try Program.succeed(
                "wimlib-imagex", ["capture", tree.string, image.string, "$(touch ran)", "--compress=none", "--boot"])
            try Self.rename(change.1, to: change.2, in: image)
            for command in [
                ["inspect", image.string], ["verify", image.string], ["bootimage", "show", image.string],
                ["extract", image.string, "--list"], ["extract", image.string, "--output", "out"],
                session.arguments(.capture, "m.iso").map { $0 == DemoSite.bootImage ? image.string : $0 },
            ] { try hostile.run(command) }
            try hostile.clear()
        }
    }

    /// Renames a file in the metadata of an uncompressed archive, so that its hash still holds.
    private static func rename(_ old: String, to new: String, in path: FilePath) throws {
        var bytes = try SmallFile.read(path, limit: 1 << 26)
        bytes.replaceAll(wide(old), by: wide(new))
        // "Windows Imaging File Format": the lookup table's header at 48; entries of 50 bytes, flag 2 marks metadata.
        let reader = ByteReader(bytes)
        func number(_ place: Int) -> Int { Int(reader.littleEndian(UInt64.self, at: place) ?? 0) & 0xFF_FFFF_FFFF_FFFF }
        let table = number(56)
        for entry in stride(from: table, to: table + number(48), by: 50) where bytes[entry + 7] & 2 != 0 {
            let start = number(entry + 8)
            let hash = SHA1.digest(of: Array(bytes[start..<start + number(entry + 16)]))
            bytes.replaceSubrange(entry + 30..<entry + 50, with: hash)
        }
        try TestFolder.write(bytes, to: path)
    }

    // MARK: A task sequence

    @Test("a task sequence")
    func sequence() throws {
        let secret = hostile.neighbour.appending("secret.txt").string
        let step = SequenceFixture.step("$(touch ran)", "PackageID", DemoSite.toolsPackage)
        let texts = [
            "<!DOCTYPE s [<!ENTITY a SYSTEM \"file://\(secret)\">]><sequence version=\"3.10\">&a;</sequence>",
            "<sequence version=\"3.10\" xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\"\(secret)\" parse=\"text\"/></sequence>",
            "<?xml-stylesheet href=\"\(secret)\"?>" + SequenceFixture.sequence(step),
            SequenceFixture.sequence(SequenceFixture.step("a", "PackageID", "../../neighbour/secret.txt")),
            SequenceFixture.sequence(SequenceFixture.step("a", "PackageID", "`touch ran`")),
            SequenceFixture.sequence(step), String(repeating: "<group name=\"a\">", count: 200_000),
            "<!DOCTYPE s [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><sequence>&b;&b;</sequence>",
        ]
        for text in texts {
            let path = session.folder.appending("s.xml")
            try TestFolder.write(text.utf8, to: path)
            for command in [
                ["sequence", "show", path.string], ["sequence", "format", path.string, "--output", "f.xml"],
                ["sequence", "document", path.string, "--output", "d.html"],
                session.arguments(.standalone, "m.iso").map {
                    $0 == session.demo.taskSequenceExport.string ? path.string : $0
                },
            ] {
                try hostile.run(command)
            }
            try hostile.clear()
        }
        // Zips whose names climb, and one that grows.
        let script = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
                z.writestr(sys.argv[2], "x")
                z.writestr("bomb", b"\\0" * (1 << 28))
            """
        for name in ["../evil.txt", "/tmp/evil.txt", "..\\evil.txt", "$(touch ran)"] {
            try Program.succeed("python3", ["-c", script, session.folder.appending("s.zip").string, name])
            try hostile.run(["sequence", "show", "s.zip"])
            try hostile.run([
                "create", "standalone", "--task-sequence", "s.zip", "--output", "m.iso", "--distribution-point",
                session.library.string,
            ])
            try hostile.clear()
        }
    }

    // MARK: A server

    @Test("a server")
    func server() throws {
        let secret = hostile.neighbour.appending("secret.txt").string
        let faults = [
            "redirect:file://\(secret)", "redirect:file://\(secret)@DataLib", "list:../../evil@DataLib",
            "list:..%2f..%2fevil@DataLib", "list:%2e%2e/evil@DataLib", "list:$(touch ran)@DataLib",
            "list:..%5cevil@DataLib",
            "endless@DataLib", "long:100000", "flip:0", "gzip", "redirect:http://127.0.0.1:1/@PkgLib",
        ]
        for fault in faults {
            let server = try DistributionPointServer(
                library: session.library, ["--fault", fault], in: session.work)
            let store = session.work.appending("store-\(faults.firstIndex(of: fault) ?? 0)")
            let source = ["--distribution-point", server.location, "--store", store.string]
            try hostile.run(
                [
                    "create", "standalone", "--task-sequence", session.demo.taskSequenceExport.string, "--output",
                    "m.iso",
                ] + source)
            try hostile.run(["content", "fetch", DemoSite.toolsPackage] + source)
            let kept = try Program.run("grep", ["-rlaF", HostileSources.secret, store.string])
            #expect(kept.status != 0, "the store holds what is the neighbour's: \(fault)")
            try hostile.clear()
        }
    }

    // MARK: A USB stick

    @Test("a USB stick")
    func stick() throws {
        try session.create(.capture, "stick.img")
        let whole = session.work.appending("source-stick.img")
        try Program.succeed("mv", [session.folder.appending("stick.img").string, whole.string])
        let stick = session.folder.appending("stick.img")
        try session.work.write("x".utf8, to: "source-file")
        try session.work.write("x".utf8, to: "source-folder/QZ/evil.txt")
        let folder = session.work.appending("source-folder").appending("QZ").string
        let file = session.work.appending("source-file").string
        for name in ["QZ", "UP1evil.txt"] + HostileSources.names.filter({ !$0.contains("|") && !$0.contains("\u{1B}") })
        {
            try Program.succeed("cp", [whole.string, stick.string])
            // The first partition of media on drives begins at 1 MiB (docs/drives.md).
            try Program.succeed(
                "mcopy", ["-s", "-i", "\(stick)@@1M", name == "QZ" ? folder : file, "::/\(name)"],
                environment: ["MTOOLS_SKIP_CHECK": "1", "LC_ALL": "C.UTF-8"])
            try Self.climb(in: stick)
            for command in [
                ["inspect", stick.string], ["verify", stick.string], ["extract", stick.string, "--output", "out"],
                [
                    "update", "capture", "--boot-image", DemoSite.bootImage, "--distribution-point",
                    session.library.string, "--drive", stick.string,
                ],
            ] { try hostile.run(command) }
            try hostile.clear()
        }
    }
}

extension [UInt8] {
    /// Puts `new` in the place of `old`, of the same length, wherever it is.
    fileprivate mutating func replaceAll(_ old: [UInt8], by new: [UInt8]) {
        precondition(old.count == new.count)
        var start = startIndex
        while let found = self[start...].firstRange(of: old) {
            replaceSubrange(found, with: new)
            start = found.upperBound
        }
    }

    /// The same with the bytes of each UTF-16 unit the other way round.
    fileprivate var reversed16: [UInt8] {
        stride(from: 0, to: count - 1, by: 2).flatMap { [self[$0 + 1], self[$0]] }
    }
}
