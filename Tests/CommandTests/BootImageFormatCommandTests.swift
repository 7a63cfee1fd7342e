// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Boot images that Windows Boot Manager may not read, in `create` and `inspect`.
@Suite("Boot images that may not start")
struct BootImageFormatCommandTests {
    private let session: CommandSession
    init() throws { session = try CommandSession() }

    /// The demo's boot image, exported anew.
    private func bootImage(_ name: String, _ options: [String]) throws -> FilePath {
        let name = session.work.appending(name)
        let original = try #require(session.demo.contents(of: DemoSite.bootImage).first?.files.keys.first)
        let source = try session.libraryFile(original.description, of: DemoSite.bootImage)
        try Program.succeed("wimlib-imagex", ["export", source.string, "1", name.string, "--boot"] + options)
        return name
    }

    private func create(_ image: FilePath, _ output: String) throws -> ProgramResult {
        try session.run([
            "create", "capture", "--boot-image", image.string, "--store", session.store.string, "--output", output,
        ])
    }

    @Test("create refuses what no boot manager reads, warns of what none is known to read, and inspect tells both")
    func formats() throws {
        let solid = try bootImage("solid.wim", ["--solid"])
        let refused = try create(solid, "solid.iso")
        #expect(refused.status == 65)
        #expect(refused.errorText.contains("boot image \(solid) has the format of .esd files"))
        #expect(refused.errorText.contains("wimlib-imagex export"))
        #expect(try session.outputs() == [])

        let small = try bootImage("small.wim", ["--compress=xpress", "--chunk-size=4K"])
        let warned = try create(small, "media.iso")
        #expect(warned.status == 0)
        #expect(warned.errorText.contains("with XPRESS in chunks of 4096 bytes"))
        let disc = try session.inspect().warnings.elements.compactMap(\.text)
        #expect(disc.contains { $0.hasPrefix("sources/boot.wim is compressed with XPRESS in chunks of 4096 bytes") })

        // As media of others may have it.
        #expect(try create(small, "media").status == 0)
        let place = session.folder.appending("media/sources/boot.wim")
        try Program.succeed("cp", [solid.string, place.string])
        let folder = try session.inspect("media").warnings.elements.compactMap(\.text)
        #expect(folder.contains { $0.hasPrefix("sources/boot.wim has the format of .esd files") })
        try Program.succeed("cp", ["/etc/os-release", place.string])
        let none = try session.inspect("media").warnings.elements.compactMap(\.text)
        #expect(none.contains("sources/boot.wim is no WIM, so that Windows PE does not start"))
        try Program.succeed("cp", [try bootImage("usual.wim", ["--compress=lzx"]).string, place.string])
        try Program.succeed("truncate", ["--size=4G", place.string])
        let large = try session.inspect("media").warnings.elements.compactMap(\.text)
        #expect(large.contains { $0.hasPrefix("sources/boot.wim has 4294967296 bytes") })
    }

    @Test(
        "a boot image of 4 GiB is refused for discs and FAT32, before it is read",
        arguments: ["media.iso", "media.img"])
    func size(output: String) throws {
        let image = try bootImage("large.wim", ["--compress=lzx"])
        try Program.succeed("truncate", ["--size=4G", image.string])
        let result = try create(image, output)
        #expect(result.status == 73)
        #expect(result.errorText.contains("boot image \(image) has 4294967296 bytes, 4 GiB or more"))
        #expect(result.errorText.contains("/Compress:max"))
    }

    @Test("a flipped byte under the integrity table of a boot image is an error")
    func integrityTable() throws {
        let image = try bootImage("checked.wim", ["--compress=none", "--check"])
        #expect(try create(image, "sound.iso").status == 0)
        let bytes = try SmallFile.read(image, limit: 1 << 28)
        let table = Int64(try #require(ByteReader(bytes).littleEndian(UInt64.self, at: 56)))
        // The reference count of the first resource, which nothing but the table covers.
        try CommandSession.flipBit(of: image, at: table + 26)
        let result = try create(image, "flipped.iso")
        #expect(result.status == 65)
        #expect(result.errorText.contains("checked.wim"))
    }
}
