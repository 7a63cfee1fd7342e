// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// The stand-in loaders and the harness, on discs of xorriso: what these tests say of others' discs they will say of ours.
@Suite("Stand-in loaders under real firmware")
struct StandInLoaderTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func boot(_ disc: StandInDisc, _ firmware: Firmware) throws -> (report: BootReport, digest: SHA256Digest?) {
        let (path, digest) = try disc.write(to: folder)
        return (try firmware.boot(disc: path), digest)
    }

    /// The failure that booting `disc` ends in.
    private func failure(of disc: StandInDisc, _ firmware: Firmware) throws -> FirmwareError? {
        let (path, _) = try disc.write(to: folder)
        return #expect(throws: FirmwareError.self) { try firmware.boot(disc: path) }
    }

    @Test("SeaBIOS starts etfsboot and bootmgr, which reads the boot image from the disc")
    func biosReport() throws {
        let (report, digest) = try boot(StandInDisc(), .seaBIOS)
        #expect(report.loaders.map(\.name) == ["etfsboot", "bootmgr"])
        #expect(report.bootImageDigest != nil)
        #expect(report.bootImageDigest == digest)
    }

    @Test(
        "OVMF starts the loader in efisys.bin and then the one on the disc, which reads the boot image",
        arguments: [
            (Firmware.ovmfX64, FixtureArchitecture.x64, "x86_64", true), (.ovmfIA32, .x86, "i386", true),
            (.ovmfX64, .x64, "x86_64", false),
        ])
    func uefiReport(
        firmware: Firmware, architecture: FixtureArchitecture, processor: String, hasJoliet: Bool
    ) throws {
        let (report, digest) = try boot(StandInDisc(architecture: architecture, hasJoliet: hasJoliet), firmware)
        #expect(
            report.loaders
                == ["efisys", "bootmgfw"].map {
                    BootReport.Loader(name: $0, generation: "2011", processor: processor)
                })
        #expect(report.bootImageDigest != nil)
        #expect(report.bootImageDigest == digest)
    }

    @Test("the report tells the loader without a prompt and the loaders of 2023 from the others")
    func loaderIdentity() throws {
        let (report, _) = try boot(StandInDisc(generation: .windows2023, asksForKey: false), .ovmfX64)
        #expect(report.loaders.map(\.name) == ["efisys_noprompt", "bootmgfw"])
        #expect(report.loaders.map(\.generation) == ["2023", "2023"])
    }

    @Test("a record BOOTMGR;1 is not found by the BIOS loader")
    func versionNumber() throws {
        let error = try failure(of: StandInDisc(hasVersionNumbers: true), .seaBIOS)
        #expect(error?.reason == "no directory record named exactly BOOTMGR in the root of the disc")
        #expect(error?.report.first == "TSMEDIA-BIOS loader etfsboot")
    }

    @Test(
        "a missing file is reported at once, by name",
        arguments: [
            (Firmware.seaBIOS, "sources/boot.wim", "the medium has no \\sources\\boot.wim"),
            (.seaBIOS, "boot/BCD", "the medium has no \\boot\\BCD"),
            (.ovmfX64, "sources/boot.wim", "no medium has \\sources\\boot.wim"),
            (.ovmfX64, "EFI/Boot/bootx64.efi", "the medium cd0 has no /EFI/Boot/bootx64.efi"),
        ])
    func missingFile(firmware: Firmware, path: String, reason: String) throws {
        #expect(try failure(of: StandInDisc(missing: [path]), firmware)?.reason == reason)
    }

    @Test("a disc without an entry for the firmware ends the machine without a report")
    func noEntry() throws {
        #expect(
            try failure(of: StandInDisc(hasBIOSEntry: false), .seaBIOS)?.reason == "the machine ended without a report")
        #expect(
            try failure(of: StandInDisc(hasUEFIEntry: false), .ovmfX64)?.reason == "the firmware found nothing to boot")
    }

    @Test("a boot image that differs by one bit gives another hash")
    func flippedBit() throws {
        let (disc, digest) = try StandInDisc().write(to: folder)
        var bytes = try SmallFile.read(disc)
        let image = try SmallFile.read(folder.appending("root/sources/boot.wim"))
        let start = try #require(
            bytes.indices.first { $0.isMultiple(of: 2_048) && bytes[$0...].starts(with: image.prefix(64)) })
        bytes[start + image.count - 1] ^= 1
        let changed = try folder.write(bytes, to: "changed.iso")
        for firmware in [Firmware.seaBIOS, .ovmfX64] {
            let report = try firmware.boot(disc: changed)
            #expect(report.bootImageDigest != nil)
            #expect(report.bootImageDigest != digest)
        }
    }
}
