// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import DriveImage
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
    /// What is overwritten when it goes.
    var erased: Set<CaseFoldedName> = []

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
                }), erased: erased)
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

// MARK: A sample

extension DriveChange {
    /// Bytes that look like nothing else.
    static func filler(_ count: Int, _ seed: UInt64) -> [UInt8] {
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
    static let sample = DriveChange(
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
}
