// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// Damage of everything by which a reader finds the files of a bridge.
@Suite("A damaged UDF bridge")
struct BridgeDamageTests {
    private let disc: SampleDisc
    private let bytes: [UInt8]
    private let images: [DiscFirmware: DiscEntry]
    private static let block = 2048

    init() throws {
        disc = try SampleDisc.everything(.bridge)
        bytes = try SmallFile.read(disc.image)
        let reader = try DiscReader(path: disc.image)
        images = [
            .bios: try #require(reader.entry(try MediaPath("boot/etfsboot.com"))),
            .uefi: try #require(reader.entry(try MediaPath("EFI/Microsoft/Boot/efisys.bin"))),
        ]
    }

    /// What is found on the disc when it has `damaged` bytes; what cannot be read at all is nil.
    private func parts(_ damaged: [UInt8]) throws -> [DiscPart]? {
        let source = MemorySource(damaged)
        do {
            return try DiscReader(source, name: "disc").damagedParts(source, name: "disc", bootImages: images)
        } catch let error as DiscImageError where [.damaged, .notADisc].contains(error.code) {
            return nil
        }
    }

    private func flipped(_ offset: Int) -> [UInt8] {
        var damaged = bytes
        damaged[offset] ^= 1 << UInt8(offset % 8)
        return damaged
    }

