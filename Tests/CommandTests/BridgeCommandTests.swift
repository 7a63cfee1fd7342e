// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Discs that are seen through UDF as well.
@Suite("Discs that are UDF bridges")
struct BridgeCommandTests {
    private let session: CommandSession
    private static let option = ["--file-system", "bridge"]
    private static let plainOption = ["--file-system", "iso"]

    init() throws { session = try CommandSession() }

    @Test(
        "a disc is a bridge unless another is asked for: it has the planned size, is UDF for 7z and blkid, has the files of a disc without, and is intact"
    )
    func isUDF() throws {
        let label = "A label that Joliet would cut"
        let options = ["--label", label]
        let planned = try #require(
            try session.plan(.standalone, "bridge.iso", options).volumes.elements.first?.size.number)
        let made = try session.succeed(session.arguments(.standalone, "bridge.iso", options))
        #expect(!made.errorText.contains("Windows shows the disc as"), "\(made.errorText)")
        let bridge = session.folder.appending("bridge.iso")
        #expect(try FileIdentity(of: bridge).byteCount == planned)
        try session.create(.standalone, "plain.iso", ["--label", label] + Self.plainOption)
        #expect(try Program.succeed("7z", ["l", bridge.string]).output.contains("Type = Udf\n"))
        let known = try Program.succeed("blkid", ["-p", "-s", "LABEL", "-s", "TYPE", "-o", "value", bridge.string])
        #expect(known.output == "\(label)\nudf\n")
        // 7-Zip adds a folder with the boot images where it reads ISO 9660.
        try Program.succeed(
            "diff",
            [
                "-r", "--exclude=[[]BOOT[]]", "--exclude=MediaManifest.json",
                try session.extract("bridge.iso", to: "bridge").string,
                try session.extract("plain.iso", to: "plain").string,
            ])
        try session.succeed(["verify", "bridge.iso"])
        #expect(try session.inspect("bridge.iso").label.text == label)
        #expect(
            try session.inspect("bridge.iso").fileSystems.elements.compactMap(\.text)
                == ["UDF 1.02", "Joliet", "ISO 9660"])
        #expect(try session.inspect("plain.iso").fileSystems.elements.compactMap(\.text) == ["Joliet", "ISO 9660"])
        #expect(try session.succeed(["inspect", "plain.iso"]).output.contains("  file systems    Joliet, ISO 9660\n"))
        try session.create(.standalone, "again.iso", options + Self.option)
        try Program.succeed("cmp", ["bridge.iso", "again.iso"], in: session.folder)
    }

    @Test("it is for discs: 64 for anything else", arguments: ["media.img", "folder"])
    func usage(output: String) throws {
        let result = try session.run(session.arguments(.standalone, output, Self.plainOption))
        #expect(result.status == 64)
        #expect(result.failure.contains("--file-system is for discs"), "\(result.failure)")
        #expect(try session.outputs() == [])
    }

    @Test("a tree beside UDF that leads elsewhere is found, and so is a damaged file entry")
    func damage() throws {
        let path = try session.create(.capture, "disc.iso")
        let block: Int64 = 2048
        for (descriptor, part) in [(16, "ISO 9660 tree"), (18, "Joliet tree")] as [(Int64, String)] {
            let volume = try ImageBytes.read(path, at: descriptor * block, count: 2048)
            let root: UInt32 = try #require(volume.littleEndian(at: 156 + 2))
            // ECMA-119 9.1.3: where the first file or folder after the two of the root itself lies.
            let place = Int64(root) * block + 2 * 34 + 2
            let old = try ImageBytes.read(path, at: place, count: 4)
            let number: UInt32 = try #require(old.littleEndian(at: 0))
            try ImageBytes.write(Self.bytes(number ^ 1), to: path, at: place)
            let verified = try session.run(["verify", "disc.iso"])
            #expect(verified.status == 65)
            #expect(verified.output.contains("damaged  \(part): "), "\(verified.output)")
            try ImageBytes.write(Self.bytes(number), to: path, at: place)
        }
        try session.succeed(["verify", "disc.iso"])
        // The entry of the root: behind the descriptor of the file set and the one that ends it.
        try CommandSession.flipBit(of: path, at: (257 + 2) * block + 1)
        #expect(try session.run(["verify", "disc.iso"]).status == 65)
        try CommandSession.flipBit(of: path, at: (257 + 2) * block + 1)
        // What is there twice, and who reads only one of them does not notice.
        let last = try FileIdentity(of: path).byteCount - block
        for (place, part) in [
            (48 * block, "reserve UDF volume descriptors"), (last, "last UDF anchor"), (64 * block, "UDF integrity"),
            (256 * block, "first UDF anchor"), (32 * block, "UDF volume descriptors"), (21 * block, "UDF recognition"),
        ] {
            try CommandSession.flipBit(of: path, at: place + 1)
            let verified = try session.run(["verify", "disc.iso"])
            #expect(verified.status == 65)
            #expect(verified.output.contains("damaged  \(part)"), "\(verified.output)")
            #expect(try session.run(["inspect", "disc.iso"]).output.contains("warning         \(part)"))
            try CommandSession.flipBit(of: path, at: place + 1)
        }
        try session.succeed(["verify", "disc.iso"])
    }

    private static func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> (8 * $0) & 0xFF) } }

    @Test("a name that Joliet cannot hold is whole in UDF and said to be cut, and refused without UDF")
    func longName() throws {
        let binaries = session.work.appending("binaries")
        try Program.succeed("cp", ["-r", session.demo.clientBinaries.string, binaries.string])
        let name = String(repeating: "n", count: 150) + ".txt"
        try Program.succeed("sh", ["-c", "echo long > '\(binaries)/\(name)'"])
        let options = ["--client-binaries", binaries.string]
        let refused = try session.run(
            session.arguments(.capture, "plain.iso", options + Self.plainOption))
        #expect(refused.status == 65)
        #expect(refused.failure.contains("has a name of 154 characters, and a disc holds 103"), "\(refused.failure)")
        let made = try session.succeed(session.arguments(.capture, "bridge.iso", options))
        #expect(made.errorText.contains("1 name is cut"), "\(made.errorText)")
        let extracted = try session.extract("bridge.iso", to: "bridge").appending("SMS/bin").appending(name)
        #expect(try SmallFile.read(extracted) == Array("long\n".utf8))
        try session.succeed(["verify", "bridge.iso"])
    }

    @Test("what fits a bridge to the byte is one disc, and one byte less makes two that are no larger")
    func boundary() throws {
        let whole = try #require(
            try session.plan(.standalone, "set.iso").volumes.elements.first?.size.number)
        let one = try session.plan(.standalone, "set.iso", ["--media-size", String(whole)])
        #expect(one.volumes.elements.count == 1)
        let options = ["--media-size", String(whole - 1)]
        let two = try session.plan(.standalone, "set.iso", options)
        #expect(two.volumes.elements.count == 2)
        try session.succeed(session.arguments(.standalone, "set.iso", options))
        for volume in two.volumes.elements {
            let output = session.folder.appending(try #require(volume.output.text))
            #expect(try FileIdentity(of: output).byteCount == volume.size.number)
            #expect((volume.size.number ?? .max) < whole)
        }
        try session.succeed(["verify", "set1.iso", "set2.iso"])
    }
}
