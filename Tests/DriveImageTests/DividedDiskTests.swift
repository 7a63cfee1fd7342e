// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DriveImage

/// What other programs read of such disks is held against the plan in CommandTests.PrestagedDiskTests.
@Suite("A disk that is divided for a computer")
struct DividedDiskTests {
    private static let mebibyte: Int64 = 1 << 20

    private static let boot: [(path: String, bytes: [UInt8])] = [
        ("bootmgr", [UInt8](repeating: 1, count: 9_000)), ("sources/boot.wim", [UInt8](repeating: 2, count: 700_001)),
        ("EFI/Boot/bootx64.efi", [3]),
    ]
    private static let content: [(path: String, bytes: [UInt8])] = [
        ("cache/ABC00001/image.wim", [UInt8](repeating: 4, count: 3_000_001)), ("cache/ABC00001/empty", []),
        ("cache/ABC00001/small.txt", [5, 6]),
    ]

    private static func division(_ scheme: PartitionScheme) -> DiskDivision {
        let windows = DividedPartition(purpose: .basic, size: .percentOfFree(60), fileSystem: .ntfs, label: "Windows")
        let recovery = DividedPartition(
            purpose: .recovery, size: .percentOfFree(100), fileSystem: .fat32, label: "Rest")
        let first =
            scheme == .gpt
            ? [
                DividedPartition(purpose: .efi, size: .bytes(40 * mebibyte), fileSystem: .fat32),
                DividedPartition(purpose: .msr, size: .bytes(16 * mebibyte), fileSystem: nil),
            ]
            : [
                DividedPartition(
                    purpose: .basic, size: .bytes(60 * mebibyte), fileSystem: .ntfs, label: "System", isActive: true)
            ]
        return DiskDivision(scheme: scheme, partitions: first + [windows, recovery])
    }

    private struct Disk {
        let layout: DiskLayout
        let data: [DataVolume]
        let folder: TestFolder

        init(_ scheme: PartitionScheme, byteCount: Int64 = 256 << 20) throws {
            func files(_ list: [(path: String, bytes: [UInt8])]) throws -> [DiskFile] {
                try list.map {
                    DiskFile(path: try MediaPath($0.path), byteCount: Int64($0.bytes.count), modified: FixtureTree.time)
                }
            }
            layout = try DiskLayout(
                DividedDisk(
                    division: division(scheme),
                    contents: [
                        0: .init(firstFile: 0, files: try files(boot)),
                        scheme == .gpt ? 2 : 1: .init(firstFile: boot.count, files: try files(content)),
                    ],
                    identity: DiskIdentity(seed: SHA256.digest(of: [7])), created: FixtureTree.time,
                    deviceByteCount: byteCount))
            let folder = try TestFolder()
            self.folder = folder
            data = try layout.ntfsVolumes.enumerated().map { number, volume in
                let place = folder.appending("volume\(number)")
                try TestFolder.makeFolder(place)
                return try DataVolume(volume, in: place, interruption: Interruption())
            }
        }

        func write(to drive: MemoryDrive) throws {
            let files = boot + content
            let failures = try DiskWriter(layout, data: data, interruption: Interruption()).write(
                to: [DiskTarget(drive)], progress: .silent,
                content: { number in
                    TransferContent(
                        name: files[number].path, source: .bytes(files[number].bytes),
                        byteCount: Int64(files[number].bytes.count), sha256: SHA256.digest(of: files[number].bytes))
                })
            #expect(failures.allSatisfy { $0 == nil })
        }

        func verify(_ drive: MemoryDrive) throws -> DiskVerification {
            let digests = (boot + content).map { SHA256.digest(of: $0.bytes) }
            return try DiskVerifier(layout, data: data, interruption: Interruption()) { digests[$0] }
                .verify([(drive, "drive")], progress: .silent)[0]
        }
    }

