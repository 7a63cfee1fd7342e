// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
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

    private static func opened(_ bytes: [UInt8]) throws -> FATVolume? { try FATVolume(MemorySource(bytes)) }

    /// Reads every file; returns the bytes that came.
    private static func readAll(_ bytes: [UInt8]) throws -> [[UInt8]?] {
        guard let volume = try opened(bytes) else { return [] }
        return try volume.entries(.bootImage).filter { !$0.isFolder }.map { try volume.contents(of: $0) }
    }

    private static func volume(bits: Int, in folder: TestFolder, kibibytes: Int? = nil) throws -> [UInt8] {
        let image = folder.appending("fat.img")
        let options = [
            "-n", "EFISYS", "-F", String(bits), "-C", image.string, String(kibibytes ?? (bits == 32 ? 40_960 : 4_096)),
        ]
        try Program.succeed("mkfs.fat", bits == 16 ? ["-s", "1"] + options : options)
        try Program.succeed("mmd", ["-i", image.string, "::EFI", "::EFI/BOOT"])
        for (path, bytes) in files {
            let source = try folder.write(bytes, to: "source")
            let name = path.contains("~") ? "EFI/a long name that is not 8.3.txt" : path
            try Program.succeed("mcopy", ["-o", "-i", image.string, source.string, "::\(name)"])
        }
        return try SmallFile.read(image)
    }

    @Test("every file comes back with its bytes", arguments: [12, 16, 32])
    func files(bits: Int) throws {
        let volume = try #require(try Self.opened(try Self.volume(bits: bits, in: try TestFolder())))
        let files = try volume.entries().filter { !$0.isFolder }
        let found = Dictionary(uniqueKeysWithValues: try files.map { ($0.shortPath, try volume.contents(of: $0)) })
        #expect(found == Self.files.mapValues { Optional($0) })
        #expect(files.allSatisfy { $0.byteCount == Self.files[$0.shortPath].map { Int64($0.count) } })
        #expect(files.contains { $0.path == "EFI/a long name that is not 8.3.txt" })
        #expect(try volume.label() == "EFISYS")
    }

    @Test("bytes that are no FAT volume are none")
    func noVolume() throws {
        for bytes in [[], [UInt8](repeating: 0, count: 4_096), [UInt8](repeating: 0xFF, count: 4_096)] {
            #expect(try Self.opened(bytes) == nil)
        }
    }

    @Test("random changes give fewer files, never a crash or more bytes than there are", arguments: [12, 16, 32])
    func mutations(bits: Int) throws {
        let volume = try Self.volume(bits: bits, in: try TestFolder(), kibibytes: bits == 12 ? 512 : nil)
        let bytes = Array(volume.prefix(2 << 20))
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<Rounds.of(200) {
            var mutated = bytes
            for _ in 0..<4 {
                // The boot sector, then the FATs of small volumes, then anything.
                let place = [64, 40_000, bytes.count].randomElement(using: &generator) ?? 64
                mutated[Int.random(in: 0..<place, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            for contents in try Self.readAll(mutated) { #expect((contents?.count ?? 0) <= bytes.count) }
        }
        for count in stride(from: 0, to: bytes.count, by: 9_973) {
            for contents in try Self.readAll(Array(bytes[..<count])) { #expect((contents?.count ?? 0) <= count) }
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
            let contents = try Self.readAll(bytes)
            #expect(contents.allSatisfy { $0 == nil })
            #expect(contents.count <= 10_000)
        }
    }
}
