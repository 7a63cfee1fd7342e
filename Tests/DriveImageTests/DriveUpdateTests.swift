// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("Updating a drive in place")
struct DriveUpdateTests {
    private let change = DriveChange.sample

    @Test("afterwards the drive holds the new state, what was somebody else's, and nothing else")
    func updates() throws {
        let folder = try TestFolder()
        let drive = try change.writtenDrive()
        #expect(try DriveChange.tree(drive) == change.tree(change.old))
        let update = try change.plan(drive)
        #expect(update.keptFileCount == 9)
        #expect(update.writtenFiles.count == 6)
        #expect(update.foreignFileCount == 2)
        #expect(!update.isUpToDate)
        try change.carryOut(update, on: drive)
        #expect(try DriveChange.tree(drive) == change.tree(change.new))
        #expect(try DriveChange.volume(drive).label() == "NEW 2")

        let path = folder.appending("drive.img")
        try drive.save(to: path)
        let written = WrittenDisk(path: path, layout: try change.new.layout())
        let said = try written.check()
        #expect(!said.contains("differ") && !said.contains("wrong"), "\(said)")
        let files = change.tree(change.new).filter { $0.value != SHA256.digest(of: Array("folder".utf8)) }
        #expect(try written.digests(in: folder) == files)
        let found = try UpdateVerifier(update, interruption: Interruption()).verify(
            drive, name: "drive", byteCount: drive.byteCount, progress: .silent)
        #expect(found.isSound)
    }

    @Test("a second update to the same writes nothing, and back again gives the old state")
    func again() throws {
        let drive = try change.writtenDrive()
        try change.carryOut(try change.plan(drive), on: drive)
        var same = DriveChange(old: change.new, new: change.new)
        same.foreign = change.foreign
        let update = try same.plan(drive)
        #expect(update.isUpToDate)
        #expect(update.writtenFiles.isEmpty)
        drive.record()
        try same.carryOut(update, on: drive)
        #expect(drive.events.isEmpty)
        let back = DriveChange(old: change.new, new: change.old, foreign: change.foreign)
        try back.carryOut(try back.plan(drive), on: drive)
        #expect(try DriveChange.tree(drive) == change.tree(change.old))
    }

