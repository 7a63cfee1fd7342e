// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// SeaBIOS, our boot sectors, and a stand-in for BOOTMGR that reports its own hash as it lies in memory.
@Suite("A drive under a BIOS")
struct BIOSBootTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// So much fits between 2000:0000 and the extended BIOS data area of SeaBIOS, at 639 KiB.
    private static let largestByteCount = 639 << 10 - 0x20000

    private func boot(_ disk: WrittenDisk, showsScreen: Bool = false, bus: Firmware.DriveBus = .disk) throws
        -> BootReport
    {
        try Firmware.seaBIOS.boot(drive: disk.path, bus: bus, showsScreen: showsScreen)
    }

    /// What the boot sectors say when they cannot start the drive.
    private func failure(_ disk: WrittenDisk) -> String? {
        #expect(throws: FirmwareError.self) { try boot(disk, showsScreen: true) }?.reason
    }

    /// A drive with this BOOTMGR after other files.
    private func disk(_ bootmgr: [UInt8], _ more: [(path: String, bytes: [UInt8])] = []) -> SampleDisk {
        SampleDisk(files: [("first.txt", [1])] + more + [("bootmgr", bootmgr)])
    }

    /// Sizes of drives, in mebibytes, and of BOOTMGR, in bytes: clusters of 512 bytes, 4, 8, 16 and 32 KiB.
    private static let sizes: [(mebibytes: Int64, byteCount: Int)] = [
        (65, 1_500), (65, 400_001), (300, 65_536), (300, largestByteCount), (10_000, 65_537), (20_000, 300_000),
        (65_000, 400_001), (65_000, largestByteCount),
    ]

    @Test(
        "BOOTMGR is loaded whole from clusters of every size, with the drive in DL",
        arguments: Rounds.some(sizes, oneOf: 3))
    func loads(mebibytes: Int64, byteCount: Int) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: byteCount)
        var disk = disk(bootmgr)
        disk.deviceByteCount = mebibytes << 20
        let report = try boot(try disk.write(to: folder))
        #expect(report.loaders.map(\.name) == ["memory"])
        #expect(report.lines.first == "TSMEDIA-BIOS loader memory drive 80")
        #expect(report.bootImageDigest == SHA256.digest(of: bootmgr))
    }

    @Test("a drive on USB is started too")
    func usb() throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 100_000)
        let report = try boot(try disk(bootmgr).write(to: folder), bus: .usb)
        #expect(report.bootImageDigest == SHA256.digest(of: bootmgr))
    }

    @Test(
        "BOOTMGR in clusters that lie apart and backwards, deep in a drive of 1 TiB, is loaded whole",
        arguments: [0, 1])
    func fragmented(half: Int) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 400_001)
        var disk = disk(bootmgr)
        // Clusters of 512 bytes, of which there are many; and of 32 KiB, far away.
        disk.deviceByteCount = half == 0 ? 200 << 20 : 1 << 40
        let written = try disk.write(to: folder)
        let last = UInt32(written.layout.geometry.clusterCount) + 1
        var generator = SeededGenerator(seed: 21)
        try FATEditor(written).move("BOOTMGR    ") { count in
            (0..<UInt32(count)).map { last - 3 * $0 }.shuffled(using: &generator)
        }
        if half == 0 { try written.check() }
        #expect(try boot(written).bootImageDigest == SHA256.digest(of: bootmgr))
    }

    @Test("BOOTMGR is found behind a thousand names, in a root directory whose clusters lie apart")
    func longRoot() throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 70_000)
        let written = try disk(bootmgr, (0..<1_000).map { ("a long name number \($0)", []) }).write(to: folder)
        let editor = try FATEditor(written)
        let root = try editor.chain(from: 2)
        #expect(root.count > 100)
        let last = UInt32(written.layout.geometry.clusterCount) + 1
        // The first cluster stays: the boot sector names it.
        let moved = (0..<UInt32(root.count - 1)).map { last - 2 * $0 }
        try editor.move(Array(root.dropFirst()), to: moved)
        try editor.set(2, to: moved[0])
        try written.check()
        #expect(try boot(written).bootImageDigest == SHA256.digest(of: bootmgr))
    }

    @Test("a drive without BOOTMGR says so on the screen, also when a folder or only a part of a name is like it")
    func missing() throws {
        for files: [(path: String, bytes: [UInt8])] in [
            [("boot.wim", [1])], [("BOOTMGR/file", [1])], [("bootmgr.efi", [1])], [("xbootmgr", [1])],
            [("bootmgr", [])],
            (0..<3_000).map { ("file\($0)", []) },
        ] {
            #expect(failure(try SampleDisk(files: files).write(to: folder)) == "BOOTMGR is not on this drive.")
        }
        #expect(failure(try SampleDisk().write(to: folder)) == "BOOTMGR is not on this drive.")
    }

    @Test("the label of the volume is not taken for BOOTMGR")
    func label() throws {
        var disk = SampleDisk(files: [("a", [1])])
        disk.label = "BOOTMGR"
        #expect(failure(try disk.write(to: folder)) == "BOOTMGR is not on this drive.")
    }

    @Test("a BOOTMGR that does not fit below the BIOS's own memory is not loaded over it")
    func tooLarge() throws {
        let bootmgr = try BIOSLoader.memory(byteCount: Self.largestByteCount + 1)
        #expect(
            failure(try disk(bootmgr).write(to: folder)) == "BOOTMGR is too large for the memory of this machine.")
    }

    @Test(
        "a chain of clusters that ends early or points nowhere is damage, and is said to be",
        arguments: [0x0FFF_FFFF, 0, 1])
    func damaged(entry: UInt32) throws {
        let written = try disk(try BIOSLoader.memory(byteCount: 100_000)).write(to: folder)
        let editor = try FATEditor(written)
        let record = try #require(try editor.rootRecord("BOOTMGR    "))
        try editor.set(try editor.chain(from: record.cluster)[50], to: entry)
        #expect(failure(written) == "The file system of this drive is damaged.")
    }

    @Test("a root directory that runs in a circle ends")
    func circle() throws {
        let written = try SampleDisk(files: (0..<64).map { ("file\($0)", []) }).write(to: folder)
        let editor = try FATEditor(written)
        let root = try editor.chain(from: 2)
        try editor.set(root[root.count - 1], to: 2)
        // The last record must not end the directory.
        try editor.write(
            Array(repeating: Array("FILE       ".utf8) + [UInt8](repeating: 0x20, count: 21), count: 16).flatMap { $0 },
            at: editor.offset(ofCluster: root[root.count - 1]))
        #expect(failure(written) == "BOOTMGR is not on this drive.")
    }

    @Test("what a BIOS cannot start says why: a GUID partition table, no active partition, no boot record")
    func unbootable() throws {
        let start = "This drive has no active partition: start it with UEFI."
        var disk = disk([1])
        disk.scheme = .gpt
        #expect(failure(try disk.write(to: folder)) == start)

        let inactive = try self.disk([1]).write(to: folder)
        try FATEditor(inactive).write([0], at: 446)
        #expect(failure(inactive) == start)

        let blank = try self.disk([1]).write(to: folder)
        try FATEditor(blank).write([UInt8](repeating: 0, count: 512), at: blank.layout.bootPartition.lowerBound)
        #expect(failure(blank) == "The active partition has no boot record.")
    }

    @Test("a partition beyond the end of the drive is a drive that cannot be read")
    func unreadable() throws {
        let written = try disk([1]).write(to: folder)
        try FATEditor(written).write([0xFF, 0xFF, 0xFF, 0x7F], at: 446 + 8)
        #expect(failure(written) == "The drive could not be read.")
    }
}
