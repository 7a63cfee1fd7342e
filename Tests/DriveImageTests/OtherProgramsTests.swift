// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Drives of every size, as programs see them that we did not write.
@Suite("A drive of any size")
struct OtherProgramsTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let mebibyte: Int64 = 1 << 20
    /// Sizes on both sides of every change of the layout, and the largest that is reasonable to test.
    static let sizes: [Int64] = [
        64 * mebibyte, 65 * mebibyte + 12_345 * 512, 260 * mebibyte, 262 * mebibyte, 511 * mebibyte, 512 * mebibyte,
        513 * mebibyte, 8 * 1_024 * mebibyte, 8 * 1_024 * mebibyte + 2 * mebibyte, 32 * 1_024 * mebibyte,
        33 * 1_024 * mebibyte, 1_024 * 1_024 * mebibyte,
    ]

    private func disk(_ scheme: PartitionScheme, _ byteCount: Int64) -> SampleDisk {
        var disk = WrittenDiskTests.sample
        disk.scheme = scheme
        disk.deviceByteCount = byteCount
        disk.label = "TS MEDIA #2"
        return disk
    }

    @Test("fsck.fat, sfdisk, blkid and mtools agree with it", arguments: PartitionScheme.allCases, sizes)
    func programs(scheme: PartitionScheme, byteCount: Int64) throws {
        let disk = disk(scheme, byteCount)
        let written = try disk.write(to: folder)
        let geometry = written.layout.geometry

        let said = try written.check(options: ["-V"])
        for word in ["differ", "wrong", "Reclaimed", "Bad", "bad ", "dirty"] {
            #expect(!said.contains(word), "\(word): \(said)")
        }
        #expect(said.contains("/\(geometry.clusterCount) clusters"), "\(said)")

        let verified = try Program.succeed("sfdisk", ["--verify", written.path.string]).output
        #expect(verified.contains("No errors detected"), "\(verified)")
        let dump = try Program.succeed("sfdisk", ["--dump", written.path.string]).output
        #expect(dump.contains("label: \(scheme == .mbr ? "dos" : "gpt")"))
        #expect(dump.contains("start=        2048, size="))
        #expect(dump.contains("size= ") && dump.contains(String(geometry.sectorCount)))
        #expect(dump.contains("bootable") == (scheme == .mbr))

        let device = try LoopDevice(on: written.path, written.layout.bootPartition)
        let probed = try Program.succeed("blkid", ["--probe", "--output", "export", device.node.string]).output
        for line in ["TYPE=vfat", "VERSION=FAT32", "LABEL=TS\\ MEDIA\\ #2"] {
            #expect(probed.contains(line), "\(probed)")
        }
        let wholeDrive = try Program.succeed("blkid", ["--probe", "--output", "export", written.path.string]).output
        #expect(wholeDrive.contains("PTTYPE=\(scheme == .mbr ? "dos" : "gpt")"), "\(wholeDrive)")

        let information = try Program.succeed("minfo", ["-i", written.mtoolsImage, "::"]).output
        #expect(information.contains("cluster size: \(geometry.sectorsPerCluster) sectors"), "\(information)")
        let listed = try Program.succeed(
            "mdir", ["-i", written.mtoolsImage, "-/", "-b", "::/"], environment: WrittenDisk.environment
        ).output
        #expect(listed.split(separator: "\n").count >= disk.files.count)
    }

    @Test("7-Zip reads every file of it", arguments: PartitionScheme.allCases, [64 << 20, (65 << 20) + 12_345 * 512])
    func sevenZip(scheme: PartitionScheme, byteCount: Int64) throws {
        let disk = disk(scheme, byteCount)
        let written = try disk.write(to: folder)
        // It opens the partition by itself.
        let tree = folder.appending("tree")
        try Program.succeed("7z", ["x", "-o\(tree)", written.path.string], environment: WrittenDisk.environment)
        let found = try WrittenDisk.digests(of: tree)
        for (path, bytes) in disk.files { #expect(found[path] == SHA256.digest(of: bytes), "\(path)") }
        #expect(found.count == disk.files.count)
    }

    @Test("times and sizes are those of the plan")
    func times() throws {
        var disk = SampleDisk(files: [("odd second.txt", [1, 2, 3])])
        disk.modified = Timestamp(unixSeconds: 1_700_000_001)
        let written = try disk.write(to: folder)
        let target = folder.appending("out")
        try folder.makeFolder(target)
        try Program.succeed(
            "mcopy", ["-m", "-n", "-i", written.mtoolsImage, "::/odd second.txt", target.string],
            environment: WrittenDisk.environment)
        let copied = try Program.succeed("stat", ["--format=%s %Y", target.appending("odd second.txt").string]).output
        #expect(copied == "3 1700000000\n")
    }

    @Test("a drive below the smallest is refused with the size that is needed, and one of that size is not")
    func tooSmall() throws {
        for scheme in PartitionScheme.allCases {
            var disk = WrittenDiskTests.sample
            disk.scheme = scheme
            disk.deviceByteCount = 20 << 20
            #expect(throws: DriveImageError.self) { _ = try disk.layout() }.map { #expect($0.code == .tooSmall) }
            let needed = try #require(try disk.description().smallestByteCount())
            disk.deviceByteCount = needed
            try disk.write(to: folder).check()
            disk.deviceByteCount = needed - (1 << 20)
            #expect(throws: DriveImageError.self) { _ = try disk.layout() }
        }
    }

    @Test("a data partition lies behind the boot partition and is nobody's yet", arguments: PartitionScheme.allCases)
    func dataPartition(scheme: PartitionScheme) throws {
        var disk = disk(scheme, 300 << 20)
        disk.bootPartitionByteCount = 100 << 20
        let written = try disk.write(to: folder)
        try written.check()
        let data = try #require(written.layout.dataPartition)
        #expect(data.lowerBound == written.layout.bootPartition.upperBound)
        #expect(data.upperBound <= 300 << 20)
        #expect(data.count > 190 << 20)
        let listed = try Program.succeed("sfdisk", ["--dump", written.path.string]).output
        #expect(listed.contains("start=      206848"), "\(listed)")
        #expect(
            try Program.succeed("sfdisk", ["--verify", written.path.string]).output.contains("No errors detected"))
    }
}
