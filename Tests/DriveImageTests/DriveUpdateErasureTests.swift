// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import TSMediaTestSupport
import Testing

/// What the free room of a drive still tells after an update.
@Suite("What an update overwrites")
struct DriveUpdateErasureTests {
    private static let replaced = "bootmgr"
    private static let removed = "SMS/PKG/ABC00003/gone.bin"

    private func change(erasing names: [String]) -> DriveChange {
        var change = DriveChange.sample
        change.erased = Set(names.map(\.caseFolded))
        return change
    }

    /// The sectors of the old content of a file.
    private func sectors(_ path: String) throws -> Set<[UInt8]> {
        let bytes = try #require(DriveChange.sample.old.files.first { $0.path == path }).bytes
        return Set(stride(from: 0, to: bytes.count - 511, by: 512).map { Array(bytes[$0..<$0 + 512]) })
    }

    /// True when any sector of the drive is one of `sectors`.
    private func holds(_ drive: MemoryDrive, any sectors: Set<[UInt8]>) -> Bool {
        drive.pages.values.contains { page in
            stride(from: 0, to: page.count, by: 512).contains { sectors.contains(Array(page[$0..<$0 + 512])) }
        }
    }

    @Test("no sector is left of what is erased, replaced or removed; what is not erased stays in free room")
    func erases() throws {
        let drive = try change(erasing: []).writtenDrive()
        let untouched = drive.copy()
        let erasing = change(erasing: [Self.replaced, Self.removed])
        let update = try erasing.plan(drive)
        try erasing.carryOut(update, on: drive)
        #expect(try DriveChange.tree(drive) == erasing.tree(erasing.new))
        for path in [Self.replaced, Self.removed] { #expect(!holds(drive, any: try sectors(path)), "\(path)") }
        let found = try UpdateVerifier(update, interruption: Interruption()).verify(
            drive, name: "drive", byteCount: drive.byteCount, progress: .silent)
        #expect(found.isSound)

        // The witness that the test can see it.
        let plain = change(erasing: [])
        try plain.carryOut(try plain.plan(untouched), on: untouched)
        for path in [Self.replaced, Self.removed] { #expect(holds(untouched, any: try sectors(path)), "\(path)") }
    }

    @Test("what is erased and stays, also under another name, is not touched")
    func keeps() throws {
        let erasing = change(erasing: ["SMS/PKG/ABC00003/moved.bin", "boot/BCD"])
        let drive = try erasing.writtenDrive()
        try erasing.carryOut(try erasing.plan(drive), on: drive)
        #expect(try DriveChange.tree(drive) == erasing.tree(erasing.new))
    }

    @Test("a drive that was pulled at any write has nothing of it either, once the update is done again")
    func afterACut() throws {
        let erasing = change(erasing: [Self.replaced, Self.removed])
        let drive = try erasing.writtenDrive()
        let current = drive.copy()
        drive.record()
        try erasing.carryOut(try erasing.plan(drive), on: drive)
        let secret = try sectors(Self.replaced).union(try sectors(Self.removed))
        let old = erasing.tree(erasing.old)
        for (number, event) in drive.events.enumerated() {
            guard case .write(let offset, let bytes) = event else { continue }
            try current.write(bytes, at: offset)
            let pulled = current.copy()
            let isOld = try DriveChange.tree(pulled) == old
            if isOld { #expect(holds(pulled, any: secret)) }
            var again = DriveChange(
                old: isOld ? erasing.old : erasing.new, new: erasing.new, foreign: erasing.foreign)
            again.erased = erasing.erased
            try again.carryOut(try again.plan(pulled), on: pulled)
            #expect(!holds(pulled, any: secret), "pulled after event \(number)")
            #expect(try DriveChange.tree(pulled) == erasing.tree(erasing.new))
        }
    }
}
