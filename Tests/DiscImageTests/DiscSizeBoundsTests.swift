// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import TSMediaTestSupport
import Testing

@testable import DiscImage

@Suite("Bounds of the size of files on a disc")
struct DiscSizeBoundsTests {
    private static let created = Timestamp(unixSeconds: 1_700_000_000)

    private static func disc(
        _ files: [MediaFile], _ folders: [MediaPath], _ fileSystem: DiscFileSystem
    ) throws -> Int64 {
        try DiscLayout(
            DiscDescription(
                label: "Bounds", files: files, folders: folders, bootEntries: [], created: created,
                fileSystem: fileSystem)
        ).imageByteCount
    }

    private static func file(_ path: String, _ byteCount: Int64, _ content: UInt64) throws -> MediaFile {
        MediaFile(
            path: try MediaPath(path), byteCount: byteCount,
            sha256: SHA256.digest(of: withUnsafeBytes(of: content) { Array($0) }), modified: created)
    }

    @Test(
        "what random files add to a disc lies between the bounds", arguments: 0..<40 as Range<UInt64>,
        DiscFileSystem.allCases)
    func bounds(seed: UInt64, fileSystem: DiscFileSystem) throws {
        var generator = SeededGenerator(seed: seed)
        let base = try (0..<5).map { try Self.file("base\($0).bin", 3_000, UInt64($0) + 1_000_000) }
        let longName = String(
            repeating: "n", count: .random(in: 1...(fileSystem == .bridge ? 190 : 90), using: &generator))
        let largest: Int64 = [10, 5_000, 300_000, 9_000_000_000].randomElement(using: &generator) ?? 10
        var folders: [MediaPath] = []
        let files = try (0..<Int.random(in: 1...(seed.isMultiple(of: 4) ? 3 : 400), using: &generator)).map { index in
            let depth = Int.random(in: 0...4, using: &generator)
            let folder = (0..<depth).map { "folder\($0)-\(Int.random(in: 0...9, using: &generator))" }
            if index.isMultiple(of: 50) { folders.append(try MediaPath("SMS/PKG/ABC00001/empty\(index)")) }
            let path = (["SMS", "PKG", "ABC00001"] + folder + ["\(longName)\(index).x"]).joined(separator: "/")
            // Every content has its own size; some files share one, some are empty.
            let content = UInt64.random(in: 0...500, using: &generator)
            return try Self.file(path, Int64(content) * largest / 500, content)
        }
        var counted: Set<SHA256Digest> = []
        let bounds = DiscSizeBounds(of: files, folders: folders, fileSystem: fileSystem, counted: &counted)
        let added = try Self.disc(base + files, folders, fileSystem) - Self.disc(base, [], fileSystem)
        #expect(bounds.least <= added && added <= bounds.most, "\(bounds) \(added)")
        // Useful as well as true: not more than a fifth and some blocks apart where nothing is shared.
        #expect(bounds.most - bounds.least <= added / 2 + Int64(files.count) * 2_500 + 1_000_000)
    }

    @Test(
        "files that join a folder, or come beside nothing, add at least what the bounds say, however few or many",
        arguments: DiscFileSystem.allCases, ["SMS/base.bin", "base.bin"])
    func oneFolder(fileSystem: DiscFileSystem, other: String) throws {
        let base = [try Self.file(other, 3_000, 1_000_000)]
        let alone = try Self.disc(base, [], fileSystem)
        for count in [1, 2, 7, 40, 100, 150, 200, 300, 500] {
            let files = try (0..<count).map { try Self.file("SMS/\($0).x", 1, UInt64($0)) }
            var counted: Set<SHA256Digest> = []
            let bounds = DiscSizeBounds(of: files, folders: [], fileSystem: fileSystem, counted: &counted)
            let added = try Self.disc(base + files, [], fileSystem) - alone
            #expect(bounds.least <= added && added <= bounds.most, "\(count): \(bounds) \(added)")
        }
    }

    @Test("content that another item holds may add nothing")
    func shared() throws {
        let file = try Self.file("SMS/PKG/ABC00001/a.bin", 1_000_000, 1)
        var counted: Set<SHA256Digest> = []
        let first = DiscSizeBounds(of: [file], folders: [], fileSystem: .iso, counted: &counted)
        let second = DiscSizeBounds(of: [file], folders: [], fileSystem: .iso, counted: &counted)
        #expect(first.least >= 1_000_000 && second.least < 10_000 && second.most == first.most)
    }
}
