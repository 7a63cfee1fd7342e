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
            "content", "add", session.work.appending("tools").string, "--package-id", DemoSite.toolsPackage,
            "--version", "9", "--library", session.library.string,
        ])
        try session.succeed([
            "update", "media.img", "--distribution-point", session.library.string, "--store", session.store.string,
            "--task-sequence", session.demo.taskSequenceExport.string,
        ])
        #expect(try Firmware.ovmfX64.boot(drive: drive).bootImageDigest == session.demo.bootImageDigest)
        #expect(try Firmware.seaBIOS.boot(drive: drive).loaders.map(\.name) == ["bootmgr"])
    }
}
