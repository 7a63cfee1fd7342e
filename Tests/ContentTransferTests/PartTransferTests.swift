// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Synchronization
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import ContentTransfer

@Suite("Parts of a content")
struct PartTransferTests {
    private let folder: TestFolder
    private let bytes: [UInt8]
    private let file: FilePath
    private let image: FileDescriptor

    init() throws {
        folder = try TestFolder()
        var generator = SeededGenerator(seed: 4)
        // Several buffers, and a rest.
        bytes = (0..<(5 << 20) / 8 + 9).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
        file = try folder.write(bytes, to: "source")
        image = try FileDescriptor.open(
            folder.appending("image"), .readWrite, options: [.create, .truncate], permissions: [.ownerReadWrite])
    }

    /// What goes where: neighbours, gaps, what begins in a block where it did before and what does not, one byte, the end.
    private var parts: [PartTransfer] {
        let end = Int64(bytes.count)
        let places: [(Range<Int64>, Int64)] = [
            (0..<1, 10), (1..<5_000, 20_001), (5_000..<200_000, 37_768), (200_000..<3_000_000, 300_001),
            (3_000_100..<3_000_101, 5), (3_000_200..<(end - 1), 3_999_624), ((end - 1)..<end, 9_000_000),
        ]
        return places.map { PartTransfer($0.0, to: image, at: $0.1) }
    }

    private func copy(
        _ source: TransferSource, sha256: SHA256Digest? = nil, byteCount: Int? = nil, workers: Int = 2,
        interruption: Interruption = Interruption(), didVerify: @escaping ContentCopier.DidVerify = { _, _, _, _ in }
    ) throws {
        let content = TransferContent(
            name: "the image", source: source, byteCount: Int64(byteCount ?? bytes.count),
            sha256: sha256 ?? SHA256.digest(of: bytes))
        try ContentCopier(workerCount: workers, interruption: interruption, didVerify: didVerify).run(
            parts, of: content,
            progress: ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress()))
    }

    private func expectParts() throws {
        let found = try SmallFile.read(folder.appending("image"), limit: 1 << 24)
        for part in parts {
            let (start, count) = (Int(part.offset), part.range.count)
            let wanted = bytes[Int(part.range.lowerBound)..<Int(part.range.upperBound)]
            #expect(found[start..<start + count] == wanted, "\(part.range)")
        }
        #expect(found[..<5].allSatisfy { $0 == 0 } && found[6..<10].allSatisfy { $0 == 0 })
    }

    @Test("they come to their places, and the whole is hashed and reported", arguments: [1, 2, 5])
    func hashed(workers: Int) throws {
        let verified = Mutex<[FilePath]>([])
        try copy(.file(file), workers: workers) { path, _, _, _ in verified.withLock { $0.append(path) } }
        try expectParts()
        #expect(verified.withLock { $0 } == [file])
    }

    @Test("those of a file whose hash is known, and of bytes in memory, come to the same places", arguments: [1, 5])
    func known(workers: Int) throws {
        try copy(.verifiedFile(file, try FileIdentity(of: file)), workers: workers)
        try expectParts()
        try image.resize(to: 0)
        try copy(.bytes(bytes), workers: workers)
        try expectParts()
    }

    @Test(
        "a stream that was something else is read again, over what was wrong, as long as that may pass",
        arguments: [1, 2, 3])
    func again(faultCount: Int) throws {
        let opened = Atomic<Int>(0)
        let bytes = bytes
        let seen = LastProgress()
        let stream = StreamedContent(
            place: "memory",
            retry: { if opened.load(ordering: .relaxed) > 2 { throw $0 } }
        ) {
            let isFaulty = opened.add(1, ordering: .relaxed).newValue <= faultCount
            return BytesStream(isFaulty ? bytes.map { ~$0 } : bytes)
        }
        let content = TransferContent(
            name: "the image", source: .stream(stream), byteCount: Int64(bytes.count),
            sha256: SHA256.digest(of: bytes))
        let meter = ProgressMeter(phase: "test", totalByteCount: nil, observer: seen)
        func copy() throws {
            try ContentCopier(workerCount: 2, interruption: Interruption()).run(parts, of: content, progress: meter)
        }
        guard faultCount < 3 else {
            let error = try #require(throws: TransferError.self, performing: copy)
            return #expect(error.code == .wrongHash)
        }
        try copy()
        try expectParts()
        #expect(seen.byteCount == parts.reduce(0) { $0 + Int64($1.range.count) })
    }

    @Test("a byte that is another is an error, in a part and between two", arguments: [100, 3_000_050, 5 << 20])
    func damaged(place: Int) throws {
        var damaged = bytes
        damaged[place] ^= 1
        try folder.write(damaged, to: "source")
        let error = #expect(throws: TransferError.self) { try copy(.file(file)) }
        #expect(error?.code == .wrongHash)
    }

    @Test("a file that is shorter or longer is an error", arguments: [1, 2])
    func otherSize(workers: Int) throws {
        for count in [bytes.count - 1, bytes.count + 1] {
            let error = #expect(throws: TransferError.self) {
                try copy(.file(file), byteCount: count, workers: workers)
            }
            #expect(error?.code == .wrongSize)
        }
    }

    @Test("an interruption and an image that cannot be written end both threads", arguments: [1, 2])
    func ends(workers: Int) throws {
        let interruption = Interruption()
        interruption.request()
        #expect(throws: InterruptedError.self) {
            try copy(.file(file), workers: workers, interruption: interruption)
        }
        let readOnly = try FileDescriptor.open(file, .readOnly)
        defer { try? readOnly.close() }
        let content = TransferContent(
            name: "the image", source: .file(file), byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes))
        #expect(throws: FileError.self) {
            try ContentCopier(workerCount: workers, interruption: Interruption()).run(
                [PartTransfer(0..<1_000, to: readOnly, at: 0)], of: content,
                progress: ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress()))
        }
    }
}

/// Bytes as a stream.
private final class BytesStream: ByteStream, @unchecked Sendable {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let part = rest.prefix(min(buffer.count, 300_007))
        buffer.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
    }
}

/// Remembers how far it is.
private final class LastProgress: ProgressObserver {
    private let last = Atomic<Int64>(0)
    var byteCount: Int64 { last.load(ordering: .relaxed) }

    func update(_ update: ProgressUpdate) { last.store(update.completedByteCount, ordering: .relaxed) }
    func finish(phase: String) {}
}
