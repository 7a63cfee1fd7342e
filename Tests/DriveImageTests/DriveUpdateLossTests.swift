// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DriveImage
import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// What a drive holds that is pulled while it is updated, and what becomes of one that is damaged before.
@Suite("Updates that are cut off, and damaged drives")
struct DriveUpdateLossTests {
    private let change = DriveChange.sample

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

    // MARK: Damage

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
