// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import WindowsImaging

/// What readers of an archive rely on, where a wrong byte shows only with unlucky content.
@Suite("Promises of written archives")
struct WritingPromiseTests {
    private let folder: TestFolder
    init() throws { folder = try TestFolder() }

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { bytes.append(littleEndian: generator.next()) }
        return Array(bytes.prefix(count))
    }

    /// Writes `contents` as files of these numbers; returns the sizes of the parts.
    @discardableResult
    private func write(
        _ contents: [[UInt8]], _ compression: WindowsImageCompression, integrity: Bool = false,
        comment: String = "", partByteCount: Int64? = nil, sha1: [Int: [UInt8]] = [:]
    ) throws -> [Int64] {
        let folder = folder
        let files = try contents.enumerated().map { number, bytes in
            MediaFile(
                path: try MediaPath("file\(number).bin"), byteCount: Int64(bytes.count),
                sha256: SHA256.digest(of: bytes), modified: Timestamp(unixSeconds: 1_600_000_000))
        }
        let layout = WindowsImageLayout(
            WindowsImageDescription(
                name: "Promise", properties: [.init("DESCRIPTION", comment)], compression: compression,
                hasIntegrityTable: integrity, guid: Array(1...16), created: Timestamp(unixSeconds: 1_700_000_000)),
            files: files, folders: [])
        let sources = try layout.contentFiles.map { number in
            let file = try folder.write(contents[number], to: "sources/\(number)")
            return TransferContent(
                name: "file\(number).bin", source: .verifiedFile(file, try FileIdentity(of: file)),
                byteCount: files[number].byteCount, sha256: files[number].sha256)
        }
        var known = WindowsImageKnowledge()
        known.hashes = sha1
        return try WindowsImageWriter(layout, threadCount: 2, interruption: Interruption()).write(
            { sources[$0] }, known: known, partByteCount: partByteCount,
            progress: ProgressMeter(phase: "writing", totalByteCount: nil, observer: SilentProgress())
        ) { number in
            let path = folder.appending(number == 1 ? "a.swm" : "a\(number).swm")
            return (
                path,
                try FileDescriptor.open(
                    path, .readWrite, options: [.create, .truncate], permissions: [.ownerReadWrite])
            )
        }
    }

    @Test("two contents of one SHA-1 are an error that names both, never one file in place of the other")
    func collision() throws {
        let contents = [Self.noise(1 << 20, seed: 1), Self.noise(1 << 20, seed: 2)]
        let hash = [UInt8](repeating: 7, count: 20)
        let error = #expect(throws: WindowsImagingError.self) { try write(contents, .none, sha1: [0: hash, 1: hash]) }
        #expect(error?.object == "file1.bin")
        #expect(error?.problem.contains("has other bytes than file0.bin but the same SHA-1") == true)
        try write(contents, .none, sha1: [0: hash, 1: [UInt8](repeating: 8, count: 20)])
    }

    @Test("no part is larger than asked for, XML, lists and integrity table counted", arguments: [false, true])
    func partSizes(integrity: Bool) throws {
        let contents = (0..<120).map { Self.noise(2_000 + $0, seed: UInt64($0)) }
        // The XML of a long comment is larger than a content: forgetting it shows in every part.
        let comment = String(repeating: "a comment ", count: 500)
        for limit: Int64 in [60_000, 60_777, 99_999] {
            let sizes = try write(
                contents, .none, integrity: integrity, comment: comment, partByteCount: limit)
            #expect(sizes.count > 2)
            #expect(sizes.allSatisfy { $0 <= limit }, "\(sizes)")
            // And none is left half empty.
            #expect(sizes.dropLast().allSatisfy { $0 > limit - 16_000 }, "\(sizes)")
        }
        try Program.succeed("wimlib-imagex", ["verify", "\(folder.path)/a.swm", "--ref=\(folder.path)/a*.swm"])
    }

    @Test("the integrity table of a large part counts too: each 10 MiB have a hash in it")
    func largePartSize() throws {
        // Twenty hashes are more than what a part keeps free for the numbers in its XML; small files fill it up.
        let contents = [[UInt8](repeating: 0, count: 200 << 20)] + (0..<700).map { Self.noise(3, seed: UInt64($0)) }
        let limit = Int64(200 << 20) + 110_000
        let sizes = try write(contents, .none, integrity: true, partByteCount: limit)
        #expect(sizes.count == 2)
        #expect(sizes.allSatisfy { $0 <= limit } && sizes[0] > limit - 1_000, "\(sizes)")
    }

    @Test(
        "a chunk that compresses to just its own size is told from one that is stored as it is",
        arguments: [WindowsImageCompression.fast, .maximum])
    func equalChunks(compression: WindowsImageCompression) throws {
        // Noise with a tail of zeros is compressed to the size of the noise and some constant, the tables: 70 to 90 bytes
        // for LZX, 245 to 260 for XPRESS. With a tail of just that many it takes as many bytes as before. A first chunk
        // keeps the resource compressed.
        let first = [UInt8](repeating: 0, count: 32 << 10)
        let noise = Self.noise(3_000, seed: 9)
        let tails = Array(60..<100) + Array(235..<275)
        let contents = tails.map { first + noise + [UInt8](repeating: 0, count: $0) }
        try write(contents, compression)
        let applied = folder.appending("applied")
        try Program.succeed("wimlib-imagex", ["apply", "\(folder.path)/a.swm", "1", applied.string])
        let image = try WindowsImage(path: folder.appending("a.swm"))
        let reader = WindowsImageReader(image)
        for entry in try image.entries(inImage: 1) {
            let number = try #require(Int(entry.path.name.dropFirst(4).dropLast(4)))
            var read: [UInt8] = []
            try reader.read(try #require(entry.storage)) { read += $0 }
            #expect(read == contents[number], "\(entry.path)")
            #expect(try SmallFile.read(applied.appending(entry.path.name)) == contents[number])
        }
    }
}
