// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Fixtures
import Support
import TSMediaTestSupport
import Testing

@Suite("A partition table")
struct PartitionTableTests {
    private func written(_ scheme: PartitionScheme) throws -> (MemoryDrive, DiskLayout) {
        var disk = SampleDisk(scheme: scheme, deviceByteCount: 200 << 20, files: [("a", [1])])
        disk.bootPartitionByteCount = 100 << 20
        let layout = try disk.layout()
        let drive = MemoryDrive(byteCount: 200 << 20)
        let content = disk
        let failures = try DiskWriter(layout, interruption: Interruption()).write(
            to: [DiskTarget(drive)], progress: .silent, content: { content.content($0) })
        #expect(failures.allSatisfy { $0 == nil })
        return (drive, layout)
    }

    @Test("what was written is read", arguments: PartitionScheme.allCases)
    func read(scheme: PartitionScheme) throws {
        let (drive, layout) = try written(scheme)
        let table = try #require(try PartitionTable(drive))
        #expect(table == layout.partitionTable)
        #expect(table.partitions.map(\.range) == [layout.bootPartition, try #require(layout.dataPartition)])
        #expect(table.partitions.map(\.isActive) == [scheme == .mbr, false])
    }

    @Test("the copy of a GUID partition table is read when the first is damaged, and nothing when both are")
    func backup() throws {
        let (drive, layout) = try written(.gpt)
        let offsets: [Int64] = [512, 528, 536, 1_024, 1_064]
        for offset in offsets {
            let damaged = drive.copy()
            let byte = try #require(try damaged.bytes(at: offset, length: 1)).map { $0 ^ 0x80 }
            try damaged.write(byte, at: offset)
            #expect(try PartitionTable(damaged) == layout.partitionTable)
            try damaged.write(byte, at: (200 << 20) - 512 + offset % 512)
            if offset < 1_024 { #expect(try PartitionTable(damaged) == nil) }
        }
    }

    @Test("entries that lie outside the drive, over another, or nowhere are no partitions")
    func unsoundEntries() throws {
        let (drive, layout) = try written(.mbr)
        let entries: [(first: UInt32, count: UInt32)] = [
            (0, 100), (0xFFFF_FFFF, 0xFFFF_FFFF), (409_600, 1), (409_599, 2), (2_048, 0), (4_096, 100),
            (1, 0xFFFF_FFFF),
        ]
        for (first, count) in entries {
            var entry: [UInt8] = [0, 0, 0, 0, 0x0C, 0, 0, 0]
            entry.append(littleEndian: first)
            entry.append(littleEndian: count)
            let damaged = drive.copy()
            try damaged.write(entry, at: 446 + 32)
            #expect(try PartitionTable(damaged)?.partitions == layout.partitionTable.partitions, "\(first) \(count)")
        }
    }

    @Test("random changes are read or refused, never a crash", arguments: PartitionScheme.allCases)
    func mutations(scheme: PartitionScheme) throws {
        let (drive, _) = try written(scheme)
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<2_000 {
            let damaged = drive.copy()
            for _ in 0..<4 {
                try damaged.write(
                    [UInt8.random(in: 0...255, using: &generator)], at: Int64.random(in: 440..<1_300, using: &generator)
                )
            }
            for partition in try PartitionTable(damaged)?.partitions ?? [] {
                #expect(partition.range.upperBound <= damaged.byteCount && !partition.range.isEmpty)
            }
        }
    }

    @Test("drives that are empty, short or a volume without partitions have none")
    func none() throws {
        for byteCount in [Int64(0), 1, 511, 512, 513, 1_024, 40_000] {
            #expect(try PartitionTable(MemoryDrive(byteCount: byteCount, capacity: 1 << 20)) == nil)
        }
        let (drive, layout) = try written(.mbr)
        let sector = try #require(try drive.bytes(at: layout.bootPartition.lowerBound, length: 512))
        try drive.write(sector, at: 0)
        #expect(try PartitionTable(drive) == nil || PartitionTable(drive)?.partitions == [])
    }
}
