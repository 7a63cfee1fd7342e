// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Fixtures
import Support
import TSMediaTestSupport
import Testing

/// Volumes that somebody made to trap a reader: each is read to an end, within what it can hold.
@Suite("A hostile drive", .timeLimit(.minutes(2)))
struct HostileDriveTests {
    private static let offset: Int64 = 1 << 20

    private let drive: MemoryDrive
    private let layout: DiskLayout
    private let table: Int64
    private let data: Int64

    init() throws {
        let disk = SampleDisk(
            files: [
                ("folder/inner/file.bin", [UInt8](repeating: 1, count: 5_000)), ("other/second.bin", [2, 2, 2]),
                ("last.bin", [UInt8](repeating: 3, count: 9_000)),
            ] + (0..<40).map { ("folder/a long name \($0).txt", [4]) })
        layout = try disk.layout()
        drive = MemoryDrive(byteCount: disk.deviceByteCount)
        let failures = try DiskWriter(layout, interruption: Interruption()).write(
            to: [DiskTarget(drive)], progress: .silent, content: { disk.content($0) })
        #expect(failures.allSatisfy { $0 == nil })
        table = Self.offset + layout.geometry.reservedSectorCount * 512
        data = Self.offset + layout.geometry.firstDataSector * 512
    }

    private func set(_ cluster: Int64, to value: UInt32) throws {
        try drive.write(withUnsafeBytes(of: value.littleEndian, Array.init), at: table + cluster * 4)
    }

    /// Everything that can be read, and how many bytes these are.
    @discardableResult
    private func readAll(_ source: any ByteSource) throws -> (entries: [FATVolume.Entry], byteCount: Int) {
        guard let volume = try FATVolume(source, at: Self.offset) else { return ([], 0) }
        let entries = try volume.entries()
        var byteCount = 0
        for entry in entries.prefix(1_000) {
            byteCount += try volume.contents(of: entry, limit: 1 << 20)?.count ?? 0
            for extent in try volume.extents(of: FATVolume.Contents(of: entry)) ?? [] {
                #expect(extent.upperBound <= source.byteCount)
            }
        }
        return (entries, byteCount)
    }

    @Test("chains of directories that run in a circle end")
    func circles() throws {
        // Clusters of 512 bytes: 2 is the root, then come the folders.
        for cluster in [Int64(2), 3, 6] {
            for target: UInt32 in [2, 3, 5] {
                try set(cluster, to: target)
                #expect(try readAll(drive).entries.count <= 1_000_000)
            }
            try set(cluster, to: 0x0FFF_FFFF)
        }
    }

    @Test("a folder that holds itself, or one above it, is listed once")
    func nested() throws {
        // The records of the root's folders: their first clusters become that of the root, or of each other.
        let root = try #require(try drive.bytes(at: data, length: 512))
        for place in stride(from: 0, to: 512, by: 32) where root[place + 11] == 0x10 {
            for cluster in UInt8(2)..<6 {
                let changed = drive.copy()
                try changed.write([cluster], at: data + Int64(place) + 26)
                let entries = try readAll(changed).entries
                #expect(entries.count < 1_000)
                #expect(entries.allSatisfy { $0.path.count < 1_000 })
            }
        }
    }

    @Test("files that share clusters, or whose chain runs in a circle, have no more bytes than they say")
    func crossLinks() throws {
        let first = (layout.range(ofFile: 0).lowerBound - data) / 512 + 2
        try set(first + 3, to: UInt32(first))
        let (entries, byteCount) = try readAll(drive)
        #expect(byteCount <= entries.reduce(0) { $0 + Int($1.byteCount) })
        // 4 GiB in a circle of four clusters: more than the volume has.
        let path = "folder/inner/file.bin"
        let records = try #require(try drive.bytes(at: data, length: 40_000))
        let name = Array("FILE    BIN".utf8)
        let place = try #require(records.indices.first { records[$0...].starts(with: name) })
        try drive.write([0xFF, 0xFF, 0xFF, 0xFF], at: data + Int64(place) + 28)
        let volume = try #require(try FATVolume(drive, at: Self.offset))
        let entry = try #require(try volume.entries().first { $0.path == path })
        #expect(entry.byteCount == 0xFFFF_FFFF)
        #expect(try volume.extents(of: FATVolume.Contents(of: entry)) == nil)
    }

