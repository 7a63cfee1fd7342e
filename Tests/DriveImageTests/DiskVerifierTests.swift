// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Verifying a drive")
struct DiskVerifierTests {
    private func verify(
        _ disk: SampleDisk, _ drives: [(input: any DiskInput, name: String)]
    ) throws -> [DiskVerification] {
        try DiskVerifier(try disk.layout(), interruption: Interruption()) { disk.content($0).sha256 }
            .verify(drives, progress: .silent)
    }

    private func write(_ disk: SampleDisk, _ drives: [MemoryDrive]) throws -> [(any Error)?] {
        try DiskWriter(try disk.layout(), interruption: Interruption()).write(
            to: drives.map { DiskTarget($0) }, progress: .silent, content: { disk.content($0) })
    }

    private func written(_ disk: SampleDisk, capacity: Int64? = nil) throws -> MemoryDrive {
        let drive = MemoryDrive(byteCount: disk.deviceByteCount, capacity: capacity)
        #expect(try write(disk, [drive]).allSatisfy { $0 == nil })
        return drive
    }

    private func sample(_ scheme: PartitionScheme = .mbr) -> SampleDisk {
        var disk = WrittenDiskTests.sample
        disk.scheme = scheme
        return disk
    }

    @Test("what was written is found, on several drives at once", arguments: PartitionScheme.allCases)
    func sound(scheme: PartitionScheme) throws {
        let disk = sample(scheme)
        let drives = (0..<3).map { _ in MemoryDrive(byteCount: disk.deviceByteCount) }
        #expect(try write(disk, drives).allSatisfy { $0 == nil })
        let found = try verify(disk, drives.map { ($0, "drive") })
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.isSound })
    }

    @Test("a drive in an image file is read again from its disk")
    func image() throws {
        let folder = try TestFolder()
        let disk = sample()
        let path = try disk.write(to: folder).path
        let file = try FileDescriptor.open(path, .readWrite)
        try file.closeAfter {
            let input = PositionedInput(file, path: path)
            #expect(try verify(disk, [(input, path.string)])[0].isSound)
            let place = try disk.layout().range(ofFile: 4).lowerBound + 1_000_000
            _ = try file.writeAll(toAbsoluteOffset: place, [UInt8](repeating: 0x5A, count: 3))
            #expect(
                try verify(disk, [(input, path.string)])[0].mismatches.map(\.part)
                    == [.file(try MediaPath("sources/boot.wim"))])
        }
    }

    /// A place on a drive of MBR or GPT and the part that it belongs to.
    private static func places(_ layout: DiskLayout) throws -> [(offset: Int64, part: DiskPart)] {
        let volume = layout.bootPartition.lowerBound
        let table = volume + layout.geometry.reservedSectorCount * 512
        let data = volume + layout.geometry.firstDataSector * 512
        let end = layout.deviceByteCount
        let isGPT = layout.partitionTable.scheme == .gpt
        return [
            (3, .partitionTable), (500, .partitionTable), (5_000, .unusedSpace), (volume, .bootSectors),
            (volume + 6 * 512 + 90, .bootSectors), (volume + 7 * 512, .bootSectors), (volume + 20_000, .unusedSpace),
            (table + 9, .fileAllocationTable(1)),
            (table + layout.geometry.sectorsPerFAT * 512, .fileAllocationTable(2)),
            (table + layout.geometry.sectorsPerFAT * 512 - 1, .unusedSpace), (data + 40, .folder(nil)),
            (layout.range(ofFile: 4).lowerBound, .file(try MediaPath("sources/boot.wim"))),
            (layout.range(ofFile: 4).upperBound - 1, .file(try MediaPath("sources/boot.wim"))),
            (layout.range(ofFile: 4).upperBound, .unusedSpace),
            (end - 1, isGPT ? .backupPartitionTable : .unusedSpace),
            (end - 512 * 33 + 1, isGPT ? .backupPartitionTable : .unusedSpace), (end - 900_000, .unusedSpace),
        ]
    }

    @Test(
        "one flipped bit is found wherever it is, and what it belongs to is named", arguments: PartitionScheme.allCases)
    func flippedBit(scheme: PartitionScheme) throws {
        let disk = sample(scheme)
        let drive = try written(disk)
        for (offset, part) in try Self.places(try disk.layout()) {
            let damaged = drive.copy()
            let byte = try #require(try damaged.bytes(at: offset, length: 1)).map { $0 ^ 0x10 }
            try damaged.write(byte, at: offset)
            let found = try verify(disk, [(damaged, "drive"), (drive, "other")])
            #expect(found[0].mismatches.map(\.part) == [part], "byte \(offset)")
            #expect(found[0].failure == nil)
            #expect(found[1].isSound)
            if case .file = part {} else { #expect(found[0].mismatches.first?.offset == offset) }
        }
    }

    @Test("a drive with less room than it says, whose writes wrap around, is found out")
    func wrapping() throws {
        var disk = sample()
        disk.files.append(("big.bin", [UInt8](repeating: 0xA5, count: 30 << 20)))
        // With 60 MiB all contents fit, but the end of the drive, which must be empty, is one of them.
        for mebibytes in [Int64(8), 16, 24, 33, 60] {
            let drive = try written(disk, capacity: mebibytes << 20)
            let found = try verify(disk, [(drive, "drive")])[0]
            #expect(!found.mismatches.isEmpty, "\(mebibytes) MiB")
        }
    }

    @Test("a drive whose writes wrap around by a few bytes is found out, though what is written last lies over them")
    func wrappingByLittle() throws {
        var disk = sample()
        disk.files.append(("big.bin", [UInt8](repeating: 0xA5, count: 20 << 20)))
        let end = try disk.layout().range(ofFile: disk.files.count - 1).upperBound
        for count in [Int64(512), 4_096, 8_192] {
            let drive = try written(disk, capacity: end - end % 4_096 - count + count % 4_096)
            #expect(!(try verify(disk, [(drive, "drive")])[0].mismatches.isEmpty), "\(count)")
        }
    }

    @Test("what a data partition holds is not looked at", arguments: PartitionScheme.allCases)
    func dataPartition(scheme: PartitionScheme) throws {
        var disk = sample(scheme)
        disk.bootPartitionByteCount = 40 << 20
        let drive = try written(disk)
        let data = try #require(try disk.layout().dataPartition)
        for place in [data.lowerBound, data.upperBound - 512] {
            try drive.write([UInt8](repeating: 7, count: 512), at: place)
        }
        #expect(try verify(disk, [(drive, "drive")])[0].isSound)
        // With a GUID partition table there is room behind it.
        guard data.upperBound < drive.byteCount else { return }
        try drive.write([7], at: data.upperBound)
        #expect(try verify(disk, [(drive, "drive")])[0].mismatches.map(\.part) == [.unusedSpace])
    }

    @Test("a drive that cannot be read says why and does not stop the others")
    func failing() throws {
        let disk = sample()
        let drive = try written(disk)
        let broken = drive.copy()
        broken.fail(from: 3 << 20, .ioError)
        let found = try verify(disk, [(broken, "broken"), (drive, "drive")])
        #expect((found[0].failure as? FileError)?.errno == .ioError)
        #expect(found[1].isSound)
    }

    @Test("a drive that became shorter is a failure")
    func shorter() throws {
        let disk = sample()
        let drive = try written(disk)
        let short = MemoryDrive(byteCount: 4 << 20)
        for (page, bytes) in drive.pages where page < 1_024 { try short.write(bytes, at: page * 4_096) }
        let found = try verify(disk, [(short, "short")])[0]
        #expect((found.failure as? DriveImageError)?.code == .damaged)
    }

    @Test("the user can stop it")
    func interrupted() throws {
        let disk = sample()
        let drive = try written(disk)
        let interruption = Interruption()
        interruption.request()
        #expect(throws: InterruptedError.self) {
            try DiskVerifier(try disk.layout(), interruption: interruption) { disk.content($0).sha256 }
                .verify([(drive, "drive")], progress: .silent)
        }
    }

    @Test(
        "a drive that fails while it is written says why, does not boot, and does not stop the others",
        arguments: [Errno.ioError, Errno(rawValue: 6), Errno(rawValue: 19)])
    func failingTarget(reason: Errno) throws {
        let disk = sample()
        for from in [Int64(0), 1 << 20, 3 << 20, 63 << 20] {
            let drives = (0..<2).map { _ in MemoryDrive(byteCount: disk.deviceByteCount) }
            try drives[0].write([UInt8](repeating: 0xFF, count: 4_096), at: 0)
            drives[0].fail(from: from, reason)
            let failures = try write(disk, drives)
            #expect((failures[0] as? FileError)?.errno == reason)
            #expect(failures[1] == nil)
            #expect(try verify(disk, [(drives[1], "drive")])[0].isSound)
            let start = try drives[0].copy().bytes(at: 0, length: 512)
            #expect(from == 0 || start == [UInt8](repeating: 0, count: 512))
        }
    }
}