    @Test(
        "what was written is found again, and a wrong byte in any partition is named",
        arguments: PartitionScheme.allCases)
    func verified(scheme: PartitionScheme) throws {
        let disk = try Disk(scheme)
        let drive = MemoryDrive(byteCount: 256 << 20)
        // What was there before does not show through.
        try drive.write([UInt8](repeating: 0x77, count: 1 << 20), at: 0)
        try disk.write(to: drive)
        #expect(try disk.verify(drive).isSound)
        let partitions = disk.layout.partitionTable.partitions
        let windows = disk.data.last
        let image = try #require(windows?.files[0].first)
        let last = try #require(partitions.last)
        let root = try #require(disk.layout.fatVolumes.last).range(ofFolder: VolumeTree.root)
        var places: [(Int64, DiskPart)] = [
            (450, .partitionTable), (image.lowerBound + 1_000_000, .file(try MediaPath(Self.content[0].path))),
            (try #require(windows?.structures.first).lowerBound + 3, .dataVolume),
            (last.offset + 3, .bootSectors), (root.lowerBound + 2, .folder(nil)),
        ]
        if scheme == .gpt {
            places.append((partitions[0].offset + 3, .bootSectors))
            places.append(((256 << 20) - 500, .backupPartitionTable))
        } else {
            places.append((partitions[0].offset + 3, .dataVolume))
        }
        for (offset, part) in places {
            let wrong = drive.copy()
            let byte = try #require(try wrong.bytes(at: offset, length: 1))[0]
            try wrong.write([byte ^ 1], at: offset)
            let found = try disk.verify(wrong)
            #expect(found.mismatches.map(\.part) == [part], "byte \(offset)")
        }
    }

    @Test("an old volume at the start of a partition is not taken for the new one", arguments: PartitionScheme.allCases)
    func staleVolumes(scheme: PartitionScheme) throws {
        let disk = try Disk(scheme)
        let drive = MemoryDrive(byteCount: 256 << 20)
        // btrfs and others have their signature 64 KiB behind the start.
        let places = disk.layout.partitionTable.partitions.map { $0.offset + 65_600 }
        for offset in places { try drive.write(Array("_BHRfS_M".utf8), at: offset) }
        try disk.write(to: drive)
        for offset in places {
            #expect(try drive.bytes(at: offset, length: 8) != Array("_BHRfS_M".utf8))
        }
    }

    @Test("until all of it is written, no partition table leads to it", arguments: PartitionScheme.allCases)
    func order(scheme: PartitionScheme) throws {
        let disk = try Disk(scheme)
        let drive = MemoryDrive(byteCount: 256 << 20)
        try disk.write(to: drive)
        let pulled = drive.copy()
        drive.record()
        try disk.write(to: drive)
        var isWiped = false
        let count = drive.events.count
        for (number, event) in drive.events.enumerated() {
            guard case .write(let offset, let bytes) = event else { continue }
            try pulled.write(bytes[...], at: offset)
            // The first write takes the old table away, and only the last brings the new one.
            let first = try #require(try pulled.bytes(at: 0, length: 512))
            if number < count - 2 { #expect(first.allSatisfy { $0 == 0 }, "event \(number)") }
            isWiped = true
        }
        #expect(isWiped)
        #expect(try PartitionTable(pulled) == disk.layout.partitionTable)
    }

    @Test("partitions lie behind each other on whole mebibytes, and shares are of what is free")
    func ranges() throws {
        var generator = SeededGenerator(seed: 5)
        var fitting = 0
        for _ in 0..<2_000 {
            let scheme: PartitionScheme = Bool.random(using: &generator) ? .gpt : .mbr
            let sizes: [PartitionSize] = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? .bytes(Int64.random(in: 1...(1 << 34), using: &generator))
                    : .percentOfFree(Int.random(in: 1...100, using: &generator))
            }
            let byteCount = Int64.random(in: 0...(1 << 42), using: &generator)
            let division = DiskDivision(
                scheme: scheme, partitions: sizes.map { DividedPartition(purpose: .basic, size: $0, fileSystem: .ntfs) }
            )
            guard let ranges = division.ranges(onDriveOf: byteCount) else { continue }
            fitting += 1
            var position = Self.mebibyte
            let reserved: Int64 = scheme == .gpt ? 33 * 512 : 0
            let end = min(byteCount - reserved, scheme == .mbr ? Int64(UInt32.max) * 512 : .max)
            for (range, size) in zip(ranges, sizes) {
                #expect(range.lowerBound == position && range.count % Int(Self.mebibyte) == 0)
                switch size {
                case .bytes(let count): #expect((0..<Self.mebibyte).contains(Int64(range.count) - count))
                case .percentOfFree(let share):
                    let wanted = Double(end - position) * Double(share) / 100
                    #expect(abs(Double(range.count) - wanted) <= 2 * Double(Self.mebibyte))
                case .rest(let limit): #expect(Int64(range.count) <= limit)
                }
                position = range.upperBound
            }
            #expect(position <= end)
        }
        #expect(fitting > 500)
    }

    @Test("a partition that is too small is named with what it needs")
    func tooSmall() throws {
        let error = #expect(throws: DriveImageError.self) { try Disk(.gpt, byteCount: 100 << 20) }
        #expect(error?.code == .tooSmall)
        #expect(error?.object == "partition 3 'Windows'" || error?.object == "partition 4 'Rest'")
    }
}
