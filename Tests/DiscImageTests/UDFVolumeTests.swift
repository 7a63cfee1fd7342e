// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// UDF as genisoimage writes it, since we write none: genuine media is UDF, and inspect must read it.
@Suite("A UDF disc")
struct UDFVolumeTests {
    private static let files: [String: [UInt8]] = [
        "bootmgr": Array("loader".utf8),
        "SMS/data/TsmBootstrap.ini": Array("[MediaInfo]\r\n".utf8),
        "SMS/PKG/ABC00001/Treiber für Büro, 日本.inf": [UInt8](repeating: 7, count: 5_000),
        "SMS/PKG/ABC00001/empty.txt": [],
        "sources/boot.wim": (0..<300_001).map { UInt8(truncatingIfNeeded: $0 / 251) },
        "\(Array(repeating: "deep", count: 20).joined(separator: "/"))/file.txt": [1, 2, 3],
    ]

    /// The bytes of a disc with UDF and ISO 9660 side by side.
    private static func image(in folder: TestFolder) throws -> FilePath {
        for (name, bytes) in files { try folder.write(bytes, to: "tree/\(name)") }
        for number in 0..<300 {
            try folder.write([UInt8(truncatingIfNeeded: number)], to: "tree/many/file\(number).bin")
        }
        let image = folder.appending("udf.iso")
        try Program.succeed(
            "genisoimage",
            ["-quiet", "-udf", "-D", "-input-charset", "utf-8", "-V", "Media", "-o", image.string]
                + [folder.appending("tree").string])
        return image
    }

    @Test("every file comes back with its name and its bytes, though the ISO 9660 tree beside it is broken")
    func readsFiles() throws {
        let folder = try TestFolder()
        let image = try Self.image(in: folder)
        var bytes = try SmallFile.read(image)
        // ECMA-119 8.4.18: where the primary volume descriptor has the block of its root directory.
        bytes.replaceSubrange(16 * 2048 + 158..<16 * 2048 + 162, with: [0xFF, 0xFF, 0xFF, 0xFF])
        let broken = try folder.write(bytes, to: "broken.iso")
        let reader = try DiscReader(path: broken)
        #expect(reader.label == "Media")
        #expect(reader.entries.filter { !$0.isFolder }.count == Self.files.count + 300)
        for (name, content) in Self.files {
            let entry = try #require(reader.entry(try MediaPath(name)), "\(name)")
            let found = entry.extents.flatMap { bytes[Int($0.offset)..<Int($0.offset + $0.byteCount)] }
            #expect(SHA256.digest(of: found) == SHA256.digest(of: content), "\(name)")
        }
    }

    @Test("a damaged volume is an error, never a crash")
    func survivesDamage() throws {
        let folder = try TestFolder()
        let bytes = try SmallFile.read(try Self.image(in: folder))
        var generator = SeededGenerator(seed: 20_261_121)
        var failures = 0
        for _ in 0..<Rounds.of(150) {
            var mutated = bytes
            for _ in 0..<4 {
                // Where the descriptors, file entries and folders lie: before the content.
                mutated[Int.random(in: 16 * 2048..<min(bytes.count, 420 * 2048), using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            do {
                let reader = try DiscReader(MemorySource(mutated), name: "mutated")
                if reader.refusedNames.contains(where: \.isDamage) { failures += 1 }
            } catch {
                failures += 1
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(failures > 0)
        for length in stride(from: 0, to: bytes.count, by: 40_000) {
            _ = try? DiscReader(MemorySource(Array(bytes[..<length])), name: "cut")
        }
    }
}
