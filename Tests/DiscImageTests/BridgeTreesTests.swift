// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import DiscImage

/// Trees and damage at random.
@Suite("Random UDF bridges")
struct BridgeTreesTests {
    private static let alphabets = [
        "abcdefghijklmnopqrstuvwxyz0123456789 ._-", "äöüßéÿÅ×÷abc", "名前日本語テキスト。abc", "🦊😀𝔘a",
    ].map { Array($0) }

    /// A name of any length that UDF holds.
    private static func name(_ number: Int, _ generator: inout SeededGenerator) -> String {
        let alphabet = alphabets.randomElement(using: &generator) ?? []
        let limit = Int.random(in: 1...3, using: &generator) == 1 ? 55 : 12
        let middle = (0..<Int.random(in: 0...limit, using: &generator)).compactMap { _ in
            alphabet.randomElement(using: &generator)
        }
        return "\(number)\(String(middle))x"
    }

    static func disc(_ generator: inout SeededGenerator) throws -> SampleDisc {
        var folders = [""]
        for number in 0..<Int.random(in: 0...12, using: &generator) {
            let parent = folders.randomElement(using: &generator) ?? ""
            guard parent.utf16.count < 500 else { continue }
            folders.append("\(parent)d\(name(number, &generator))/")
        }
        var files: [(String, [UInt8])] = []
        for number in 0..<Int.random(in: 1...60, using: &generator) {
            let folder = folders.randomElement(using: &generator) ?? ""
            let size = [0, 1, 100, 2_047, 2_048, 2_049, 140_000].randomElement(using: &generator) ?? 0
            // Some contents are there twice.
            files.append(
                (folder + "f" + name(number, &generator), SampleDisc.bytes(size, seed: UInt64(number % 40))))
        }
        return try SampleDisc(files, folders: folders.dropFirst().map { String($0.dropLast()) })
    }

    @Test("trees at random are the same through UDF, through Joliet, for 7z and for pycdlib")
    func randomTrees() throws {
        var generator = SeededGenerator(seed: 20_261_130)
        for _ in 0..<Rounds.of(200, percent: 3) {
            let disc = try Self.disc(&generator)
            let bytes = try SmallFile.read(disc.image)
            let reader = try DiscReader(path: disc.image)
            let files = reader.entries.filter { !$0.isFolder }
            #expect(Set(files.map(\.path.description)) == Set(disc.files.keys))
            for file in files {
                let found = file.extents.flatMap { bytes[Int($0.offset)..<Int($0.offset + $0.byteCount)] }
                #expect(found == disc.files[file.path.description], "\(file.path)")
            }
            let output = disc.folder.appending("out")
            try Program.succeed("7z", ["x", "-o\(output)", disc.image.string])
            for (name, content) in disc.files {
                #expect(try SmallFile.read(output.appending(name)) == content, "\(name)")
            }
            let folders = reader.entries.filter(\.isFolder)
            for folder in folders { _ = try FolderEntry.entries(of: output.appending(folder.path.description)) }
            // Joliet has as many, each where UDF has it.
            let volume = try #require(try VolumeDescriptors(MemorySource(bytes), name: "disc").joliet)
            var walk = DirectoryWalk(MemorySource(bytes), name: "disc", encoding: .utf16BigEndian)
            var joliet: [DiscEntry] = []
            try walk.run(root: volume.root) { joliet.append($0) }
            #expect(joliet.count == reader.entries.count)
            #expect(
                joliet.map { $0.contiguousOffset ?? 0 }.sorted()
                    == reader.entries.map { $0.contiguousOffset ?? 0 }.sorted())
            let names = try BridgeTests.pycdlib(disc.image)
            #expect(names == disc.files.mapValues { BridgeTests.digest($0) })
        }
    }

    @Test("a damaged bridge is read or refused, never a crash")
    func survivesDamage() throws {
        let disc = try SampleDisc.everything(.bridge)
        let bytes = disc.layout.metadata
        var generator = SeededGenerator(seed: 20_261_201)
        var failures = 0
        for _ in 0..<Rounds.of(200) {
            var mutated = bytes
            for _ in 0..<4 {
                let area = [32 * 2048..<70 * 2048, 256 * 2048..<310 * 2048].randomElement(using: &generator)
                mutated[Int.random(in: area ?? 0..<1, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            do {
                let source = MemorySource(mutated)
                _ = try DiscReader(source, name: "mutated").damagedParts(source, name: "mutated", bootImages: [:])
            } catch {
                failures += 1
                #expect(!"\(error)".contains("\n"))
            }
        }
        #expect(failures > 0)
        for length in stride(from: 0, to: bytes.count, by: 9_000) {
            #expect(throws: DiscImageError.self) {
                try DiscReader(MemorySource(Array(bytes[..<length])), name: "cut")
            }
        }
    }
}
