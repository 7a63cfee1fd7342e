// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// What a disc says of all that is no file.
@Suite("What discs say of their structures")
struct StructureStatementTests {
    private static let block = 2048

    /// What is found on a disc of `bytes`; what cannot be read at all is nil.
    private static func parts(_ bytes: [UInt8]) throws -> [DiscPart]? {
        let source = MemorySource(bytes)
        do {
            return try DiscReader(source, name: "disc").damagedParts(source, name: "disc", bootImages: [:])
        } catch let error as DiscImageError where [.damaged, .notADisc].contains(error.code) {
            return nil
        }
    }

    /// The blocks that are no file's, without the system area.
    private static func structures(_ disc: SampleDisc, _ bytes: [UInt8]) throws -> [Int] {
        let files = try DiscReader(path: disc.image).entries.flatMap(\.extents).flatMap {
            Int($0.offset) / block..<(Int($0.offset + $0.byteCount) + block - 1) / block
        }
        return Set(16..<bytes.count / block).subtracting(files).sorted()
    }

    @Test("a disc as it was written agrees with itself", arguments: DiscFileSystem.allCases)
    func whole(fileSystem: DiscFileSystem) throws {
        let disc = try SampleDisc.everything(fileSystem)
        #expect(try Self.parts(SmallFile.read(disc.image)) == [])
    }

    @Test(
        "a bit that is flipped anywhere but in files is found, of names, times and padding too",
        arguments: DiscFileSystem.allCases)
    func flipped(fileSystem: DiscFileSystem) throws {
        let disc = try SampleDisc.everything(fileSystem)
        let bytes = try SmallFile.read(disc.image)
        let structures = try Self.structures(disc, bytes)
        var generator = SeededGenerator(seed: 20_261_130)
        // Each block with something in it, at places where it says something and at random ones.
        for number in structures {
            let used = (0..<Self.block).filter { bytes[number * Self.block + $0] != 0 }
            let places =
                (used.isEmpty ? [] : (0..<Rounds.of(16)).compactMap { _ in used.randomElement(using: &generator) })
                + [Int.random(in: 0..<Self.block, using: &generator)]
            for place in places {
                var damaged = bytes
                damaged[number * Self.block + place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                #expect(try Self.parts(damaged) != [], "block \(number), byte \(place)")
            }
        }
    }

    @Test("a block that is gone is found, each of all", arguments: DiscFileSystem.allCases)
    func gone(fileSystem: DiscFileSystem) throws {
        let disc = try SampleDisc.everything(fileSystem)
        let bytes = try SmallFile.read(disc.image)
        for number in try Self.structures(disc, bytes) {
            let range = number * Self.block..<(number + 1) * Self.block
            guard bytes[range].contains(where: { $0 != 0 }) else { continue }
            var damaged = bytes
            damaged.replaceSubrange(range, with: repeatElement(0, count: Self.block))
            #expect(try Self.parts(damaged) != [], "block \(number)")
        }
    }

    @Test(
        "a disc whose first descriptor or root is gone is a damaged one, and not one of somebody else's",
        arguments: [false, true])
    func misleading(isRoot: Bool) throws {
        let disc = try SampleDisc.everything(.iso)
        var bytes = try SmallFile.read(disc.image)
        let joliet = try #require(try VolumeDescriptors(MemorySource(bytes), name: "disc").joliet)
        let block = isRoot ? Int(joliet.root.offset) / Self.block : 16
        bytes.replaceSubrange(block * Self.block..<(block + 1) * Self.block, with: repeatElement(0, count: Self.block))
        let error = #expect(throws: DiscImageError.self) { try DiscReader(MemorySource(bytes), name: "disc") }
        #expect(error?.code == .damaged)
    }

    @Test("the slack of a file and the system area belong to nobody, and are not looked at")
    func outside() throws {
        let disc = try SampleDisc.everything(.bridge)
        var bytes = try SmallFile.read(disc.image)
        let file = try #require(try DiscReader(path: disc.image).entry(try MediaPath("boot/BCD")))
        bytes[Int(try #require(file.contiguousOffset)) + 2_000] = 1
        bytes[512] = 1
        #expect(try Self.parts(bytes) == [])
    }

    @Test("a statement that is damaged is found, and a disc without one is another program's")
    func statement() throws {
        let disc = try SampleDisc.everything(.iso)
        let bytes = try SmallFile.read(disc.image)
        for change in [
            "tsmedia structures 1 x", "tsmedia structures 1 99999999999 ", "tsmedia structures 1 4294967295 ",
        ] {
            var damaged = bytes
            damaged.replaceSubrange(
                StructureStatement.offset..<StructureStatement.offset + change.utf8.count, with: change.utf8)
            #expect(try Self.parts(damaged) == [.structures], "\(change)")
        }
        var others = bytes
        others.replaceSubrange(
            StructureStatement.offset..<StructureStatement.offset + 512, with: repeatElement(0x20, count: 512))
        #expect(try Self.parts(others) == [])
    }

    /// Recomputes the statement from docs/formats/ours.md and what xorriso says of the places of files.
    private static let recount = """
        import hashlib, re, struct, sys
        image = open(sys.argv[1], 'rb').read()
        files = set()
        for line in sys.stdin:
            found = re.match(r'File data lba: *\\d+ *, *(\\d+) *, *(\\d+) *, *(\\d+) *,', line)
            if found and int(found[3]): files.update(range(int(found[1]), int(found[1]) + int(found[2])))
        field = image[16 * 2048 + 883:16 * 2048 + 1395]
        words = field.decode('ascii').split()
        assert words[:3] == ['tsmedia', 'structures', '1'] and len(words) == 5, words
        assert field == ' '.join(words).encode().ljust(512), field
        digest = hashlib.sha256()
        for number in range(16, int(words[3])):
            block = image[number * 2048:(number + 1) * 2048]
            if number == 16: block = block[:883] + bytes(512) + block[1395:]
            if number not in files and any(block): digest.update(struct.pack('<Q', number) + block)
        print(int(words[3]) * 2048 == len(image), digest.hexdigest() == words[4])
        """

    @Test("another program counts the same, from the places that xorriso tells", arguments: DiscFileSystem.allCases)
    func recounted(fileSystem: DiscFileSystem) throws {
        let disc = try SampleDisc.everything(fileSystem)
        let places = try Program.succeed(
            "xorriso", ["-indev", disc.image.string, "-find", "/", "-type", "f", "-exec", "report_lba"])
        let said = try Program.succeed(
            "python3", ["-c", Self.recount, disc.image.string], input: Array(places.output.utf8))
        #expect(said.output == "True True\n", "\(said.output) \(places.output)")
    }
}
