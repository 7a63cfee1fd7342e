// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// Descriptors of anybody's UDF that are not as they were written (ECMA-167 3/7.2): whoever reads one says so.
@Suite("Damaged descriptors of UDF", .timeLimit(.minutes(5)))
struct UDFDamageTests {
    /// What is read of a volume.
    private struct Reading: Equatable {
        var files: [String: [UInt8]] = [:]
        var folders: Set<String> = []

        init(_ reader: DiscReader, of bytes: [UInt8]) {
            for entry in reader.entries {
                guard !entry.isFolder else {
                    folders.insert(entry.path.description)
                    continue
                }
                files[entry.path.description] = entry.extents.flatMap { extent -> [UInt8] in
                    guard !extent.isHole else { return [UInt8](repeating: 0, count: Int(extent.byteCount)) }
                    let start = min(Int(extent.offset), bytes.count)
                    return Array(bytes[start..<min(bytes.count, start + Int(extent.byteCount))])
                }
            }
        }
    }

    /// True when the volume is read as `whole`, or is told to be damaged: what is not told is as it was.
    private func isToldOrWhole(_ bytes: [UInt8], _ whole: Reading) -> Bool {
        do throws(DiscImageError) {
            let reader = try DiscReader(MemorySource(bytes), name: "volume")
            return reader.refusedNames.contains(where: \.isDamage) || Reading(reader, of: bytes) == whole
        } catch { return error.code == .damaged }
    }

    @Test(
        "a flipped bit of a descriptor is told, or a second one is read: never other files without a word",
        arguments: [
            UDFKindsTests.Kind(.plain, 0x0102, 2048), UDFKindsTests.Kind(.plain, 0x0201, 512, extended: true),
            UDFKindsTests.Kind(.sparable(movedPacketCount: 2), 0x0201, 2048),
            UDFKindsTests.Kind(.metadata(hasMirror: true), 0x0250, 2048, extended: true),
            UDFKindsTests.Kind(.metadata(hasMirror: false), 0x0250, 2048, extended: true),
        ])
    func anyBit(kind: UDFKindsTests.Kind) throws {
        var builder = kind.builder
        var bytes = builder.image()
        let reader = try DiscReader(MemorySource(bytes), name: "volume")
        let whole = Reading(reader, of: bytes)
        #expect(reader.refusedNames.isEmpty && whole.files.count == builder.files.count)
        let size = kind.blockByteCount
        // Anchors, sequences and tables; entries, lists and identifiers wherever they lie. Blocks of nothing say nothing.
        let blocks = (256..<345).map { $0 } + (384..<450).map { $0 } + (1024..<2700).map { $0 }
        var told = 0
        for block in blocks where (block + 1) * size <= bytes.count {
            let tag = ByteReader(bytes[block * size..<block * size + 16]).udfTag
            guard let tag, tag != 0 || bytes[block * size..<block * size + 16].contains(where: { $0 != 0 }) else {
                continue
            }
            for place in stride(from: block % 13, to: min(size, 480), by: Rounds.of(1, step: 41)) {
                // In place: a volume has some megabytes.
                let bit = UInt8(1) << UInt8((block + place) % 8)
                bytes[block * size + place] ^= bit
                #expect(isToldOrWhole(bytes, whole), "block \(block), byte \(place)")
                bytes[block * size + place] ^= bit
                told += 1
            }
        }
        #expect(told > 300)
    }

    /// A disc of genisoimage, and where its blocks with `tag` lie.
    private func disc(_ folder: TestFolder) throws -> [UInt8] {
        for name in ["a.txt", "folder/b.txt", "folder/inner/c.txt", "other/d.txt"] {
            try folder.write(Array("content of \(name)".utf8), to: "tree/\(name)")
        }
        let image = folder.appending("theirs.iso")
        try Program.succeed(
            "genisoimage", ["-quiet", "-udf", "-J", "-o", image.string, folder.appending("tree").string])
        return try SmallFile.read(image)
    }

    private func blocks(_ bytes: [UInt8], _ tag: UDFTag) -> [Int] {
        (257..<bytes.count / 2048).filter { block in
            ByteReader(bytes[block * 2048..<(block + 1) * 2048]).udfTag == tag.rawValue
        }
    }

    @Test(
        "the damage of a file is told with its block and of it alone, that of a folder for all in it, that of the root for the disc"
    )
    func places() throws {
        let folder = try TestFolder()
        let bytes = try disc(folder)
        let entries = blocks(bytes, .fileEntry)
        var told: [String: String] = [:]
        for block in entries {
            var damaged = bytes
            // 4/14.14.1: the place of the first extent.
            damaged[block * 2048 + 180] ^= 1
            do {
                let reader = try DiscReader(MemorySource(damaged), name: "disc")
                let damage = try #require(reader.refusedNames.first)
                #expect(reader.refusedNames.count == 1 && damage.isDamage && damage.failureClass == .malformed)
                #expect(damage.problem.contains("in block \(block) "), "\(damage.problem)")
                told[damage.name] = damage.problem.description
                // The others are read.
                #expect(
                    reader.entries.contains {
                        $0.path.description == (damage.name == "a.txt" ? "other/d.txt" : "a.txt")
                    })
            } catch let error as DiscImageError {
                #expect(error.code == .damaged && error.problem.contains("in block \(block) "), "\(error)")
                told["/"] = error.description
            }
        }
        #expect(
            Set(told.keys)
                == [
                    "/", "a.txt", "folder", "folder/b.txt", "folder/inner", "folder/inner/c.txt", "other",
                    "other/d.txt",
                ])
    }

    @Test("an identifier that was made one of a deleted file, a folder or another name is told of its folder")
    func identifiers() throws {
        let folder = try TestFolder()
        let bytes = try disc(folder)
        for block in blocks(bytes, .fileIdentifier) {
            var offset = block * 2048
            while ByteReader(bytes[offset..<offset + 38]).udfTag == UDFTag.fileIdentifier.rawValue {
                let length = (38 + Int(bytes[offset + 19]) + Int(bytes[offset + 36]) + 3) / 4 * 4
                // 4/14.4.3 and 4/14.4.5: characteristics, the place of its entry, and the name.
                for (place, bit) in [(18, UInt8(4)), (18, 2), (24, 1), (length - 4, 1)] where place >= 18 {
                    var damaged = bytes
                    damaged[offset + place] ^= bit
                    let reader = try? DiscReader(MemorySource(damaged), name: "disc")
                    #expect(
                        reader?.refusedNames.contains { $0.isDamage && $0.problem.contains("in block \(block) ") }
                            ?? true,
                        "block \(block), byte \(place)")
                }
                offset += length
            }
        }
    }

    @Test("a disc that announces UDF and leads to none is damaged, though another tree is there")
    func noAnchor() throws {
        let folder = try TestFolder()
        var bytes = try disc(folder)
        for block in blocks(bytes, .anchor) + [256] { bytes[block * 2048 + 16] ^= 1 }
        let error = #expect(throws: DiscImageError.self) { try DiscReader(MemorySource(bytes), name: "disc") }
        #expect(error?.code == .damaged && error?.problem.contains("none of the anchors") == true)
    }
}
