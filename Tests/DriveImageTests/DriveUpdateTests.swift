// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A drive before and after, and everything between.
struct DriveChange {
    let old: SampleDisk
    let new: SampleDisk
    /// What somebody else put on the drive.
    var foreign: [(path: String, bytes: [UInt8])] = []

    static let offset: Int64 = 1 << 20

    func writtenDrive() throws -> MemoryDrive {
        let drive = MemoryDrive(byteCount: old.deviceByteCount)
        var disk = old
        disk.files += foreign
        let content = disk
        let failures = try DiskWriter(try disk.layout(), interruption: Interruption()).write(
            to: [DiskTarget(drive)], progress: .silent, content: { content.content($0) })
        #expect(failures.allSatisfy { $0 == nil })
        return drive
    }

    func goal() throws -> UpdateGoal {
        let description = try new.description()
        return UpdateGoal(
            label: description.label, files: description.files,
            digests: new.files.map { SHA256.digest(of: $0.bytes) }, folders: description.folders,
            created: description.created,
            known: Dictionary(
                uniqueKeysWithValues: try old.files.map {
                    (try MediaPath($0.path).caseFolded, SHA256.digest(of: $0.bytes))
                }))
    }

    static func volume(_ drive: MemoryDrive) throws -> FATVolume { try #require(try FATVolume(drive, at: offset)) }

    func plan(_ drive: MemoryDrive) throws -> DriveUpdate { try DriveUpdate(try Self.volume(drive), try goal()) }

    func carryOut(_ update: DriveUpdate, on drive: MemoryDrive) throws {
        try UpdateWriter(update, interruption: Interruption()).write(
            to: drive, source: drive, progress: .silent, content: { new.content($0) })
    }

    /// What the tree of a drive is.
    static func tree(_ drive: MemoryDrive) throws -> [String: SHA256Digest] {
        let volume = try volume(drive)
        return Dictionary(
            uniqueKeysWithValues: try volume.entries().map { entry in
                let bytes = entry.isFolder ? Array("folder".utf8) : try #require(try volume.contents(of: entry))
                return (entry.path, SHA256.digest(of: bytes))
            })
    }

    func tree(_ disk: SampleDisk) -> [String: SHA256Digest] {
        var tree: [String: SHA256Digest] = [:]
        func add(_ folder: String) {
            guard !folder.isEmpty else { return }
            tree[folder] = SHA256.digest(of: Array("folder".utf8))
            add(folder.split(separator: "/").dropLast().joined(separator: "/"))
        }
        for (path, bytes) in disk.files + foreign {
            add(path.split(separator: "/").dropLast().joined(separator: "/"))
            tree[path] = SHA256.digest(of: bytes)
        }
        disk.folders.forEach(add)
        return tree
    }
}

@Suite("Updating a drive in place")
struct DriveUpdateTests {
    private static func filler(_ count: Int, _ seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    private static let common: [(path: String, bytes: [UInt8])] = [
        ("EFI/Boot/bootx64.efi", filler(30_000, 1)), ("boot/BCD", filler(8_192, 2)),
        ("boot/boot.sdi", filler(50_001, 3)),
        ("SMS/PKG/ABC00001/a long name of a file.txt", filler(513, 4)), ("SMS/PKG/ABC00001/empty", []),
        ("SMS/PKG/ABC00002/same.bin", filler(9_000, 5)), ("SMS/PKG/ABC00002/same again.bin", filler(9_000, 5)),
    ]

    /// Everything that can change: what boots, sizes up and down, new, gone, moved, empty, doubled, another case.
    static let change = DriveChange(
        old: SampleDisk(
            label: "OLD",
            files: [("bootmgr", filler(40_001, 10)), ("sources/boot.wim", filler(300_001, 11))] + common + [
                ("SMS/PKG/ABC00003/gone.bin", filler(70_000, 12)), ("SMS/PKG/ABC00003/moved.bin", filler(60_000, 13)),
                ("SMS/PKG/ABC00004/grows.bin", filler(100, 14)), ("SMS/PKG/ABC00004/shrinks.bin", filler(20_000, 15)),
                ("SMS/data/MediaManifest.json", filler(3_000, 16)), ("SMS/PKG/ABC00004/CASE.TXT", filler(600, 17)),
            ], folders: ["empty folder"]),
        new: SampleDisk(
            label: "NEW 2",
            files: [("bootmgr", filler(41_001, 20)), ("sources/boot.wim", filler(280_001, 21))] + common + [
                ("SMS/PKG/ABC00005/somewhere else.bin", filler(60_000, 13)),
                ("SMS/PKG/ABC00004/grows.bin", filler(30_000, 24)), ("SMS/PKG/ABC00004/shrinks.bin", []),
                ("SMS/data/MediaManifest.json", filler(3_100, 26)), ("SMS/PKG/ABC00004/case.txt", filler(600, 17)),
                ("SMS/PKG/ABC00002/third of the same.bin", filler(9_000, 5)),
            ], folders: ["empty folder"]),
        foreign: [("my notes.txt", filler(2_000, 30)), ("System Volume Information/IndexerVolumeGuid", filler(76, 31))])

    private let change = DriveUpdateTests.change

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

    // MARK: Pulled at any moment

    /// What fsck.fat may say of a drive that was pulled: clusters that nothing leads to, and copies of sectors and
    /// tables that are not up to date.
    private static let harmless = [
        "fsck.fat", "Reclaimed", "unused cluster", "Free cluster summary", "FATs differ", "Using first FAT",
        "differences between boot sector and its backup", "This is mostly harmless", "Not automatically fixing",
        "Leaving filesystem unchanged", "files,", "Auto-", "Differences:", "  ",
    ]

    private func fsck(_ drive: MemoryDrive, in folder: TestFolder) throws -> [String] {
        let path = folder.appending("cut.img")
        try drive.save(to: path)
        let device = try LoopDevice(on: path, DriveChange.offset..<(63 << 20) + DriveChange.offset, isWritable: false)
        let output = try Program.run("fsck.fat", ["-n", device.node.string]).output
        return output.split(separator: "\n").map(String.init).filter { line in
            !Self.harmless.contains { line.contains($0) }
        }
    }

    /// The state of a drive: the label belongs to the tree.
    private func state(_ drive: MemoryDrive) throws -> Int? {
        let tree = try DriveChange.tree(drive)
        let label = try DriveChange.volume(drive).label()
        if tree == change.tree(change.old), label == "OLD" { return 0 }
        if tree == change.tree(change.new), label == "NEW 2" { return 1 }
        return nil
    }

    @Test("a drive that is pulled after any write, or inside one, holds the old or the new state")
    func everyCut() throws {
        let folder = try TestFolder()
        let drive = try change.writtenDrive()
        let before = drive.copy()
        let update = try change.plan(drive)
        drive.record()
        try change.carryOut(update, on: drive)
        #expect(try state(before) == 0)
        #expect(try state(drive) == 1)

        let current = before
        var seen = [0, 0]
        var cutCount = 0
        func look(_ drive: MemoryDrive, _ place: String, isSample: Bool) throws {
            let found = try state(drive)
            #expect(found != nil, "\(place)")
            if let found {
                // There is no way back.
                #expect(found == 1 || seen[1] == 0, "\(place)")
                seen[found] += 1
            }
            if isSample { #expect(try fsck(drive, in: folder) == [], "\(place)") }
            cutCount += 1
        }
        for (number, event) in drive.events.enumerated() {
            guard case .write(let offset, let bytes) = event else { continue }
            // Sector by sector, but not through all of long contents.
            let sectors = Array(stride(from: 512, to: bytes.count, by: 512))
            for end in sectors.prefix(16) + sectors.dropFirst(16).suffix(2) {
                try current.write(bytes[..<end], at: offset)
                try look(current, "write \(number) at \(offset), \(end) bytes", isSample: end == 512)
            }
            try current.write(bytes, at: offset)
            try look(current, "write \(number) at \(offset)", isSample: true)
        }
        #expect(seen.allSatisfy { $0 > 5 })
        #expect(cutCount > 50)
        #expect(current.pages == drive.pages)
    }

    @Test("a drive that keeps any part of what was not yet safe, in any order, holds the old or the new state")
    func anyOrder() throws {
        let drive = try change.writtenDrive()
        let safe = drive.copy()
        let update = try change.plan(drive)
        drive.record()
        try change.carryOut(update, on: drive)
        var generator = SeededGenerator(seed: 77)
        var pending: [(offset: Int64, bytes: [UInt8])] = []
        for event in drive.events {
            guard case .synchronize = event else {
                if case .write(let offset, let bytes) = event { pending.append((offset, bytes)) }
                continue
            }
            let sectors = pending.flatMap { write in
                stride(from: 0, to: write.bytes.count, by: 512).map { start in
                    (write.offset + Int64(start), write.bytes[start..<min(start + 512, write.bytes.count)])
                }
            }
            for _ in 0..<12 {
                let pulled = safe.copy()
                for (offset, bytes) in sectors.shuffled(using: &generator) where Bool.random(using: &generator) {
                    try pulled.write(bytes, at: offset)
                }
                #expect(try state(pulled) != nil)
            }
            for (offset, bytes) in pending { try safe.write(bytes, at: offset) }
            pending = []
        }
        #expect(pending.isEmpty)
    }

    @Test("an update that was pulled is done again, and finds the clusters that the first one lost")
    func afterACut() throws {
        let folder = try TestFolder()
        let drive = try change.writtenDrive()
        let before = drive.copy()
        drive.record()
        try change.carryOut(try change.plan(drive), on: drive)
        let writes = drive.events.compactMap { event -> (Int64, [UInt8])? in
            if case .write(let offset, let bytes) = event { (offset, bytes) } else { nil }
        }
        for count in 0...writes.count {
            let pulled = before.copy()
            for (offset, bytes) in writes.prefix(count) { try pulled.write(bytes, at: offset) }
            let isNew = try state(pulled) == 1
            let again = DriveChange(old: isNew ? change.new : change.old, new: change.new, foreign: change.foreign)
            var update = try again.plan(pulled)
            if isNew {
                // Pulled between the copies of the table, it mends them and writes no content.
                if count == writes.count { #expect(update.isUpToDate) }
                #expect(update.writtenFiles.isEmpty)
                try again.carryOut(update, on: pulled)
                #expect(try again.plan(pulled).isUpToDate)
                // What was lost is found with the next change.
                let back = DriveChange(old: change.new, new: change.old, foreign: change.foreign)
                update = try back.plan(pulled)
                try back.carryOut(update, on: pulled)
                #expect(try state(pulled) == 0)
            } else {
                try again.carryOut(update, on: pulled)
                #expect(try state(pulled) == 1)
            }
            pulled.pages.isEmpty ? () : try pulled.save(to: folder.appending("again.img"))
            let device = try LoopDevice(
                on:
                    folder.appending("again.img"), DriveChange.offset..<(63 << 20) + DriveChange.offset,
                isWritable: false)
            let said = try Program.succeed("fsck.fat", ["-n", device.node.string]).output
            #expect(!said.contains("Reclaimed") && !said.contains("wrong"), "\(count): \(said)")
        }
    }

    // MARK: What cannot be done

    @Test("a source that is not what was promised leaves the old state, and no cluster lost")
    func wrongSource() throws {
        let drive = try change.writtenDrive()
        let before = drive.pages
        let folder = try TestFolder()
        let wrong = try folder.write([1, 2, 3], to: "wrong")
        let update = try change.plan(drive)
        #expect(throws: TransferError.self) {
            try UpdateWriter(update, interruption: Interruption()).write(
                to: drive, source: drive, progress: .silent,
                content: { number in
                    TransferContent(
                        name: "file", source: .file(wrong), byteCount: Int64(change.new.files[number].bytes.count),
                        sha256: SHA256.digest(of: change.new.files[number].bytes))
                })
        }
        #expect(drive.pages == before)
    }

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
        let many = (0..<900).map { ("f/file\($0).bin", Self.filler(20_000, UInt64($0))) }
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

    @Test("damaged volumes are refused: chains that break, cross, or run in a circle", arguments: 0..<4)
    func damaged(kind: Int) throws {
        let drive = try change.writtenDrive()
        let layout = try change.old.layout()
        let table = DriveChange.offset + layout.geometry.reservedSectorCount * 512
        let wim = (layout.range(ofFile: 1).lowerBound - layout.range(ofFile: 0).lowerBound) / 512
        let first =
            (layout.range(ofFile: 0).lowerBound - DriveChange.offset - layout.geometry.firstDataSector * 512) / 512 + 2
        let values: [UInt32] = [0, 0x0FFF_FFFF, UInt32(first), UInt32(first + wim)]
        try drive.write(withUnsafeBytes(of: values[kind].littleEndian, Array.init), at: table + (first + 5) * 4)
        let error = #expect(throws: DriveImageError.self) { _ = try change.plan(drive) }
        #expect(error?.code == .damaged)
    }

    @Test("random damage is refused or survived, never a crash")
    func mutations() throws {
        let drive = try change.writtenDrive()
        let layout = try change.old.layout()
        var generator = SeededGenerator(seed: 5)
        let table = DriveChange.offset + layout.geometry.reservedSectorCount * 512
        let data = DriveChange.offset + layout.geometry.firstDataSector * 512
        for _ in 0..<40 {
            let mutated = drive.copy()
            for _ in 0..<3 {
                let place =
                    [DriveChange.offset..<DriveChange.offset + 90, table..<table + 6_000, data..<data + 8_192]
                    .randomElement(using: &generator) ?? 0..<1
                try mutated.write(
                    [UInt8.random(in: 0...255, using: &generator)], at: Int64.random(in: place, using: &generator))
            }
            guard let volume = try FATVolume(mutated, at: DriveChange.offset) else { continue }
            if let update = try? DriveUpdate(volume, try change.goal()) {
                try? change.carryOut(update, on: mutated)
            }
        }
    }
}
