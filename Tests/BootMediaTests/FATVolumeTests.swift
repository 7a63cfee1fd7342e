// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// FAT as mkfs.fat and mtools write it.
@Suite("A FAT volume")
struct FATVolumeTests {
    private static let files: [String: [UInt8]] = [
        "EFI/BOOT/BOOTX64.EFI": (0..<100_001).map { UInt8(truncatingIfNeeded: $0 / 3) },
        "EFI/BOOT/BOOTIA32.EFI": [UInt8](repeating: 0xEF, count: 512),
        "EFI/EMPTY.TXT": [],
        // The short name of a long one.
        "EFI/ALONGN~1.TXT": [7],
        "README": [1, 2, 3],
    ]

    private static func volume(bits: Int, in folder: TestFolder, kibibytes: Int = 4_096) throws -> [UInt8] {
        let image = folder.appending("fat.img")
        let options = ["-n", "EFISYS", "-F", String(bits), "-C", image.string, String(kibibytes)]
        try Program.succeed("mkfs.fat", bits == 16 ? ["-s", "1"] + options : options)
        try Program.succeed("mmd", ["-i", image.string, "::EFI", "::EFI/BOOT"])
        for (path, bytes) in files {
            let source = try folder.write(bytes, to: "source")
            let name = path.contains("~") ? "EFI/a long name that is not 8.3.txt" : path
            try Program.succeed("mcopy", ["-o", "-i", image.string, source.string, "::\(name)"])
        }
        return try SmallFile.read(image)
    }

    @Test("every file comes back with its bytes", arguments: [12, 16])
    func files(bits: Int) throws {
        let volume = try #require(FATVolume(try Self.volume(bits: bits, in: try TestFolder())))
        let found = Dictionary(uniqueKeysWithValues: volume.files().map { ($0.path, volume.contents(of: $0)) })
        #expect(found == Self.files.mapValues { Optional($0) })
        #expect(volume.files().allSatisfy { $0.byteCount == Self.files[$0.path]?.count })
    }

    @Test("bytes that are no FAT12 or FAT16 volume are none")
    func noVolume() throws {
        #expect(FATVolume([]) == nil)
        #expect(FATVolume([UInt8](repeating: 0, count: 4_096)) == nil)
        #expect(FATVolume([UInt8](repeating: 0xFF, count: 4_096)) == nil)
        let folder = try TestFolder()
        let image = folder.appending("fat32.img")
        try Program.succeed("mkfs.fat", ["-F", "32", "-C", image.string, "40960"])
        #expect(FATVolume(try SmallFile.read(image)) == nil)
    }

    @Test("random changes give fewer files, never a crash or more bytes than there are", arguments: [12, 16])
    func mutations(bits: Int) throws {
        let bytes = try Self.volume(bits: bits, in: try TestFolder(), kibibytes: bits == 12 ? 512 : 4_096)
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<200 {
            var mutated = bytes
            for _ in 0..<4 {
                // The boot sector, the FATs and the root directory.
                let place = Bool.random(using: &generator) ? 64 : min(bytes.count, 40_000)
                mutated[Int.random(in: 0..<place, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let volume = FATVolume(mutated) else { continue }
            for file in volume.files() { #expect((volume.contents(of: file)?.count ?? 0) <= bytes.count) }
        }
        for count in stride(from: 0, to: bytes.count, by: 9_973) {
            guard let volume = FATVolume(Array(bytes[..<count])) else { continue }
            for file in volume.files() { #expect((volume.contents(of: file)?.count ?? 0) <= count) }
        }
    }

    @Test(
        "a chain of clusters that bites its tail ends, however many clusters the volume claims", .timeLimit(.minutes(1))
    )
    func loop() throws {
        // FAT16: 4,096-byte sectors, one a cluster, 16 reserved; the root's only record is a folder in cluster 2.
        for claimed in [UInt32(70), 60_000, 0xFFFF_FFFF] {
            var bytes = [UInt8](repeating: 0, count: 80 * 4_096)
            bytes.replaceSubrange(11..<13, with: [0x00, 0x10])
            bytes[13] = 1
            bytes.replaceSubrange(14..<16, with: [1, 0])
            bytes[16] = 1
            bytes.replaceSubrange(17..<19, with: [16, 0])
            bytes.replaceSubrange(22..<24, with: [1, 0])
            withUnsafeBytes(of: claimed.littleEndian) { bytes.replaceSubrange(32..<36, with: $0) }
            for cluster in 0..<100 { bytes.replaceSubrange(4_096 + cluster * 2..<4_098 + cluster * 2, with: [2, 0]) }
            let record = Array("LOOP       ".utf8) + [0x10] + [UInt8](repeating: 0, count: 14) + [2, 0, 0, 0, 0, 0]
            bytes.replaceSubrange(2 * 4_096..<2 * 4_096 + 32, with: record)
            // The folder's cluster: a file of 4 GiB that begins there too.
            let file =
                Array("HUGE    BIN".utf8) + [0x20] + [UInt8](repeating: 0, count: 14) + [2, 0, 255, 255, 255, 255]
            bytes.replaceSubrange(3 * 4_096..<3 * 4_096 + 32, with: file)
            guard let volume = FATVolume(bytes) else { continue }
            for file in volume.files() { #expect(volume.contents(of: file) == nil) }
            #expect(volume.files().count <= 10_000)
        }
    }
}
