// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// Records of ISO 9660 and Joliet that contradict themselves or each other.
@Suite("Damaged directories of ISO 9660 and Joliet")
struct TreeDamageTests {
    /// Where the records of a folder of a disc lie, in bytes.
    private static func records(_ bytes: [UInt8], at folder: Int) -> [Int] {
        var (places, offset) = ([Int](), folder)
        while offset < folder + 2048, bytes[offset] > 0 {
            places.append(offset)
            offset += Int(bytes[offset])
        }
        return places
    }

    private static func disc(_ folder: TestFolder, _ program: String, _ options: [String]) throws -> [UInt8] {
        for name in ["AAAA.TXT", "BBB.TXT", "CC.TXT", "DDDD/EE.TXT", "DDDD/FFF.TXT", "DDDD/GGGG/H.TXT"] {
            try folder.write(Array("content of \(name)".utf8), to: "tree/\(name)")
        }
        let image = folder.appending("theirs.iso")
        try Program.succeed(
            program,
            (program == "xorriso" ? ["-as", "mkisofs"] : []) + ["-quiet", "-o", image.string] + options
                + [folder.appending("tree").string])
        return try SmallFile.read(image)
    }

    /// What is read, each with where it lies; nil for a disc that is told to be damaged.
    private static func entries(_ bytes: [UInt8]) throws -> (entries: [DiscEntry], damages: [MediaPathError])? {
        do throws(DiscImageError) {
            let reader = try DiscReader(MemorySource(bytes), name: "disc")
            return (reader.entries, reader.refusedNames.filter(\.isDamage))
        } catch {
            #expect(error.code == .damaged || error.code == .unsupported, "\(error)")
            return nil
        }
    }

    @Test(
        "lengths, places and sizes that are not as they were written are told: never fewer files or others without a word",
        arguments: [("genisoimage", ["-J"]), ("genisoimage", []), ("genisoimage", ["-R"]), ("xorriso", ["-J"])])
    func records(program: String, options: [String]) throws {
        let folder = try TestFolder()
        let bytes = try Self.disc(folder, program, options)
        let whole = try #require(try Self.entries(bytes))
        #expect(whole.damages.isEmpty && whole.entries.count == 8)
        let descriptors = try VolumeDescriptors(MemorySource(bytes), name: "disc")
        let volume = try #require(descriptors.joliet ?? descriptors.primary)
        let root = Int(volume.root.offset)
        // The folders of the root, by the places of their records.
        let folders = Self.records(bytes, at: root).dropFirst(2).filter { bytes[$0 + 25] & 2 != 0 }
            .map { Int(ByteReader(bytes[$0..<$0 + 34]).littleEndian(UInt32.self, at: 2) ?? 0) * 2048 }
        #expect(folders.count == 1)
        var toldOfFiles: Set<String> = []
        for start in [root] + folders {
            for record in Self.records(bytes, at: start).dropFirst(2) {
                let length = bytes[record]
                let lengths: [(Int, UInt8)] = [0, length &+ 1, length &- 1, length &+ 2, length &- 2].map { (0, $0) }
                let flips = Array(2..<18).flatMap { place in
                    [UInt8(1), 0x80].map { (place, bytes[record + place] ^ $0) }
                }
                for (place, value) in lengths + flips {
                    var damaged = bytes
                    damaged[record + place] = value
                    guard let found = try Self.entries(damaged) else { continue }
                    #expect(
                        !found.damages.isEmpty || found.entries == whole.entries,
                        "record at \(record), byte \(place) \(value): \(found.entries.map(\.path))")
                    if place > 0 { toldOfFiles.formUnion(found.damages.map(\.name)) }
                    for damage in found.damages {
                        #expect(damage.problem.contains("in block "), "\(damage.problem)")
                    }
                }
            }
        }
        // One whose place or size alone is wrong keeps none of the others from being read.
        #expect(toldOfFiles.isSuperset(of: ["AAAA.TXT", "BBB.TXT", "CC.TXT", "DDDD", "DDDD/EE.TXT", "DDDD/GGGG"]))
    }

    @Test("a root that the volume descriptor has in two places is damage, and not a tree that begins elsewhere")
    func root() throws {
        let folder = try TestFolder()
        let bytes = try Self.disc(folder, "genisoimage", [])
        // ECMA-119 8.4.18: the record of the root.
        for place in [158, 162, 166, 170] {
            var damaged = bytes
            damaged[16 * 2048 + place] ^= 1
            let error = #expect(throws: DiscImageError.self) { try DiscReader(MemorySource(damaged), name: "disc") }
            #expect(error?.problem.contains("contradicts itself") == true, "byte \(place)")
        }
    }

    @Test("a disc that has no number right in the second byte order is read, as Windows reads it")
    func oneOrder() throws {
        let folder = try TestFolder()
        var bytes = try Self.disc(folder, "genisoimage", [])
        let whole = try #require(try Self.entries(bytes))
        let root = Int(try #require(try VolumeDescriptors(MemorySource(bytes), name: "disc").primary).root.offset)
        var records = [16 * 2048 + 156]
        var pending = [root]
        while let start = pending.popLast() {
            let found = Self.records(bytes, at: start)
            records += found
            pending += found.dropFirst(2).filter { bytes[$0 + 25] & 2 != 0 }
                .map { Int(ByteReader(bytes[$0..<$0 + 34]).littleEndian(UInt32.self, at: 2) ?? 0) * 2048 }
        }
        for record in records {
            for range in [6..<10, 14..<18] {
                bytes.replaceSubrange(record + range.lowerBound..<record + range.upperBound, with: [0, 0, 0, 0])
            }
        }
        let found = try #require(try Self.entries(bytes))
        #expect(found.damages.isEmpty && found.entries == whole.entries)
    }

    @Test(
        "zeros behind the records that are none do not make a disc a damaged one; a name without its even byte neither")
    func oddities() throws {
        let folder = try TestFolder()
        var bytes = try Self.disc(folder, "genisoimage", [])
        let whole = try #require(try Self.entries(bytes))
        let root = Int(try #require(try VolumeDescriptors(MemorySource(bytes), name: "disc").primary).root.offset)
        let last = try #require(Self.records(bytes, at: root).last)
        let end = last + Int(bytes[last])
        for place in end + 1..<root + 2048 { bytes[place] = UInt8(truncatingIfNeeded: place &* 7) }
        let found = try #require(try Self.entries(bytes))
        #expect(found.damages.isEmpty && found.entries == whole.entries)
    }
}