    @Test("a chain that runs in a circle, goes on behind its file or ends before it, has no bytes of the file")
    func chains() throws {
        let path = "last.bin"
        func extents() throws -> [Range<Int64>]? {
            let volume = try #require(try FATVolume(drive, at: Self.offset))
            let entry = try #require(try volume.entries().first { $0.path == path })
            return try volume.extents(of: FATVolume.Contents(of: entry))
        }
        let first = (layout.range(ofFile: 2).lowerBound - data) / 512 + 2
        let last = first + 17
        #expect(try extents()?.map(\.count) == [9_000])
        for (cluster, target) in [
            (first, first), (last, last), (last, first), (last, last + 1), (first + 5, first), (last, 0),
            (last, 0x0FFF_FFF7),
            (first + 4, 0x0FFF_FFFF),
        ] {
            let before = try #require(try drive.bytes(at: table + cluster * 4, length: 4))
            try set(cluster, to: UInt32(target))
            #expect(try extents() == nil, "\(cluster - first) to \(target - first)")
            try drive.write(before, at: table + cluster * 4)
        }
        // All marks of an end are ends.
        for end in UInt32(0x0FFF_FFF8)...0x0FFF_FFFF {
            try set(last, to: end)
            #expect(try extents() != nil)
        }
    }

    @Test("folders of which not all can be read are told")
    func damages() throws {
        func damages(_ source: any ByteSource) throws -> [String] {
            try #require(try FATVolume(source, at: Self.offset)).listing().damages.map(\.path)
        }
        #expect(try damages(drive) == [])
        let root = try #require(try drive.bytes(at: data, length: 512))
        let record = try #require(
            stride(from: 0, to: 512, by: 32).first { root[$0..<$0 + 11].elementsEqual("FOLDER     ".utf8) })
        let cluster = UInt32(root[record + 26])
        // The folder is the root, and is itself.
        for target in [0, 2] {
            let changed = drive.copy()
            try changed.write([UInt8(target)], at: data + Int64(record) + 26)
            #expect(try damages(changed) == ["folder"])
        }
        for value in [cluster, 0, 0x0FFF_FFF7, 0x0FFF_0000] {
            let changed = drive.copy()
            try changed.write(withUnsafeBytes(of: value.littleEndian, Array.init), at: table + Int64(cluster) * 4)
            #expect(try damages(changed) == ["folder"], "\(value)")
            try changed.write(withUnsafeBytes(of: value.littleEndian, Array.init), at: table + 2 * 4)
            #expect(try damages(changed).contains(""), "\(value)")
        }
        // A folder of the root that is called as the one above.
        let climbing = drive.copy()
        try climbing.write(Array("..         ".utf8), at: data + Int64(record))
        #expect(try #require(try FATVolume(climbing, at: Self.offset)).entries().contains { $0.path == ".." })
    }

    @Test("a drive that was cut off is read as far as it goes")
    func truncated() throws {
        let whole = try readAll(drive)
        #expect(whole.byteCount == 5_000 + 3 + 9_000 + 40)
        var lengths: [Int64] = [
            0, 511, 512, Self.offset, Self.offset + 511, Self.offset + 512, table, table + 100, data,
        ]
        lengths += (0..<60).map { data + Int64($0) * 700 }
        for length in lengths {
            let bytes = try #require(try drive.bytes(at: 0, length: Int(length)))
            let found = try readAll(MemorySource(bytes))
            #expect(found.byteCount <= whole.byteCount && found.entries.count <= whole.entries.count)
        }
    }

    @Test("boot sectors with any value in any field are read or refused")
    func bootSectors() throws {
        let sector = try #require(try drive.bytes(at: Self.offset, length: 512))
        for place in 11..<90 {
            for value: UInt8 in [0, 1, 0xFF] {
                var changed = sector
                changed[place] = value
                let damaged = drive.copy()
                try damaged.write(changed, at: Self.offset)
                try readAll(damaged)
            }
        }
    }
}
