// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Fixtures
import Support
import TSMediaTestSupport
import Testing

@Suite("A drive that is pulled while it is written")
struct WriteOrderTests {
    private static func disk(_ scheme: PartitionScheme, seed: UInt64) -> SampleDisk {
        var generator = SeededGenerator(seed: seed)
        let files = ["bootmgr", "sources/boot.wim", "EFI/Boot/bootx64.efi", "SMS/PKG/ABC00001/some file.bin"].map {
            path in
            (path, (0..<70_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
        }
        return SampleDisk(scheme: scheme, files: files)
    }

    /// What a firmware would start: the tree of the first partition, or nil when there is none.
    private func tree(_ drive: MemoryDrive) throws -> [String: SHA256Digest]? {
        guard let table = try PartitionTable(drive), let partition = table.partitions.first,
            let volume = try FATVolume(drive, at: partition.offset)
        else { return nil }
        return Dictionary(
            uniqueKeysWithValues: try volume.entries().filter { !$0.isFolder }.map { entry in
                (entry.path, SHA256.digest(of: try volume.contents(of: entry) ?? []))
            })
    }

    private func tree(_ disk: SampleDisk) -> [String: SHA256Digest] {
        Dictionary(uniqueKeysWithValues: disk.files.map { ($0.path, SHA256.digest(of: $0.bytes)) })
    }

    private func write(_ disk: SampleDisk, to drive: MemoryDrive) throws {
        let failures = try DiskWriter(try disk.layout(), interruption: Interruption()).write(
            to: [DiskTarget(drive)], progress: .silent, content: { disk.content($0) })
        #expect(failures.allSatisfy { $0 == nil })
    }

    @Test(
        "it holds what was on it, or nothing that starts, or all that is new", arguments: PartitionScheme.allCases,
        PartitionScheme.allCases)
    func anyOrder(before: PartitionScheme, after: PartitionScheme) throws {
        let (old, new) = (Self.disk(before, seed: 1), Self.disk(after, seed: 2))
        let drive = MemoryDrive(byteCount: 64 << 20)
        try write(old, to: drive)
        let safe = drive.copy()
        drive.record()
        try write(new, to: drive)
        #expect(try tree(safe) == tree(old))
        #expect(try tree(drive) == tree(new))

        var generator = SeededGenerator(seed: 3)
        var seen: Set<String> = []
        func look(_ pulled: MemoryDrive) throws {
            switch try tree(pulled) {
            case nil: seen.insert("nothing")
            case tree(old): seen.insert("old")
            case tree(new): seen.insert("new")
            default: Issue.record("half-written media can be read")
            }
        }
        var pending: [(offset: Int64, bytes: ArraySlice<UInt8>)] = []
        for event in drive.events {
            if case .write(let offset, let bytes) = event {
                for start in stride(from: 0, to: bytes.count, by: 512) {
                    pending.append((offset + Int64(start), bytes[start..<min(start + 512, bytes.count)]))
                }
                continue
            }
            // Any part of what was not flushed may be there: the first sectors, or some of all.
            for _ in 0..<4 {
                let pulled = safe.copy()
                let share = Double.random(in: 0...1, using: &generator)
                for (offset, bytes) in pending where Double.random(in: 0...1, using: &generator) < share {
                    try pulled.write(bytes, at: offset)
                }
                try look(pulled)
                let first = safe.copy()
                for (offset, bytes) in pending.prefix(Int.random(in: 0...pending.count, using: &generator)) {
                    try first.write(bytes, at: offset)
                }
                try look(first)
            }
            for (offset, bytes) in pending { try safe.write(bytes, at: offset) }
            pending = []
        }
        #expect(pending.isEmpty)
        #expect(seen == ["old", "nothing", "new"])
    }

    @Test("nothing of an old drive is taken for something: no table, no signature, at either end")
    func wiped() throws {
        let drive = MemoryDrive(byteCount: 64 << 20)
        try write(Self.disk(.gpt, seed: 1), to: drive)
        // Where file systems, volume managers and RAIDs have their signatures.
        let places: [Int64] = [512, 1_024, 32_768, 65_600, (64 << 20) - 4_096, (64 << 20) - 65_536]
        for offset in places {
            try drive.write(Array("SIGNATURE".utf8), at: offset)
        }
        try write(Self.disk(.mbr, seed: 2), to: drive)
        let front = try #require(try drive.bytes(at: 512, length: (1 << 20) - 512))
        let back = try #require(try drive.bytes(at: 63 << 20, length: 1 << 20))
        #expect(front.allSatisfy { $0 == 0 } && back.allSatisfy { $0 == 0 })
    }

    @Test("sources that are wrong, and a user who stops, leave nothing that starts")
    func stopped() throws {
        let disk = Self.disk(.mbr, seed: 1)
        let drive = MemoryDrive(byteCount: 64 << 20)
        try write(Self.disk(.mbr, seed: 9), to: drive)
        let interruption = Interruption()
        #expect(throws: InterruptedError.self) {
            try DiskWriter(try disk.layout(), interruption: interruption).write(
                to: [DiskTarget(drive)], progress: .silent,
                content: { number in
                    if number == 3 { interruption.request() }
                    return disk.content(number)
                })
        }
        #expect(try tree(drive) == nil)
    }
}
