// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DriveImage

@Suite("The limits of FAT32")
struct FATLimitTests {
    /// A volume of 40 GiB by mkfs.fat, in which a file of `byteCount` bytes has its chain of clusters, but no bytes.
    private func fsck(fileOf byteCount: Int64, sectorsPerCluster: Int64, in folder: TestFolder) throws -> String {
        let image = folder.appending("large.img")
        try Program.succeed("truncate", ["--size", "40G", image.string])
        try Program.succeed("mkfs.fat", ["-F", "32", "-s", String(sectorsPerCluster), image.string])
        let descriptor = try FileDescriptor.open(image, .readWrite)
        try descriptor.closeAfter {
            let sector = ByteReader(try #require(try FileSource(descriptor, path: image).bytes(at: 0, length: 512)))
            let reserved = Int64(try #require(sector.littleEndian(UInt16.self, at: 14)))
            let tableSectors = Int64(try #require(sector.littleEndian(UInt32.self, at: 36)))
            let count = (byteCount + sectorsPerCluster * 512 - 1) / (sectorsPerCluster * 512)
            var chain: [UInt8] = []
            for cluster in 0..<UInt32(count) {
                chain.append(littleEndian: Int64(cluster) == count - 1 ? 0x0FFF_FFFF : cluster + 4)
            }
            for table in 0..<Int64(2) {
                try descriptor.writeAll(toAbsoluteOffset: (reserved + table * tableSectors) * 512 + 12, chain)
            }
            var record = Array("BIG     BIN ".utf8) + [UInt8](repeating: 0, count: 14)
            record.append(littleEndian: UInt16(3))
            record.append(littleEndian: UInt32(clamping: byteCount))
            try descriptor.writeAll(toAbsoluteOffset: (reserved + 2 * tableSectors) * 512, record)
        }
        return try Program.run("fsck.fat", ["-n", image.string]).output
    }

    @Test("fsck.fat keeps the largest file that we write, with the largest clusters and with small ones")
    func largestFile() throws {
        let folder = try TestFolder()
        let limit = DiskLayout.largestFileByteCount
        for sectors: Int64 in [64, 8] {
            let said = try fsck(fileOf: limit, sectorsPerCluster: sectors, in: folder)
            #expect(said.contains("1 files") && !said.contains("BIG.BIN"), "\(said)")
        }
        // It would empty one that is a byte larger: with this the limit can go up when fsck.fat is mended.
        let said = try fsck(fileOf: limit + 1, sectorsPerCluster: 64, in: folder)
        #expect(said.contains("Truncating"), "\(said)")
    }

    @Test("a file above the limit is refused by a layout, and none below it")
    func refused() throws {
        let path = try MediaPath("large.bin")
        func layout(_ byteCount: Int64) throws -> DiskLayout {
            try MediaDisk(
                scheme: .gpt, label: FATLabel("X"), identity: DiskIdentity(seed: SHA256.digest(of: [1])),
                files: [DiskFile(path: path, byteCount: byteCount, modified: FixtureTree.time)], folders: [],
                created: FixtureTree.time, deviceByteCount: 40 << 30
            ).layout()
        }
        _ = try layout(DiskLayout.largestFileByteCount)
        let error = #expect(throws: DriveImageError.self) { _ = try layout(DiskLayout.largestFileByteCount + 1) }
        #expect(error?.code == .fileTooLarge)
    }

    @Test(
        "times that FAT cannot hold become the first or the last that it can, for mtools too",
        arguments: [
            (Int64(-1), "1980-01-01", "0:00"), (4_102_444_800, "2100-01-01", "0:00"),
            (4_354_819_199, "2107-12-31", "23:59"), (4_354_819_200, "2107-12-31", "23:59"),
            (9_000_000_000_000, "2107-12-31", "23:59"),
        ])
    func times(seconds: Int64, date: String, time: String) throws {
        let folder = try TestFolder()
        var disk = SampleDisk(files: [("file.bin", [1, 2, 3])])
        disk.modified = Timestamp(unixSeconds: seconds)
        let written = try disk.write(to: folder)
        let listed = try Program.succeed(
            "mdir", ["-i", written.mtoolsImage, "::file.bin"], environment: WrittenDisk.environment
        ).output
        #expect(listed.contains("\(date)  ") && listed.contains(time), "\(listed)")
        try written.check()
    }

    @Test("sfdisk knows the same first and last usable block of a GUID partition table, and no partition lies beyond")
    func usableBlocks() throws {
        let folder = try TestFolder()
        for mebibytes: Int64 in [64, 101] {
            var disk = SampleDisk(scheme: .gpt, files: [("a", [1])])
            // Not a whole mebibyte, so that nothing is where it is by chance.
            disk.deviceByteCount = mebibytes << 20 + 512 * 7
            let path = try disk.write(to: folder, "gpt\(mebibytes).img").path
            let said = try Program.succeed("sfdisk", ["--dump", path.string]).output
            func number(_ key: String) -> Int64? {
                said.split(separator: "\n").first { $0.hasPrefix(key) }
                    .flatMap { Int64($0.dropFirst(key.count).filter(\.isNumber)) }
            }
            // UEFI 2.10, 5.3.1 and 5.3.2: a table of 128 entries takes 32 blocks, and stands at both ends.
            #expect(number("first-lba:") == 34, "\(said)")
            #expect(number("last-lba:") == disk.deviceByteCount / 512 - 34, "\(said)")
            try Program.succeed("sfdisk", ["--verify", path.string])
        }
    }
}
