// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Media that the built program makes, under real firmware.
@Suite("Created media under real firmware")
struct CreatedMediaTests {
    @Test(
        "every media type starts, and its loader reads the boot image that the library holds",
        arguments: CommandSession.Media.allCases, [Firmware.ovmfX64, .seaBIOS])
    func mediaTypes(media: CommandSession.Media, firmware: Firmware) throws {
        let session = try CommandSession()
        let options = ["--client-binaries", session.demo.clientBinaries.string]
        let report = try firmware.boot(disc: try session.create(media, "media.iso", options))
        #expect(report.bootImageDigest == session.demo.bootImageDigest)
        #expect(report.bootImageDigest == (try BootDisc.bootImageDigest(in: session)))
        #expect(report.loaders.map(\.name) == BootDisc.loaderNames(firmware, asksForKey: true))
    }

    @Test(
        "a disc without UDF starts, and its loader reads the boot image that the library holds",
        arguments: [Firmware.ovmfX64, .seaBIOS])
    func withoutUDF(firmware: Firmware) throws {
        let session = try CommandSession()
        let disc = try session.create(.standalone, "media.iso", ["--file-system", "iso"])
        let report = try firmware.boot(disc: disc)
        #expect(report.bootImageDigest == session.demo.bootImageDigest)
        #expect(report.loaders.map(\.name) == BootDisc.loaderNames(firmware, asksForKey: true))
    }

    @Test("a 32-bit boot image starts on 32-bit UEFI and on BIOS", arguments: [Firmware.ovmfIA32, .seaBIOS])
    func x86(firmware: Firmware) throws {
        let disc = try BootDisc(BootImageFixture(architecture: .x86))
        let report = try firmware.boot(disc: disc.path)
        #expect(report.bootImageDigest == disc.bootImageDigest)
        let processors = report.loaders.compactMap(\.processor)
        #expect(processors == (firmware.name == Firmware.seaBIOS.name ? [] : ["i386", "i386"]))
    }

    @Test(
        "the chosen prompt and the chosen certificate are those of the loaders that UEFI starts",
        arguments: [
            (["--no-prompt", "--boot-loader-certificate", "2011"], "efisys_noprompt", "2011"),
            (["--boot-loader-certificate", "2023"], "efisys", "2023"),
            (["--no-prompt"], "efisys_noprompt", "2023"),
        ])
    func chosenLoaders(options: [String], loader: String, generation: String) throws {
        let disc = try BootDisc(BootImageFixture(fillerByteCount: 64 << 10), options)
        let report = try Firmware.ovmfX64.boot(disc: disc.path)
        #expect(
            report.loaders
                == [loader, "bootmgfw"].map { .init(name: $0, generation: generation, processor: "x86_64") })
        #expect(report.bootImageDigest == disc.bootImageDigest)
    }

    @Test(
        "a boot image without the loaders of 2023, and without Configuration Manager's files, starts with those of 2011"
    )
    func plainOldBootImage() throws {
        let disc = try BootDisc(
            BootImageFixture(isInjected: false, has2023Loaders: false, fillerByteCount: 64 << 10))
        let report = try Firmware.ovmfX64.boot(disc: disc.path)
        #expect(report.loaders.map(\.generation) == ["2011", "2011"])
        #expect(report.bootImageDigest == disc.bootImageDigest)
        #expect(try Firmware.seaBIOS.boot(disc: disc.path).bootImageDigest == disc.bootImageDigest)
    }

    @Test("arm64 media has a UEFI entry with an arm64 loader and no BIOS entry")
    func arm64() throws {
        let disc = try BootDisc(BootImageFixture(architecture: .arm64, fillerByteCount: 64 << 10))
        let catalog = try Program.succeed("xorriso", ["-indev", disc.path.string, "-report_el_torito", "plain"]).output
        let entries = catalog.split(separator: "\n").filter { $0.hasPrefix("El Torito boot img") }
        #expect(entries.count == 1)
        #expect(entries.first?.contains(" UEFI ") == true)
        let extracted = try disc.session.extract()
        let loader = try SmallFile.read(extracted.appending("EFI").appending("Boot").appending("bootaa64.efi"))
        // IMAGE_FILE_MACHINE_ARM64 in the COFF header (PE format, "Machine Types").
        let header = Int(loader[0x3C]) | Int(loader[0x3D]) << 8
        #expect(Array(loader[(header + 4)..<(header + 6)]) == [0x64, 0xAA])
        let names = try FolderEntry.entries(of: extracted).compactMap { $0.name?.lowercased() }
        #expect(names.contains("bootmgr.efi"))
        #expect(!names.contains("bootmgr"))
    }
}
