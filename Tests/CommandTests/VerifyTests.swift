// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `tsmedia verify`.
@Suite("Verify")
struct VerifyTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test("intact media is 0", arguments: CommandSession.Media.allCases, ["media.iso", "media"])
    func intact(media: CommandSession.Media, output: String) throws {
        try session.create(media, output)
        let result = try session.run(["verify", output])
        #expect(result.status == 0)
        #expect(result.findings.hasPrefix("\(output): intact, "))
        let report = try JSONValue(parsing: try session.succeed(["verify", output, "--json"]).output)
        #expect(
            report.keys == [
                "media", "isDrive", "mediaGuid", "volume", "volumeCount", "fileCount", "size", "signature",
                "signedBy", "loaders", "findings",
            ])
        #expect(report.findings == .list([]))
        #expect(report.fileCount.number == Int64(try session.fileSizes(in: output).count - 1))
    }

    @Test(
        "a changed byte is 65 and names the file",
        arguments: ["sources/boot.wim", "SMS/data/Variables.dat", "SMS/PKG/ABC00011/Setup.cmd", "bootmgr"],
        ["media.iso", "media"])
    func changedByte(path: String, output: String) throws {
        try session.create(.standalone, output)
        try damage(path, of: output)
        let result = try session.run(["verify", output])
        #expect(result.status == 65)
        #expect(result.findings == "damaged  \(path)\n")
        #expect(
            result.failure == "error: \(output) differs from its manifest in 1 file; copy it again, or build it again")
        let json = try session.run(["verify", output, "--json"])
        #expect(json.status == 65)
        #expect(
            try JSONValue(parsing: json.output).findings
                == .list([.object(["path": .text(path), "problem": .text("damaged"), "reason": .null])]))
    }

    /// Flips a bit of the file `path` of media; in an image, where xorriso says that it lies.
    private func damage(_ path: String, of output: String) throws {
        guard output.hasSuffix(".iso") else {
            return try CommandSession.flipBit(of: session.folder.appending(output).appending(path), at: -1)
        }
        let image = session.folder.appending(output)
        let report = try Program.succeed(
            "xorriso", ["-indev", image.string, "-find", "/\(path)", "-exec", "report_lba", "--"]
        ).output
        // "File data lba:  0 , 1442 , 2808 , 5750157 , '/sources/boot.wim'"
        let line = report.split(separator: "\n").first { $0.hasPrefix("File data lba:") } ?? ""
        let fields = line.split(separator: ",").map { $0.filter(\.isNumber) }
        let (block, size) = (try #require(Int64(fields[1])), try #require(Int64(fields[3])))
        try CommandSession.flipBit(of: image, at: block * 2_048 + size - 1)
    }

    @Test("a file that is gone is missing, one too many is foreign, both are 65")
    func missingAndForeign() throws {
        try session.create(.standalone, "media")
        let root = session.folder.appending("media")
        try Program.succeed("rm", [root.appending("boot/BCD").string])
        try TestFolder.write("x".utf8, to: root.appending("SMS/PKG/ABC00011/virus.exe"))
        let result = try session.run(["verify", "media"])
        #expect(result.status == 65)
        #expect(result.findings == "foreign  SMS/PKG/ABC00011/virus.exe\nmissing  boot/BCD\n")
    }

    @Test("a file that is shorter or longer is damaged", arguments: [-1, 1])
    func wrongSize(difference: Int) throws {
        try session.create(.capture, "media")
        let file = session.folder.appending("media/sources/boot.wim")
        let byteCount = Int(try FileIdentity(of: file).byteCount)
        #expect(truncate(file.string, byteCount + difference) == 0)
        let result = try session.run(["verify", "media"])
        #expect(result.status == 65)
        #expect(result.findings == "damaged  sources/boot.wim\n")
    }

    @Test("a link on folder media is refused, not followed")
    func link() throws {
        try session.create(.capture, "media")
        let file = session.folder.appending("media/boot/BCD")
        try Program.succeed("mv", [file.string, session.work.appending("BCD").string])
        #expect(symlink(session.work.appending("BCD").string, file.string) == 0)
        let result = try session.run(["verify", "media"])
        #expect(result.status == 65)
        #expect((result.output + result.errorText).contains("boot/BCD"))
    }

    @Test(
        "an image that is cut off is 65, wherever it is cut",
        arguments: [0, 1, 32_767, 34_000, 40_000, 120_000, 1_000_000, 9_000_000, -1])
    func cutOff(byteCount: Int) throws {
        let image = try session.create(.standalone)
        let size = Int(try FileIdentity(of: image).byteCount)
        // Content that is last on the disc ends before the padding of its block and of the disc.
        #expect(truncate(image.string, byteCount < 0 ? size - 400_000 : byteCount) == 0)
        let result = try session.run(["verify", "media.iso"])
        #expect(result.status == 65, "\(result.output)\(result.errorText)")
    }

    @Test("media that was copied to another place and name is intact")
    func copied() throws {
        try session.create(.standalone, "media")
        try Program.succeed("cp", ["-r", "media", "elsewhere"], in: session.folder)
        #expect(try session.run(["verify", "elsewhere"]).status == 0)
    }

    @Test("what 7-Zip takes out of an image is intact folder media")
    func extracted() throws {
        try session.create(.standalone)
        let folder = try session.extract()
        // 7-Zip adds a folder with the boot images of El Torito.
        try Program.succeed("rm", ["-rf", folder.appending("[BOOT]").string])
        let result = try session.run(["verify", folder.string])
        #expect(result.status == 0, "\(result.output)\(result.errorText)")
    }

    @Test(
        "what is no media is told by what it is",
        arguments: [("missing.iso", 66), ("text.iso", 65), ("empty.iso", 65), ("folder", 65)])
    func noMedia(name: String, status: Int32) throws {
        try TestFolder.write("not an image".utf8, to: session.folder.appending("text.iso"))
        try TestFolder.write([UInt8](), to: session.folder.appending("empty.iso"))
        try TestFolder.makeFolder(session.folder.appending("folder"))
        for command in ["verify", "inspect"] {
            let result = try session.run([command, name])
            #expect(result.status == status, "\(result.errorText)")
            #expect(result.failure.hasPrefix("error: "))
            #expect(result.failure.contains(name))
        }
    }

    @Test(
        "a manifest that is damaged or of a later version is 65",
        arguments: ["", "{}", "[]", #"{"schemaVersion":2}"#, #"{"schemaVersion":1,"files":[{"path":"../x"}]}"#])
    func manifest(text: String) throws {
        try session.create(.capture, "media")
        try TestFolder.write(text.utf8, to: session.folder.appending("media/SMS/data/MediaManifest.json"))
        let result = try session.run(["verify", "media"])
        #expect(result.status == 65)
        #expect(result.failure.contains("SMS/data/MediaManifest.json"))
    }

    @Test("the number of threads makes no difference", arguments: ["1", "3", "64"])
    func threads(jobs: String) throws {
        try session.create(.standalone, "media")
        try damage("bootmgr", of: "media")
        #expect(try session.run(["verify", "media", "--jobs", jobs]).findings == "damaged  bootmgr\n")
    }
}
