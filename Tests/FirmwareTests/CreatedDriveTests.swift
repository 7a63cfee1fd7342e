// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Images of drives that the built program makes, under real firmware, as hard disks and as USB drives.
@Suite("Created drives under real firmware")
struct CreatedDriveTests {
    @Test(
        "UEFI starts a drive of either scheme, and its loader reads the boot image that the library holds",
        arguments: ["mbr", "gpt"], Firmware.DriveBus.allCases)
    func uefi(scheme: String, bus: Firmware.DriveBus) throws {
        let session = try CommandSession()
        let drive = try session.create(.standalone, "media.img", ["--partition-scheme", scheme])
        let report = try Firmware.ovmfX64.boot(drive: drive, bus: bus)
        #expect(report.bootImageDigest == session.demo.bootImageDigest)
        #expect(report.loaders.map(\.name) == ["bootmgfw"])
    }

    @Test("a BIOS starts a drive through our boot sectors to bootmgr", arguments: Firmware.DriveBus.allCases)
    func bios(bus: Firmware.DriveBus) throws {
        let session = try CommandSession()
        for media in CommandSession.Media.allCases {
            let drive = try session.create(
                media, "\(media).img", ["--media-size", "4GB"].filter { _ in media == .standalone })
            let report = try Firmware.seaBIOS.boot(drive: drive, bus: bus)
            #expect(report.loaders.map(\.name) == ["bootmgr"], "\(media): \(report.lines)")
        }
    }

    @Test("a drive starts after it was updated in place")
    func updated() throws {
        let session = try CommandSession(ownLibrary: true)
        let drive = try session.create(.standalone, "media.img", ["--media-size", "100000000"])
        try session.work.write("changed".utf8, to: "tools/Setup.cmd")
        try session.succeed([
            "content", "add", "--create", session.work.appending("tools").string, "--package-id", DemoSite.toolsPackage,
            "--version", "9", "--library", session.library.string,
        ])
        try session.succeed([
            "update", "media.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string,
        ])
        #expect(try Firmware.ovmfX64.boot(drive: drive).bootImageDigest == session.demo.bootImageDigest)
        #expect(try Firmware.seaBIOS.boot(drive: drive).loaders.map(\.name) == ["bootmgr"])
    }

    @Test("UEFI starts a prestaged disk that is alone in the machine", arguments: Firmware.DriveBus.allCases)
    func prestagedUEFI(bus: Firmware.DriveBus) throws {
        let session = try CommandSession()
        let disk = try Self.prestaged(session, "gpt")
        let report = try Firmware.ovmfX64.boot(drive: disk, bus: bus)
        #expect(report.bootImageDigest == session.demo.bootImageDigest)
    }

    @Test("a BIOS starts a prestaged disk from NTFS and from FAT32", arguments: ["ntfs", "fat32"])
    func prestagedBIOS(fileSystem: String) throws {
        let session = try CommandSession()
        let layout = """
            scheme: mbr
            partitions:
              - {type: primary, size: 350MiB, fileSystem: \(fileSystem), label: System, active: true}
              - {type: primary, size: 100%, label: Windows}
            """
        try session.work.write(layout.utf8, to: "layout.yaml")
        let disk = try Self.prestaged(
            session, "mbr", ["--partition-layout", session.work.appending("layout.yaml").string])
        #expect(try Firmware.seaBIOS.boot(drive: disk).loaders.map(\.name) == ["bootmgr"])
    }

    private static func prestaged(
        _ session: CommandSession, _ scheme: String, _ more: [String] = []
    ) throws -> FilePath {
        try session.succeed(
            [
                "create", "prestaged", "--distribution-point", session.library.string, "--store",
                session.store.string, "--disk-image", "disk.img", "--disk-size", "20GB", "--boot-image",
                DemoSite.bootImage, "--operating-system-image", DemoSite.operatingSystemImage, "--task-sequence",
                session.demo.taskSequenceExport.string, "--management-point", "http://mp.example.com",
                "--partition-scheme", scheme,
            ] + more)
        return session.folder.appending("disk.img")
    }
}
