// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

@Suite("Reading a disc")
struct DiscReaderTests {
    @Test("images of other writers are read", arguments: ["xorriso", "genisoimage"], [["-J"], [], ["-J", "-R"]])
    func readsOthers(writer: String, options: [String]) throws {
        let folder = try TestFolder()
        try folder.write(Array("one".utf8), to: "tree/SMS/data/one.txt")
        try folder.write(Array("two".utf8), to: "tree/BOOTMGR")
        let image = folder.appending("disc.iso")
        let arguments = ["-quiet", "-o", image.string] + options + [folder.appending("tree").string]
        try Program.succeed(writer, writer == "xorriso" ? ["-as", "mkisofs"] + arguments : arguments)
        let reader = try DiscReader(path: image)
        // Without Joliet the names are upper case and had `;1`, which is cut.
        for name in ["SMS/data/one.txt", "BOOTMGR"] {
            let entry = try #require(reader.entry(try MediaPath(name)))
            #expect(entry.byteCount == 3)
        }
    }

    @Test("what is no image is told from what is a damaged one")
    func tellsWhatItIs() throws {
        let folder = try TestFolder()
        let text = try folder.write([UInt8](repeating: 0x41, count: 100_000), to: "text.iso")
        let noDisc = #expect(throws: DiscImageError.self) { try DiscReader(path: text) }
        #expect(noDisc?.code == .notADisc)
        let empty = try folder.write([], to: "empty.iso")
        #expect(throws: DiscImageError.self) { try DiscReader(path: empty) }
        let disc = try SampleDisc.everything()
        let cut = try folder.write(Array(try SmallFile.read(disc.image).prefix(44 * 2048)), to: "cut.iso")
        let damaged = #expect(throws: DiscImageError.self) { try DiscReader(path: cut) }
        #expect(damaged?.code == .damaged)
    }

    @Test("a device without end and a missing file are errors, not hangs")
    func survivesOddFiles() {
        #expect(throws: (any Error).self) { try DiscReader(path: "/dev/zero") }
        #expect(throws: FileError.self) { try DiscReader(path: "/nonexistent.iso") }
    }

    @Test("a loop of folders is damage")
    func refusesLoops() throws {
        let disc = try SampleDisc(["a/b/c.txt": [1]])
        var bytes = try SmallFile.read(disc.image)
        let reader = try DiscReader(path: disc.image)
        #expect(reader.entries.count == 3)
        // In the Joliet tree, give the folder "b" the extent of the root.
        let volume = try VolumeDescriptors(MemorySource(bytes), name: "disc")
        let root = try #require(volume.joliet).root
        let block = UInt32(root.offset / 2048)
        let name: [UInt8] = [2, 0, UInt8(ascii: "b")]
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) && bytes[$0 - 7] & 2 != 0 })
        withUnsafeBytes(of: block.littleEndian) { bytes.replaceSubrange(place - 30..<place - 26, with: $0) }
        withUnsafeBytes(of: block.bigEndian) { bytes.replaceSubrange(place - 26..<place - 22, with: $0) }
        let error = #expect(throws: DiscImageError.self) {
            try DiscReader(MemorySource(bytes), name: "disc")
        }
        #expect(error?.problem.contains("loop") == true)
    }

    @Test("3,000 random changes never crash the reader")
    func survivesMutations() throws {
        let disc = try SampleDisc.everything()
        let metadata = disc.layout.metadata
        var generator = SeededGenerator(seed: 4_711)
        var failures = 0
        for _ in 0..<Rounds.of(3_000) {
            var mutated = metadata
            for _ in 0..<3 {
                mutated[Int.random(in: 16 * 2048..<mutated.count, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            do {
                _ = try DiscReader(MemorySource(mutated), name: "mutated")
            } catch {
                failures += 1
                #expect(!error.description.contains("\n"))
            }
        }
        #expect(failures > 0)
    }
}
