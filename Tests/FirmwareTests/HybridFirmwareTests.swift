// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Images of discs that are images of drives too, under real firmware in both ways.
@Suite("Created discs that are drives too, under real firmware")
struct HybridFirmwareTests {
    @Test(
        "UEFI starts the same bytes as a disc, as a hard disk and as a USB drive, and BIOS the disc",
        arguments: [CommandSession.Media.capture, .bootable])
    func everyWay(media: CommandSession.Media) throws {
        let session = try CommandSession()
        let image = try session.create(media, "media.iso", ["--hybrid", "--no-prompt"])
        let disc = try Firmware.ovmfX64.boot(disc: image)
        #expect(disc.bootImageDigest == session.demo.bootImageDigest)
        #expect(disc.loaders.map(\.name) == BootDisc.loaderNames(.ovmfX64, asksForKey: false))
        let bios = try Firmware.seaBIOS.boot(disc: image)
        #expect(bios.bootImageDigest == session.demo.bootImageDigest)
        for bus in Firmware.DriveBus.allCases {
            let drive = try Firmware.ovmfX64.boot(drive: image, bus: bus)
            #expect(drive.bootImageDigest == session.demo.bootImageDigest, "\(bus)")
            #expect(drive.loaders.map(\.name) == ["bootmgfw"], "\(bus)")
        }
    }

    @Test("UEFI starts it from a stick that has more bytes than the image, and a BIOS does not")
    func largerStick() throws {
        let session = try CommandSession()
        let stick = try session.create(.capture, "media.iso", ["--hybrid", "--file-system", "iso"])
        try Program.succeed("truncate", ["--size", "+100M", stick.string])
        let report = try Firmware.ovmfX64.boot(drive: stick, bus: .usb)
        #expect(report.bootImageDigest == session.demo.bootImageDigest)
        #expect(throws: (any Error).self) { _ = try Firmware.seaBIOS.boot(drive: stick, bus: .usb) }
    }
}
