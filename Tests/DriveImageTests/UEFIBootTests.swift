// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// OVMF, and a stand-in for Windows' loader that reads the boot image from the FAT.
@Suite("A drive under UEFI")
struct UEFIBootTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static func filler(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    static func disk(_ architecture: FixtureArchitecture = .x64, bootImageSeed: UInt64 = 7) throws -> SampleDisk {
        let loader = UEFILoader(role: .bootmgfw, generation: .windows2023, architecture: architecture)
        return SampleDisk(files: [
            ("bootmgr", try BIOSLoader.memory(byteCount: 400_001)), ("boot/BCD", [1]), ("boot/boot.sdi", [2]),
            (
                "EFI/Boot/\(architecture.removableMediaLoader)",
                try loader.build(signer: try LoaderSigner(generation: .windows2023))
            ), ("EFI/Microsoft/Boot/BCD", [3]), ("sources/boot.wim", filler(3_000_001, seed: bootImageSeed)),
        ])
    }

    private func expectBoot(_ firmware: Firmware, _ drive: FilePath, _ disk: SampleDisk, bus: Firmware.DriveBus) throws
    {
        let report = try firmware.boot(drive: drive, bus: bus)
        #expect(report.loaders.map(\.name) == ["bootmgfw"])
        let image = try #require(disk.files.first { $0.path == "sources/boot.wim" })
        #expect(report.bootImageDigest == SHA256.digest(of: image.bytes))
    }

    @Test(
        "OVMF starts it and reads the boot image whole", arguments: PartitionScheme.allCases,
        [Int64(64) << 20, 300 << 20, 33 << 30, 1 << 40])
    func boots(scheme: PartitionScheme, byteCount: Int64) throws {
        var disk = try Self.disk()
        disk.scheme = scheme
        disk.deviceByteCount = byteCount
        let written = try disk.write(to: folder)
        try expectBoot(.ovmfX64, written.path, disk, bus: byteCount == 300 << 20 ? .usb : .disk)
    }

    @Test("OVMF for 32-bit x86 starts it from USB")
    func ia32() throws {
        let disk = try Self.disk(.x86)
        try expectBoot(.ovmfIA32, try disk.write(to: folder).path, disk, bus: .usb)
    }

    @Test("after an update both firmwares start the new boot files", arguments: PartitionScheme.allCases)
    func updated(scheme: PartitionScheme) throws {
        var old = try Self.disk()
        old.scheme = scheme
        var new = try Self.disk(bootImageSeed: 8)
        new.scheme = scheme
        new.files[0].bytes = try BIOSLoader.memory(byteCount: 400_013)
        let change = DriveChange(old: old, new: new)
        let drive = try change.writtenDrive()
        try change.carryOut(try change.plan(drive), on: drive)
        let path = folder.appending("drive.img")
        try drive.save(to: path)
        try expectBoot(.ovmfX64, path, new, bus: .usb)
        guard scheme == .mbr else { return }
        let report = try Firmware.seaBIOS.boot(drive: path, bus: .usb)
        #expect(report.bootImageDigest == SHA256.digest(of: new.files[0].bytes))
    }

    @Test("an update on a real block device is read by other programs and boots")
    func blockDevice() throws {
        let old = try Self.disk()
        let new = try Self.disk(bootImageSeed: 9)
        let path = try old.write(to: folder).path
        let change = DriveChange(old: old, new: new)
        let device = try LoopDevice(on: path, isWritable: true)
        let descriptor = try FileDescriptor.open(device.node, .readWrite)
        try descriptor.closeAfter {
            let source = try FileSource(descriptor, path: device.node)
            let volume = try #require(try FATVolume(source, at: DriveChange.offset))
            let update = try DriveUpdate(volume, try change.goal())
            #expect(update.writtenFiles == [5])
            try UpdateWriter(update, interruption: Interruption()).write(
                to: PositionedOutput(descriptor, path: device.node), source: source, progress: .silent,
                content: { new.content($0) })
            let input = PositionedInput(descriptor, path: device.node)
            #expect(input.isDirect)
            let found = try UpdateVerifier(update, interruption: Interruption()).verify(
                input, name: "drive", byteCount: source.byteCount, progress: .silent)
            #expect(found.isSound)
        }
        let written = WrittenDisk(path: path, layout: try new.layout())
        try written.check()
        #expect(try written.digests(in: folder)["sources/boot.wim"] == SHA256.digest(of: new.files[5].bytes))
        try expectBoot(.ovmfX64, path, new, bus: .disk)
    }
}
