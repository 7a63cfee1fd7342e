// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Media as the wizard makes it, as far as docs/formats/media.md knows it: no manifest of ours, on discs of other programs.
@Suite("Media without a manifest")
struct GenuineMediaTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    /// The files of stand-alone media without our manifest, in the folder `tree`.
    private func makeTree(_ more: [String] = []) throws {
        try session.create(.standalone, "tree", more)
        try Folder.removeFile(session.folder.appending("tree/SMS/data/MediaManifest.json"))
    }

    /// A disc of them, UDF as genisoimage has it, with nothing but a note in ISO 9660.
    private func makeDisc() throws { try Self.makeDisc(of: session) }

    /// The same in another session, of its folder `tree`.
    static func makeDisc(of session: CommandSession) throws {
        try session.work.write("This disc contains a \"UDF\" file system.\r\n".utf8, to: "note/README.TXT")
        try Program.succeed(
            "genisoimage",
            [
                "-quiet", "-udf", "-allow-limited-size", "-D", "-V", "Configuration Manager", "-hide", "*", "-b",
                "boot/etfsboot.com",
                "-no-emul-boot", "-boot-load-size", "8", "-o", "media.iso", "tree",
            ], in: session.folder)
    }

    @Test("inspect tells what is on a UDF disc, and that verify can compare only with a distribution point")
    func inspects() throws {
        try makeTree()
        try makeDisc()
        let report = try session.inspect()
        #expect(report.mediaType.text == "FullMedia")
        #expect(report.fileSystems.elements.first?.text?.hasPrefix("UDF") == true)
        #expect(report.taskSequence.name.text == DemoSite.taskSequenceName)
        #expect(report.bootImage.id.text == DemoSite.bootImage)
        #expect(report.bootImage.version.number == 2)
        #expect(report.bootImage.architecture.text == "x64")
        #expect(report.policies.classes.elements.contains { $0.name.text == "CCM_TaskSequence" })
        #expect(report.contents.elements.count == 6)
        #expect(report.loaders.elements.contains { $0.certificate.text == "Windows UEFI CA 2023" })
        #expect(
            report.warnings.elements.contains {
                $0.text == "no manifest: verify can only compare its contents with a distribution point"
            })
        let verify = try session.run(["verify", "media.iso"])
        #expect(verify.status == 65)
        #expect(
            verify.failure.hasSuffix("compare its contents with a distribution point: --against"), "\(verify.failure)")
        try session.succeed(["verify", "media.iso", "--against", session.library.string])
    }

    @Test("a boot image that is no file is looked into where the boot catalog has it")
    func hiddenBootImage() throws {
        try makeTree()
        try Program.succeed(
            "xorriso",
            [
                "-as", "mkisofs", "-quiet", "-iso-level", "3", "-J", "-joliet-long", "-b", "boot/etfsboot.com",
                "-no-emul-boot", "-boot-load-size", "8", "-eltorito-alt-boot", "-e", "EFI/Microsoft/Boot/efisys.bin",
                "-no-emul-boot", "-hide", "*efisys*", "-hide-joliet", "*efisys*", "-hide", "*etfsboot*", "-hide-joliet",
                "*etfsboot*", "-o", "media.iso", "tree",
            ], in: session.folder)
        let report = try session.inspect()
        let hidden = report.loaders.elements.filter { $0.path.text?.hasPrefix("El Torito image:EFI/BOOT/") == true }
        #expect(hidden.map(\.certificate.text) == ["Windows UEFI CA 2023"])
        let entry = report.bootEntries.elements.first { $0.firmware.text == "uefi" }
        #expect(entry?.loader.text == "El Torito image:EFI/BOOT/BOOTX64.EFI")
        #expect(entry?.architecture.text == "x64")
    }

    @Test("a password keeps closed what it closes, and opens it")
    func password() throws {
        let password = try session.work.write("secret\n".utf8, to: "password").string
        try makeTree(["--password-file", password])
        try makeDisc()
        let closed = try session.inspect()
        #expect(closed.passwordRequired == .flag(true))
        #expect(closed.variables == .null && closed.policies == .null && closed.bootImage == .null)
        let open = try session.inspect("media.iso", ["--password-file", password])
        #expect(open.taskSequence.name.text == DemoSite.taskSequenceName)
        #expect(open.bootImage.id.text == DemoSite.bootImage)
    }

    @Test("parts of a split image are told by their headers, whatever they are called")
    func splitImages() throws {
        try makeTree()
        let package = session.folder.appending("tree/SMS/PKG/ABC00010")
        try session.work.write(Array(repeating: UInt8(1), count: 100), to: "source/a")
        for number in 0..<6 {
            try Program.succeed(
                "sh", ["-c", "head -c 2000000 /dev/urandom > '\(session.work.appending("source/\(number)"))'"])
        }
        try Program.succeed(
            "wimlib-imagex", ["capture", session.work.appending("source").string, "whole.wim"], in: session.work.path)
        try Program.succeed(
            "wimlib-imagex", ["split", "whole.wim", package.appending("part.swm").string, "4"], in: session.work.path)
        let count = try FolderEntry.entries(of: package).filter { $0.name?.hasSuffix(".swm") == true }.count
        #expect(count > 2)
        // As the console calls them.
        let hash = String(repeating: "AB", count: 32)
        for number in 1...count {
            let name = "part\(number == 1 ? "" : "\(number)").swm"
            try Program.succeed("mv", [name, "\(hash)00\(number - 1).swm"], in: package)
        }
        try Program.succeed("rm", ["\(hash)001.swm"], in: package)
        let image = try #require(try session.inspect("tree").splitImages.elements.first)
        #expect(image.path.text == "SMS/PKG/ABC00010/\(hash)000.swm")
        #expect(image.parts.elements.compactMap(\.number) == [1] + (3...Int64(count)))
        #expect(image.partCount.number == Int64(count))
        let words = try session.succeed(["inspect", "tree"]).output
        #expect(words.contains("of \(count), "), "\(words)")
    }

    @Test("everything of it can be extracted, and nothing of it is called verified")
    func extracts() throws {
        try makeTree()
        try makeDisc()
        let report = try JSONValue(
            parsing: try session.succeed(["extract", "media.iso", "--output", "out", "--json"]).output)
        #expect(report.verifiedFileCount.number == 0)
        #expect(report.mediaGuid == .null)
        var expected = try TestFolder.hashes(in: session.folder.appending("tree"))
        var found = try TestFolder.hashes(in: session.folder.appending("out"))
        // The boot catalog is genisoimage's.
        expected["boot.catalog"] = nil
        found["boot.catalog"] = nil
        #expect(found == expected)
    }
}
