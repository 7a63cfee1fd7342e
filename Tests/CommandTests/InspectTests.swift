// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// `tsmedia inspect`.
@Suite("Inspect")
struct InspectTests {
    private let session: CommandSession

    init() throws { session = try CommandSession() }

    @Test(
        "prints JSON with the keys of the contract", arguments: CommandSession.Media.allCases, ["media.iso", "media"])
    func keys(media: CommandSession.Media, output: String) throws {
        try session.create(media, output)
        let report = try session.inspect(output)
        #expect(
            report.keys == [
                "mediaType", "label", "fileSystems", "volume", "volumeCount", "mediaGuid", "passwordRequired",
                "bootEntries",
                "variables", "contents", "splitImages", "taskSequence", "unattended", "bootImage",
                "operatingSystemImage", "loaders",
                "prestaged", "warnings", "openBootImage", "certificate", "rootCertificates", "signature",
                "manifestKey", "startsAt", "expiresAt",
                "policies",
            ])
        #expect(report.volume.number == 1)
        #expect(report.volumeCount.number == 1)
        #expect(report.label.text == "Configuration Manager")
        let systems = report.fileSystems.elements.compactMap(\.text)
        #expect(systems == (output == "media" ? [] : ["UDF 1.02", "Joliet", "ISO 9660"]))
        let entries = report.bootEntries.elements
        #expect(Set(entries.compactMap(\.firmware.text)) == ["bios", "uefi"])
        #expect(entries.allSatisfy { $0.keys == ["firmware", "architecture", "loader", "certificate"] })
        #expect(entries.allSatisfy { $0.architecture.text == "x64" })
        #expect(report.contents.elements.allSatisfy { $0.keys == ["id", "files", "size", "leftOut"] })
        if media == .standalone {
            #expect(
                report.taskSequence
                    == .object(["id": .text(DemoSite.taskSequence), "name": .text(DemoSite.taskSequenceName)]))
        } else {
            #expect(report.taskSequence == .null)
        }
    }

    @Test("counts the files and bytes of every content", arguments: ["media.iso", "media"])
    func contents(output: String) throws {
        try session.create(.standalone, output)
        let reported = Set(
            try session.inspect(output).contents.elements.map { "\($0.files.number ?? 0) \($0.size.number ?? 0)" })
        let expected = session.demo.contents.filter { $0.kind != .bootImage }
            .map { "\($0.files.count) \($0.files.values.reduce(0) { $0 + $1.byteCount })" }
        #expect(reported == Set(expected))
    }

    @Test(
        "names the certificate authority that signed the loader that UEFI starts",
        arguments: [
            ("2011", "Microsoft Windows Production PCA 2011"), ("2023", "Windows UEFI CA 2023"),
            ("auto", "Windows UEFI CA 2023"),
        ])
    func certificate(choice: String, authority: String) throws {
        try session.create(.capture, "media.iso", ["--boot-loader-certificate", choice])
        let report = try session.inspect()
        let entry = report.bootEntries.elements.first { $0.firmware.text == "uefi" }
        #expect(entry?.certificate.text == authority)
        #expect(report.loaders.elements.allSatisfy { $0.certificate.text == authority })
        #expect(!report.loaders.elements.isEmpty)
        // The same signature by another program.
        let loader = try session.extract().appending("EFI").appending("Boot").appending("bootx64.efi")
        let verified = try Program.run("osslsigncode", ["verify", "-in", loader.string])
        #expect(verified.output.contains(authority))
    }

    @Test("says in words what the JSON says")
    func words() throws {
        try session.create(.standalone)
        let text = try session.succeed(["inspect", "media.iso"]).output
        for fact in [
            "media.iso: stand-alone media (FullMedia)", "label           Configuration Manager",
            "password        none", "boot image      ABC00005 version 2, x64", "Install the demo system (ABC00020)",
            "ABC00010  1 file,", "signed under Windows UEFI CA 2023", "_SMSTSMediaType=FullMedia",
        ] {
            #expect(text.contains(fact), "\(fact)")
        }
    }

    @Test("works without our manifest, as on genuine media, and says that verify cannot")
    func withoutManifest() throws {
        try session.create(.standalone, "media")
        try Program.succeed("rm", [session.folder.appending("media/SMS/data/MediaManifest.json").string])
        let report = try session.inspect("media")
        #expect(report.mediaType.text == "FullMedia")
        #expect(report.taskSequence.name.text == DemoSite.taskSequenceName)
        #expect(report.mediaGuid.text?.count == 38)
        #expect(report.contents.elements.count == 6)
        #expect(
            report.warnings.elements.contains {
                $0.text == "no manifest: verify can only compare its contents with a distribution point"
            })
        #expect(try session.run(["verify", "media"]).status == 65)
    }

    @Test("reads an image that xorriso made of the same files")
    func foreignImage() throws {
        try session.create(.standalone, "media")
        try Program.succeed(
            "xorriso",
            [
                "-as", "mkisofs", "-quiet", "-iso-level", "3", "-J", "-joliet-long", "-V", "Foreign", "-b",
                "boot/etfsboot.com", "-no-emul-boot", "-boot-load-size", "8", "-eltorito-alt-boot", "-e",
                "EFI/Microsoft/Boot/efisys.bin", "-no-emul-boot", "-o", "foreign.iso", "media",
            ], in: session.folder)
        let report = try session.inspect("foreign.iso")
        #expect(report.mediaType.text == "FullMedia")
        #expect(report.bootEntries.elements.map(\.firmware.text) == ["bios", "uefi"])
        // The boot catalog, which xorriso shows as a file, is all that the manifest does not know.
        #expect(try session.run(["verify", "foreign.iso"]).findings == "foreign  boot.catalog\n")
    }

    @Test("damaged variables are told as damage, not as a wrong password")
    func damagedVariables() throws {
        try session.create(.capture, "media")
        try CommandSession.flipBit(of: session.folder.appending("media/SMS/data/Variables.dat"), at: 0)
        let result = try session.run(["inspect", "media"])
        #expect(result.status == 65)
        #expect(
            result.failure.contains("SMS/data/Variables.dat of media is not an encrypted container"),
            "\(result.failure)")
    }
}
