// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Drives that `write` makes of finished media, and copies of factory images, under real firmware.
@Suite(
    "Written media under real firmware", .enabled(if: LoopDevice.isPossible, Comment(rawValue: LoopDevice.reason)))
struct WrittenMediaTests {
    let session: CommandSession

    init() throws { session = try CommandSession() }

    /// Writes `media` to a drive, which both firmwares must start.
    private func boots(_ media: [String], bus: Firmware.DriveBus = .usb) throws {
        let drive = try LoopDevice(in: session.work, name: "drive-\(UInt32.random(in: .min ... .max))")
        try session.succeed(
            ["write"] + media + [
                "--usb", drive.node.string, "--allow-fixed-disk", "--confirm", drive.node.string,
            ])
        try boots(drive.image, bus: bus)
    }

    private func boots(_ image: FilePath, bus: Firmware.DriveBus) throws {
        let report = try Firmware.ovmfX64.boot(drive: image, bus: bus)
        #expect(report.bootImageDigest == session.demo.bootImageDigest)
        #expect(try Firmware.seaBIOS.boot(drive: image, bus: bus).loaders.map(\.name) == ["bootmgr"])
    }

    @Test("a disc of ours becomes a drive that both firmwares start", arguments: Firmware.DriveBus.allCases)
    func disc(bus: Firmware.DriveBus) throws {
        try session.create(.standalone, "media.iso")
        try boots(["media.iso"], bus: bus)
    }

    @Test("a set becomes one drive that both firmwares start")
    func set() throws {
        try session.create(.standalone, "set.iso", ["--media-size", "18MB"])
        try boots(try session.outputs().filter { $0.hasSuffix(".iso") })
    }

    @Test("media of the wizard, as its format is known, becomes a drive that both firmwares start")
    func genuine() throws {
        for media in [CommandSession.Media.standalone, .bootable] {
            let tree = "\(media)"
            try session.create(media, tree)
            try Folder.removeFile(session.folder.appending(tree).appending("SMS/data/MediaManifest.json"))
            // UDF, with nothing but a note in ISO 9660.
            try Program.succeed(
                "genisoimage",
                [
                    "-quiet", "-udf", "-allow-limited-size", "-D", "-V", "Configuration Manager", "-hide", "*", "-b",
                    "boot/etfsboot.com", "-no-emul-boot", "-boot-load-size", "8", "-o", "\(media).iso", tree,
                ], in: session.folder)
            try boots(["\(media).iso"])
            try boots([tree])
        }
    }

    @Test("a shrunk image that bmaptool copies to a larger drive starts under both firmwares", arguments: ["", ".zst"])
    func factory(ending: String) throws {
        let name = "disk.img\(ending)"
        try session.create(.standalone, name, ["--media-size", "90MB", "--shrink", "--bmap"])
        let drive = try LoopDevice(mebibytes: 128, in: session.work)
        try Program.succeed("bmaptool", ["--quiet", "copy", name, drive.node.string], in: session.folder)
        try boots(drive.image, bus: .disk)
    }
}
