// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

/// Writing archives from files that lie anywhere.
@Suite("Writing archives")
struct WritingTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// What the archives hold: compressible text over several segments, noise, small files, empty ones, two of one content.
    private static let contents: [(path: String, bytes: [UInt8])] = {
        var generator = SeededGenerator(seed: 6)
        var noise = [UInt8](repeating: 0, count: 1_500_000)
        for index in noise.indices { noise[index] = UInt8.random(in: 0...255, using: &generator) }
        let text = Array(String(repeating: "a line of text that is like many others\r\n", count: 80_000).utf8)
        return [
            ("sources/boot.wim", Array("MSWIM\0\0\0".utf8) + text.prefix(70_000)), ("Deep/er/Größe.txt", text),
            ("Deep/noise.bin", noise), ("Deep/again.bin", noise), ("deep/case.txt", Array("one folder".utf8)),
            ("empty.txt", []), ("short.txt", Array("x".utf8)), ("exact.bin", Array(text.prefix(32 << 10))),
            ("two.bin", Array(text.prefix(64 << 10))), ("segment.bin", Array(text.prefix(1 << 20))),
            ("😀.txt", Array("surrogates".utf8)),
        ]
    }()
    private static let time = Timestamp(unixSeconds: 1_600_000_000)

    private func layout(_ compression: WindowsImageCompression, integrity: Bool = false) throws -> WindowsImageLayout {
        let description = WindowsImageDescription(
            name: "Demo",
            properties: [
                .init("DESCRIPTION", "a <comment> & more"), .init("TSMEDIA/CREATEDBY", "a factory"),
                .init("TSMEDIA/VERSION", "1"), .init("DISPLAYNAME", "shown"),
            ],
            compression: compression, hasIntegrityTable: integrity, guid: Array(1...16),
            created: Timestamp(unixSeconds: 1_700_000_000))
        let files = try Self.contents.map {
            MediaFile(
                path: try MediaPath($0.path), byteCount: Int64($0.bytes.count), sha256: SHA256.digest(of: $0.bytes),
                modified: Self.time)
        }
        return WindowsImageLayout(description, files: files, folders: [try MediaPath("Empty/inside")])
    }

    @discardableResult
    private func write(
        _ name: String, _ compression: WindowsImageCompression, threads: Int = 1, integrity: Bool = false,
        partByteCount: Int64? = nil
    ) throws -> [Int64] {
        let layout = try layout(compression, integrity: integrity)
        let sources = folder.appending("sources")
        if (try? Stat(sources)) == nil {
            for (number, content) in Self.contents.enumerated() {
                try folder.write(content.bytes, to: "sources/\(number)")
            }
        }
        let contents = layout.contentFiles.map { number in
            let bytes = Self.contents[number].bytes
            return TransferContent(
                name: Self.contents[number].path,
                source: .file(sources.appending(String(number))), byteCount: Int64(bytes.count),
                sha256: SHA256.digest(of: bytes))
        }
        let folder = folder
        let sizes = try WindowsImageWriter(layout, threadCount: threads, interruption: Interruption()).write(
            { contents[$0] }, partByteCount: partByteCount,
            progress: ProgressMeter(phase: "writing", totalByteCount: nil, observer: SilentProgress())
        ) { number in
            let path = folder.appending(number == 1 ? name : name.replacing(".", with: "\(number)."))
            return (
                path,
                try FileDescriptor.open(
                    path, .readWrite, options: [.create, .truncate], permissions: [.ownerReadWrite])
            )
        }
        return sizes
    }

    private func checkApplied(_ applied: FilePath) throws {
        for (path, bytes) in Self.contents {
            let place = path == "deep/case.txt" ? "Deep/case.txt" : path
            #expect(try SmallFile.read(FilePath("\(applied)/\(place)"), limit: 1 << 23) == bytes, "\(path)")
        }
        #expect(try Stat(FilePath("\(applied)/Empty/inside")).type == .directory)
    }

    @Test(
        "wimlib and 7-Zip accept every compression, and what they apply is what was written",
        arguments: WindowsImageCompression.allCases, [false, true])
    func applies(compression: WindowsImageCompression, integrity: Bool) throws {
        try write("a.wim", compression, threads: 2, integrity: integrity)
        let archive = folder.appending("a.wim")
        try Program.succeed("wimlib-imagex", ["verify", archive.string])
        try Program.succeed("7z", ["t", archive.string])
        let applied = folder.appending("applied")
        try Program.succeed("wimlib-imagex", ["apply", archive.string, "1", applied.string])
        try checkApplied(applied)
        let size = try Stat(archive).size
        let layout = try layout(compression, integrity: integrity)
        #expect(layout.isExact == (compression == .none))
        #expect(layout.isExact ? layout.byteCount == size : layout.byteCount >= size)
        let information = try Program.succeed("wimlib-imagex", ["info", archive.string]).output
        #expect(information.contains("Integrity info") == integrity)
    }

    @Test("the number of threads does not change a byte", arguments: WindowsImageCompression.allCases)
    func reproducible(compression: WindowsImageCompression) throws {
        try write("a.wim", compression, threads: 1)
        try write("b.wim", compression, threads: 5)
        let first = try SmallFile.read(folder.appending("a.wim"), limit: 1 << 24)
        #expect(try SmallFile.read(folder.appending("b.wim"), limit: 1 << 24) == first)
    }

    @Test("what is compressed already is stored as it is, and everything else is compressed")
    func compressesOnce() throws {
        try write("a.wim", .fast)
        let image = try WindowsImage(path: folder.appending("a.wim"))
        let entries = try image.entries(inImage: 1)
        func isCompressed(_ path: String) -> Bool? {
            entries.first { $0.path.description == path }?.storage?.isCompressed
        }
        #expect(isCompressed("sources/boot.wim") == false)
        #expect(isCompressed("Deep/noise.bin") == false)
        #expect(isCompressed("short.txt") == false)
        #expect(isCompressed("Deep/er/Größe.txt") == true)
        #expect(isCompressed("segment.bin") == true)
    }

    @Test("contents are read back piece by piece", arguments: WindowsImageCompression.allCases)
    func readsBack(compression: WindowsImageCompression) throws {
        try write("a.wim", compression)
        let image = try WindowsImage(path: folder.appending("a.wim"))
        let reader = WindowsImageReader(image)
        let entries = try image.entries(inImage: 1)
        for (path, bytes) in Self.contents where !bytes.isEmpty {
            let entry = try #require(
                entries.first { $0.path.caseFolded == path.caseFolded }, "\(path)")
            var read: [UInt8] = []
            try reader.read(try #require(entry.storage)) { read += $0 }
            #expect(read == bytes, "\(path)")
            #expect(entry.modified == Self.time)
        }
    }

    @Test("wimlib tells the properties, the counts and the GUID that were asked for")
    func properties() throws {
        try write("a.wim", .fast)
        let image = try WindowsImage(path: folder.appending("a.wim"))
        let properties = try image.properties(ofImage: 1)
        #expect(properties.fileCount == Self.contents.count)
        // The root, sources, Deep, er, Empty and inside.
        #expect(properties.folderCount == 6)
        #expect(properties.description == "a <comment> & more")
        let information = try Program.succeed("wimlib-imagex", ["info", image.path.string]).output
        #expect(information.contains("0x0102030405060708090a0b0c0d0e0f10"))
        #expect(information.contains("Tue Nov 14 22:13:20 2023 UTC"))
        #expect(information.contains("shown"))
    }

    @Test(
        "a damaged archive is read without a crash, and never to another length than it claims",
        arguments: WindowsImageCompression.allCases)
    func damaged(compression: WindowsImageCompression) throws {
        try write("a.wim", compression)
        let bytes = try SmallFile.read(folder.appending("a.wim"), limit: 1 << 24)
        var generator = SeededGenerator(seed: 11)
        for round in 0..<Rounds.of(120) {
            var damaged = bytes
            // Half of them among the lists at the end, where every number is.
            let place =
                round.isMultiple(of: 2)
                ? Int.random(in: max(0, bytes.count - 8000)..<bytes.count, using: &generator)
                : Int.random(in: bytes.indices, using: &generator)
            damaged[place] = UInt8.random(in: 0...255, using: &generator)
            try folder.write(damaged, to: "damaged.wim")
            guard let image = try? WindowsImage(path: folder.appending("damaged.wim")),
                let entries = try? image.entries(inImage: 1)
            else { continue }
            let reader = WindowsImageReader(image)
            for entry in entries {
                guard let storage = entry.storage else { continue }
                var count = 0
                do { try reader.read(storage) { count += $0.count } } catch { continue }
                #expect(count == entry.byteCount)
            }
        }
    }

    @Test("a content whose SHA-1 is known and one of another archive give the same bytes as reading them")
    func knowledge() throws {
        try write("a.wim", .fast)
        let image = try WindowsImage(path: folder.appending("a.wim"))
        let entries = try image.entries(inImage: 1)
        let layout = try layout(.fast)
        var known = WindowsImageKnowledge()
        let reader = WindowsImageReader(image)
        var contents: [TransferContent] = []
        for (number, index) in layout.contentFiles.enumerated() {
            let (path, bytes) = Self.contents[index]
            let file = folder.appending("sources").appending(String(index))
            contents.append(
                TransferContent(
                    name: path, source: .verifiedFile(file, try FileIdentity(of: file)),
                    byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes)))
            let storage = entries.first { $0.path.caseFolded == path.caseFolded }?.storage
            known.hashes[number] = storage?.sha1
            if let storage, storage.isCompressed { known.reuses[number] = WindowsImageReuse(storage, in: reader) }
        }
        #expect(known.reuses.count > 2)
        let target = folder.appending("b.wim")
        _ = try WindowsImageWriter(layout, threadCount: 3, interruption: Interruption()).write(
            { [contents] in contents[$0] }, known: known,
            progress: ProgressMeter(phase: "writing", totalByteCount: nil, observer: SilentProgress())
        ) { _ in
            (
                target,
                try FileDescriptor.open(target, .readWrite, options: [.create], permissions: [.ownerReadWrite])
            )
        }
        #expect(
            try SmallFile.read(target, limit: 1 << 24) == SmallFile.read(folder.appending("a.wim"), limit: 1 << 24))
    }
}