    @Test("what is damaged afterwards is named: new contents, those that stayed, directories, the tables")
    func verified() throws {
        let drive = try change.writtenDrive()
        let before = drive.pages
        let update = try change.plan(drive)
        try change.carryOut(update, on: drive)
        func find(_ page: Int64, _ kept: Bool = true) throws -> DiskVerification {
            let damaged = drive.copy()
            let bytes = try #require(try damaged.bytes(at: page * 4_096 + 8, length: 1)).map { $0 ^ 0x40 }
            try damaged.write(bytes, at: page * 4_096 + 8)
            return try UpdateVerifier(update, readsKeptContents: kept, interruption: Interruption()).verify(
                damaged, name: "drive", byteCount: damaged.byteCount, progress: .silent)
        }
        let layout = try change.old.layout()
        let stayed = layout.range(ofFile: 4).lowerBound / 4_096 + 1
        #expect(try find(stayed).mismatches.map(\.part) == [.file(change.old.description().files[4].path)])
        #expect(try find(stayed, false).isSound)
        // What was written new lies in pages that were empty, behind everything old.
        let data = (DriveChange.offset + layout.geometry.firstDataSector * 512) / 4_096
        let new = drive.pages.keys.filter { before[$0] == nil && $0 > data }.sorted()
        for page in [new[0], new[new.count / 2], new[new.count - 1]] {
            #expect(!(try find(page, false).mismatches.isEmpty), "page \(page)")
        }
        let table = (DriveChange.offset + layout.geometry.reservedSectorCount * 512) / 4_096
        let changed = (table..<data).filter { drive.pages[$0] != before[$0] }
        #expect(changed.count >= 4)
        for page in changed { #expect(!(try find(page, false).isSound), "page \(page)") }
    }

    @Test("a drive with less room than it says loses what stayed, and is found out")
    func wrapping() throws {
        let disk = SampleDisk(files: [("kept.bin", [UInt8](repeating: 1, count: 6 << 20))])
        let new = SampleDisk(files: disk.files + [("new.bin", [UInt8](repeating: 2, count: 6 << 20))])
        let change = DriveChange(old: disk, new: new)
        let drive = MemoryDrive(byteCount: 64 << 20, capacity: 10 << 20)
        for (page, bytes) in try change.writtenDrive().pages { try drive.write(bytes, at: page * 4_096) }
        let update = try change.plan(drive)
        try change.carryOut(update, on: drive)
        let found = try UpdateVerifier(update, readsKeptContents: true, interruption: Interruption()).verify(
            drive, name: "drive", byteCount: drive.byteCount, progress: .silent)
        #expect(!found.isSound)
    }

    @Test("clusters that are marked bad are never written, and stay marked, also when everything else is taken")
    func badClusters() throws {
        let drive = try change.writtenDrive()
        let layout = try change.old.layout()
        let geometry = layout.geometry
        let data = DriveChange.offset + geometry.firstDataSector * 512
        func tables(_ cluster: UInt32) -> [Int64] {
            (0..<Int64(2)).map {
                DriveChange.offset + (geometry.reservedSectorCount + $0 * geometry.sectorsPerFAT) * 512
                    + Int64(cluster) * 4
            }
        }
        func entry(_ cluster: UInt32) throws -> UInt32 {
            ByteReader(try #require(try drive.bytes(at: tables(cluster)[0], length: 4))).littleEndian(at: 0) ?? 0
        }
        // Every second one of the first free clusters, where new contents would go, and some singly behind them.
        let free = try (2..<UInt32(geometry.clusterCount)).filter { try entry($0) == 0 }
        let bad = stride(from: 0, to: 400, by: 2).map { free[$0] } + [free[500], free[501], free[700]]
        let mark: UInt32 = 0x0FFF_FFF7
        for cluster in bad {
            for place in tables(cluster) {
                try drive.write(withUnsafeBytes(of: mark.littleEndian, Array.init), at: place)
            }
        }
        let update = try change.plan(drive)
        drive.record()
        try change.carryOut(update, on: drive)
        #expect(try DriveChange.tree(drive) == change.tree(change.new))
        let ranges = bad.map { data + Int64($0 - 2) * 512..<data + Int64($0 - 1) * 512 }
        for event in drive.events {
            guard case .write(let offset, let bytes) = event, offset >= data else { continue }
            let written = offset..<offset + Int64(bytes.count)
            #expect(ranges.first(where: written.overlaps) == nil, "\(written)")
        }
        #expect(try bad.allSatisfy { try entry($0) == mark })
        let folder = try TestFolder()
        let path = folder.appending("drive.img")
        try drive.save(to: path)
        try WrittenDisk(path: path, layout: layout).check()
        let found = try UpdateVerifier(update, interruption: Interruption()).verify(
            drive, name: "drive", byteCount: drive.byteCount, progress: .silent)
        #expect(found.isSound)
    }

    // MARK: What cannot be done

    @Test("a drive without room for both states says that it must be written anew, and nothing is written")
    func noRoom() throws {
        let big = [UInt8](repeating: 1, count: 40 << 20)
        let full = DriveChange(
            old: SampleDisk(files: [("big.bin", big)]),
            new: SampleDisk(files: [("big.bin", [UInt8](repeating: 2, count: 40 << 20))]))
        let drive = try full.writtenDrive()
        let error = #expect(throws: DriveImageError.self) { _ = try full.plan(drive) }
        #expect(error?.code == .tooSmall)
        #expect(error?.nextStep?.contains("anew") == true)
    }

    @Test("a full drive whose folders take more than is free needs no room when nothing changes")
    func fullAndUnchanged() throws {
        func disk(_ byteCount: Int) -> SampleDisk {
            SampleDisk(
                files: [("big.bin", [UInt8](repeating: 1, count: byteCount)), ("small.txt", [1])],
                folders: (0..<600).map { "folders/a folder with a long name \($0)" })
        }
        // As much as there is room for beside the folders, but for less than they take.
        var byteCount = 63 << 20
        while (try? disk(byteCount).layout()) == nil { byteCount -= 128 << 10 }
        let old = disk(byteCount)
        var new = old
        let drive = try DriveChange(old: old, new: new).writtenDrive()
        #expect(try DriveChange(old: old, new: new).plan(drive).isUpToDate)
        // The folders of a drive are written anew beside the old ones: one changed byte needs room for all of them.
        new.files[1].bytes = [2]
        let error = #expect(throws: DriveImageError.self) { _ = try DriveChange(old: old, new: new).plan(drive) }
        #expect(error?.code == .tooSmall)
    }

    @Test("free clusters that lie apart are filled, and BOOTMGR in them is found")
    func fragments() throws {
        let many = (0..<900).map { ("f/file\($0).bin", DriveChange.filler(20_000, UInt64($0))) }
        let kept = many.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let disk = SampleDisk(files: [("bootmgr", [1])] + many + [("end.bin", [UInt8](repeating: 3, count: 40 << 20))])
        let thin = SampleDisk(files: [("bootmgr", [1])] + kept + [("end.bin", disk.files[901].bytes)])
        let drive = try DriveChange(old: disk, new: thin).writtenDrive()
        let first = DriveChange(old: disk, new: thin)
        try first.carryOut(try first.plan(drive), on: drive)
        let loader = try BIOSLoader.memory(byteCount: 400_001)
        var fat = thin
        fat.files[0].bytes = loader
        fat.files.append(("wide.bin", [UInt8](repeating: 9, count: 5 << 20)))
        let second = DriveChange(old: thin, new: fat)
        try second.carryOut(try second.plan(drive), on: drive)
        #expect(try DriveChange.tree(drive) == second.tree(fat))
        let folder = try TestFolder()
        try drive.save(to: folder.appending("drive.img"))
        try WrittenDisk(path: folder.appending("drive.img"), layout: try fat.layout()).check()
        let report = try Firmware.seaBIOS.boot(drive: folder.appending("drive.img"))
        #expect(report.bootImageDigest == SHA256.digest(of: loader))
    }

    @Test("an update after one small change writes little")
    func little() throws {
        let disk = SampleDisk(files: [("big.bin", [UInt8](repeating: 1, count: 20 << 20)), ("small.txt", [1, 2, 3])])
        var changed = disk
        changed.files[1].bytes = [4, 5, 6]
        let small = DriveChange(old: disk, new: changed)
        let drive = try small.writtenDrive()
        let update = try small.plan(drive)
        drive.record()
        try small.carryOut(update, on: drive)
        let written = drive.events.reduce(0) { count, event in
            if case .write(_, let bytes) = event { count + bytes.count } else { count }
        }
        #expect(written < (20 << 20) / 50)
        #expect(update.writtenContentByteCount == 3)
    }
}
