// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DriveImage

/// SeaBIOS, our boot record of NTFS on volumes of mkntfs and ntfscp, and a stand-in for BOOTMGR that reports its own
/// hash as it lies in memory.
@Suite("An NTFS partition under a BIOS")
struct NTFSBootTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// So much fits between 2000:0000 and the extended BIOS data area of SeaBIOS, at 639 KiB.
    private static let largestByteCount = 639 << 10 - 0x20000

    static let missing = "BOOTMGR is not on this drive."
    static let notPlain = "BOOTMGR is compressed, encrypted, sparse or in too many pieces."

    private func expectStart(_ disk: NTFSDisk, _ bootmgr: [UInt8], bus: Firmware.DriveBus = .disk) throws {
        let report = try disk.boot(bus: bus)
        #expect(report.lines.first == "TSMEDIA-BIOS loader memory drive 80")
        #expect(report.bootImageDigest == SHA256.digest(of: bootmgr))
    }

    @Test(
        "BOOTMGR is loaded whole from clusters of every size, with the drive in DL",
        arguments: Rounds.some(
            [512, 1_024, 4_096, 65_536, 131_072, 2 << 20].flatMap { clusterByteCount in
                [1_500, 400_001, largestByteCount].map { (clusterByteCount, $0) }
            }, oneOf: 4))
    func loads(clusterByteCount: Int, byteCount: Int) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: byteCount)
        let disk = try NTFSDisk(folder, bootmgr: ("bootmgr", bootmgr), clusterByteCount: clusterByteCount)
        try disk.check("bootmgr", bootmgr)
        try expectStart(disk, bootmgr)
    }

    @Test("BOOTMGR is loaded from its own record when it is small enough for it", arguments: [400, 401, 600])
    func resident(byteCount: Int) throws {
        let bootmgr = try BIOSLoader.tiny(byteCount: byteCount)
        let disk = try NTFSDisk(folder, bootmgr: ("bootmgr", bootmgr))
        try disk.edit { editor in
            let record = try editor.record(try editor.find("bootmgr"))
            #expect(record[try NTFSEditor.attribute(.data, in: record) + 8] == 0)
        }
        let checksum = String(CRC32.checksum(of: bootmgr), radix: 16)
        #expect(
            try disk.boot().lines.prefix(2) == [
                "TSMEDIA-BIOS loader tiny drive 80",
                "TSMEDIA-BIOS memory crc32 \(String(repeating: "0", count: 8 - checksum.count))\(checksum)",
            ])
    }

    @Test("BOOTMGR in clusters that lie apart and backwards is loaded whole", arguments: [512, 4_096, 65_536])
    func fragmented(clusterByteCount: Int) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 400_001)
        let disk = try NTFSDisk(folder, bootmgr: ("BOOTMGR", bootmgr), clusterByteCount: clusterByteCount)
        try disk.edit { editor in
            let number = try editor.find("BOOTMGR")
            try editor.scatter(.data, of: number, length: clusterByteCount == 512 ? 9 : 1)
            let runs = try editor.runs(.data, of: number)
            #expect(zip(runs, runs.dropFirst()).contains { $0.cluster > $1.cluster })
        }
        try disk.check("BOOTMGR", bootmgr)
        try expectStart(disk, bootmgr)
    }

    @Test(
        "records and index blocks are found in pieces, in a root directory of many names",
        arguments: [(512, 600), (4_096, 2_000)])
    func scattered(clusterByteCount: Int, count: Int) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 70_000)
        let disk = try NTFSDisk(
            folder, bootmgr: ("bootmgr", bootmgr), clusterByteCount: clusterByteCount,
            empty: (0..<count).map { "\($0 < count / 2 ? "a" : "c") name with number \($0)" })
        try expectStart(disk, bootmgr)
        try disk.edit { editor in
            #expect(try editor.rootBlock(of: "bootmgr").number > 10)
            // 21 clusters of 512 bytes are no whole number of blocks, and 65 are none of records.
            try editor.scatter(.indexAllocation, of: NTFSEditor.root, length: clusterByteCount == 512 ? 21 : 1)
            let kept = max(1, 64 << 10 / Int64(clusterByteCount))
            try editor.scatter(.data, of: 0, length: clusterByteCount == 512 ? 65 : 4, keeping: kept)
            let record = Int64(try editor.find("bootmgr") * editor.recordByteCount)
            #expect(record > kept * Int64(clusterByteCount))
        }
        try disk.check("bootmgr", bootmgr)
        try expectStart(disk, bootmgr)
    }

    @Test("records of 4 KiB are read too", arguments: [512, 4_096])
    func largeRecords(clusterByteCount: Int) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 100_000)
        let disk = try NTFSDisk(folder, bootmgr: ("bootmgr", bootmgr), clusterByteCount: clusterByteCount)
        try disk.edit { try $0.enlargeRecords() }
        try expectStart(disk, bootmgr)
    }

    @Test("a partition deep in a drive is started, and one on a USB drive", arguments: [0, 1])
    func deep(half: Int) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 100_000)
        let disk = try NTFSDisk(folder, bootmgr: ("bootmgr", bootmgr), offset: half == 0 ? 200 << 30 : 1 << 20)
        try disk.check("bootmgr", bootmgr)
        try expectStart(disk, bootmgr, bus: half == 0 ? .disk : .usb)
    }

    @Test("the name is found in any case and any name space", arguments: ["BOOTMGR", "bootmgr", "BootMgr"])
    func names(name: String) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 2_000)
        let disk = try NTFSDisk(folder, bootmgr: (name, bootmgr), empty: ["BOOTMGR.bak", "bootmgr2", "xbootmgr"])
        for space in 0..<UInt8(4) {
            try disk.edit { try $0.editRoot(name) { $0[$1 + 0x51] = space } }
            try expectStart(disk, bootmgr)
        }
    }

    @Test("what is not written yet of a file is zeros, and not what lies on the drive")
    func initialized() throws {
        var bootmgr = try BIOSLoader.memory(byteCount: 100_000)
        let disk = try NTFSDisk(folder, bootmgr: ("bootmgr", bootmgr))
        let written = 60_001
        try disk.edit { editor in
            try editor.edit(try editor.find("bootmgr")) { record in
                let data = try NTFSEditor.attribute(.data, in: record)
                NTFSEditor.put(UInt64(written), &record, data + 0x38)
            }
        }
        bootmgr.replaceSubrange(written..., with: repeatElement(0, count: bootmgr.count - written))
        try disk.check("bootmgr", bootmgr)
        try expectStart(disk, bootmgr)
    }

    @Test("a drive without BOOTMGR says so, also when a folder or only a part of a name is like it")
    func absent() throws {
        for (empty, folders) in [([], []), (["bootmgr.efi", "xbootmgr", "bootmg"], []), ([], ["BOOTMGR"])] {
            let disk = try NTFSDisk(folder, bootmgr: nil, empty: empty, folders: folders)
            #expect(disk.failure() == Self.missing)
        }
        #expect(try NTFSDisk(folder, bootmgr: nil, empty: ["bootmgr"]).failure() == Self.missing)
    }

    @Test("what a part of the root directory holds that is not in use is not found")
    func unusedBlock() throws {
        let disk = try NTFSDisk(folder, bootmgr: ("bootmgr", try BIOSLoader.memory(byteCount: 2_000)))
        try disk.edit { editor in
            let number = try editor.rootBlock(of: "bootmgr").number
            try editor.edit(NTFSEditor.root) { record in
                let bitmap = try NTFSEditor.attribute(.bitmap, in: record)
                let value = bitmap + NTFSEditor.number(UInt16.self, record, bitmap + 0x14)
                record[value + number / 8] &= ~(1 << UInt8(number % 8))
            }
        }
        #expect(disk.failure() == Self.missing)
    }

    @Test("a BOOTMGR that does not fit below the BIOS's own memory is not loaded over it", arguments: [1, 9 << 20])
    func tooLarge(more: Int) throws {
        let bootmgr = try BIOSLoader.memory(byteCount: Self.largestByteCount + more)
        #expect(
            try NTFSDisk(folder, bootmgr: ("bootmgr", bootmgr)).failure()
                == "BOOTMGR is too large for the memory of this machine.")
    }

    @Test("clusters beyond 2 TiB are out of reach, and said to be")
    func far() throws {
        let bootmgr = try BIOSLoader.memory(byteCount: 100_000)
        let disk = try NTFSDisk(
            folder, bootmgr: ("bootmgr", bootmgr), clusterByteCount: 65_536, byteCount: 3 << 40)
        try expectStart(disk, bootmgr)
        try disk.edit { try $0.scatter(.data, of: try $0.find("bootmgr"), length: 1) }
        #expect(disk.failure() == "BOOTMGR is out of reach, beyond the first 2 TiB of this drive.")
    }

    @Test("the boot record leaves a volume what it was, and its last sector a copy of the first")
    func installed() throws {
        let path = folder.appending("volume")
        let original = folder.appending("original")
        try Program.succeed("truncate", ["--size=20M", path.string])
        try Program.succeed("mkntfs", ["-Q", "-F", "-q", "-p", "2048", "-H", "255", "-S", "63", path.string])
        try Program.succeed("cp", [path.string, original.string])
        try NTFSBootRecord.install(on: path)
        let (old, new) = (try SmallFile.read(original, limit: 20 << 20), try SmallFile.read(path, limit: 20 << 20))
        #expect(new[3..<0x54] == old[3..<0x54])
        #expect(new[0x54..<512] != old[0x54..<512])
        #expect(new[8_192..<new.count - 512] == old[8_192..<old.count - 512])
        #expect(new.suffix(512) == new.prefix(512))
        let fixed = try Program.succeed("ntfsfix", ["-n", path.string]).output
        #expect(fixed.contains("was processed successfully"), "\(fixed)")
        #expect(try Program.succeed("blkid", ["-p", "-o", "value", "-s", "TYPE", path.string]).output == "ntfs\n")
        // Twice is once.
        try NTFSBootRecord.install(on: path)
        #expect(try SmallFile.read(path, limit: 20 << 20) == new)
    }

    @Test("what is no NTFS volume is not written to")
    func notInstalled() throws {
        for bytes in [[UInt8](), [UInt8](repeating: 7, count: 100_000)] {
            let path = try folder.write(bytes, to: "other")
            #expect(throws: DriveImageError.self) { try NTFSBootRecord.install(on: path) }.map {
                #expect($0.code == .damaged)
            }
            #expect(try SmallFile.read(path) == bytes)
        }
    }
}