    @Test("a disc as it was written has none")
    func whole() throws { #expect(try parts(bytes) == []) }

    /// Where each structure of UDF outside the partition lies, and how many bytes of it say something.
    private static let structures: [(Range<Int>, DiscPart)] = [
        (20 * block..<20 * block + 7, .udf(.recognition)), (21 * block..<21 * block + 7, .udf(.recognition)),
        (22 * block..<22 * block + 7, .udf(.recognition)),
        (32 * block..<32 * block + 512, .udf(.mainSequence)), (33 * block..<33 * block + 512, .udf(.mainSequence)),
        (34 * block..<34 * block + 512, .udf(.mainSequence)), (35 * block..<35 * block + 512, .udf(.mainSequence)),
        (36 * block..<36 * block + 24, .udf(.mainSequence)), (37 * block..<37 * block + 512, .udf(.mainSequence)),
        (48 * block..<48 * block + 512, .udf(.reserveSequence)),
        (49 * block..<49 * block + 512, .udf(.reserveSequence)),
        (50 * block..<50 * block + 512, .udf(.reserveSequence)),
        (51 * block..<51 * block + 512, .udf(.reserveSequence)),
        (52 * block..<52 * block + 24, .udf(.reserveSequence)),
        (53 * block..<53 * block + 512, .udf(.reserveSequence)),
        (64 * block..<64 * block + 134, .udf(.integrity)), (65 * block..<65 * block + 512, .udf(.integrity)),
        (256 * block..<256 * block + 512, .udf(.firstAnchor)),
        (257 * block..<257 * block + 512, .udf(.fileSet)), (258 * block..<258 * block + 512, .udf(.fileSet)),
    ]

    @Test("a flipped bit of any structure that UDF is found by is found, and named", arguments: structures)
    func structure(range: Range<Int>, part: DiscPart) throws {
        for offset in range where offset % Rounds.of(1, step: 29) == 0 || offset == range.lowerBound {
            let found = try parts(flipped(offset))
            // The second of two is found beside what it disagrees with.
            #expect(found == nil || found?.contains(part) == true, "byte \(offset): \(found ?? [])")
        }
    }

    @Test(
        "each structure that is gone altogether is found, and what is there twice does not keep the files from being read"
    )
    func gone() throws {
        let last = bytes.count / Self.block - 1
        let twice: [(Range<Int>, DiscPart)] = [
            (256..<257, .udf(.firstAnchor)), (last..<last + 1, .udf(.lastAnchor)), (32..<48, .udf(.mainSequence)),
            (48..<64, .udf(.reserveSequence)), (64..<66, .udf(.integrity)), (20..<21, .udf(.recognition)),
            (21..<22, .udf(.recognition)), (22..<23, .udf(.recognition)),
        ]
        for (blocks, part) in twice {
            var damaged = bytes
            let range = blocks.lowerBound * Self.block..<blocks.upperBound * Self.block
            damaged.replaceSubrange(range, with: [UInt8](repeating: 0, count: range.count))
            #expect(try parts(damaged) == [part], "blocks \(blocks)")
            let files = try DiscReader(MemorySource(damaged), name: "disc").entries.lazy.filter { !$0.isFolder }
            #expect(files.count == disc.files.count, "blocks \(blocks)")
        }
    }

    @Test("a flipped bit of any entry or identifier is found")
    func entries() throws {
        let fileSet = try #require(disc.layout.fileSet)
        var ranges: [Range<Int>] = []
        for folder in fileSet.folders {
            let start = (Int(UDFPlaces.partition) + Int(folder.block)) * Self.block
            ranges.append(start..<start + 176 + 8)
            ranges.append(start + Self.block..<start + Self.block + folder.identifiers.count)
            let files = start + Self.block * (1 + UDFFileSet.blocks(folder.identifiers.count))
            for (index, file) in folder.files.enumerated() {
                let entry = files + index * Self.block
                ranges.append(entry..<entry + 176 + (file.byteCount > 0 ? 8 : 0))
            }
        }
        for range in ranges {
            for offset in range where offset % Rounds.of(1, step: 97) == 0 || offset == range.lowerBound {
                let found = try parts(flipped(offset))
                #expect(found == nil || found?.contains(.udf(.entries)) == true, "byte \(offset): \(found ?? [])")
            }
        }
    }

    @Test("a flipped bit of the volume descriptors of ISO 9660, of a path table or of a directory's numbers is found")
    func iso() throws {
        let descriptors = try VolumeDescriptors(MemorySource(bytes), name: "disc")
        let ends = 16 * Self.block..<20 * Self.block
        for offset in ends where offset % Rounds.of(1, step: 67) == 0 {
            let found = try parts(flipped(offset))
            // What the disc says of itself is in the first descriptor, and in no other.
            let statement = 16 * Self.block + 883..<16 * Self.block + 1395
            let part: DiscPart = statement.contains(offset) ? .structures : .volumeDescriptors
            #expect(found == nil || found?.contains(part) == true, "byte \(offset): \(found ?? [])")
        }
        for (volume, tree, table) in [
            (descriptors.primary, DiscPart.primaryTree, DiscPart.primaryPathTables),
            (descriptors.joliet, .jolietTree, .jolietPathTables),
        ] {
            let volume = try #require(volume)
            let tables = volume.pathTables
            for block in [tables.littleEndianBlock, tables.bigEndianBlock] {
                let start = Int(block) * Self.block
                var offset = start
                while offset < start + Int(tables.byteCount) {
                    // All but the length of an extended attribute record, which nothing has.
                    let length = Int(bytes[offset])
                    for place in [0] + Array(2..<8 + length) {
                        #expect(try parts(flipped(offset + place)) == [table], "byte \(offset + place)")
                    }
                    offset += 8 + length + length % 2
                }
            }
            // ECMA-119 9.1: places, lengths and flags of the root itself, the folder above, and the first two in it.
            var offset = Int(volume.root.offset)
            for number in 0..<4 {
                for place in Array(2..<18) + [25] where number > 1 || (2..<10).contains(place) {
                    let found = try parts(flipped(offset + place))
                    #expect(found == [tree], "record \(number), byte \(place): \(found ?? [])")
                }
                offset += Int(bytes[offset])
            }
        }
    }

    @Test("nothing is said of the UDF of somebody else, whatever its descriptors are like")
    func foreign() throws {
        let folder = try TestFolder()
        try folder.write([1], to: "tree/a.txt")
        let path = folder.appending("theirs.iso")
        try Program.succeed(
            "genisoimage", ["-quiet", "-udf", "-J", "-o", path.string, folder.appending("tree").string])
        #expect(try DiscReader(path: path).damagedParts(of: path, bootImages: [:]) == [])
        var bytes = try SmallFile.read(path)
        bytes.replaceSubrange(48 * Self.block..<49 * Self.block, with: [UInt8](repeating: 0, count: Self.block))
        let damaged = try folder.write(bytes, to: "damaged.iso")
        #expect(try DiscReader(path: damaged).damagedParts(of: damaged, bootImages: [:]) == [])
    }
}
