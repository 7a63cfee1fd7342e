// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import BootMedia

@Suite("The FAT volume in efisys.bin")
struct FATVolumeTests {
    /// A volume that mkfs.fat and mcopy made.
    private func volume(bits: Int, kibibytes: Int) throws -> [UInt8] {
        let folder = try TestFolder()
        let image = folder.appending("efisys.bin")
        try Program.succeed("mkfs.fat", ["-C", "-F", String(bits), "-n", "EFISYS", image.string, String(kibibytes)])
        let large = try folder.write((0..<150_000).map { UInt8(truncatingIfNeeded: $0 / 513) }, to: "large")
        let empty = try folder.write([], to: "empty")
        try Program.succeed("mmd", ["-i", image.string, "::EFI", "::EFI/BOOT"])
        try Program.succeed("mcopy", ["-i", image.string, empty.string, "::EMPTY.TXT"])
        try Program.succeed("mcopy", ["-i", image.string, large.string, "::EFI/BOOT/BOOTX64.EFI"])
        try Program.succeed("mcopy", ["-i", image.string, empty.string, "::EFI/a long name that is not 8.3.txt"])
        return try SmallFile.read(image)
    }

    @Test("files of FAT12 and FAT16 come back whole", arguments: [(12, 1_440), (16, 16_384)])
    func reads(bits: Int, kibibytes: Int) throws {
        let files = try #require(FATVolume(try volume(bits: bits, kibibytes: kibibytes))).files()
        let loader = try #require(files.first { $0.path == "EFI/BOOT/BOOTX64.EFI" })
        #expect(loader.contents == (0..<150_000).map { UInt8(truncatingIfNeeded: $0 / 513) })
        #expect(files.contains { $0.path == "EMPTY.TXT" && $0.contents.isEmpty })
        #expect(files.count == 3)
    }

    @Test("what is no volume is none, and a damaged one never crashes")
    func survivesDamage() throws {
        #expect(FATVolume([]) == nil)
        #expect(FATVolume([UInt8](repeating: 0, count: 4096)) == nil)
        #expect(FATVolume([UInt8](repeating: 0xFF, count: 4096)) == nil)
        let bytes = try volume(bits: 12, kibibytes: 1_440)
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<300 {
            var mutated = bytes
            for _ in 0..<5 {
                mutated[Int.random(in: 0..<20_000, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = FATVolume(mutated)?.files()
            _ = FATVolume(Array(mutated.prefix(Int.random(in: 0..<bytes.count, using: &generator))))?.files()
        }
    }
}
