// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Streams that are written to files of their own, in buffers that are gathered from pieces.
@Suite("Receiving streams")
struct StreamReceiverTests {
    /// A stream in pieces of some size, which breaks after some bytes.
    private final class BrittleStream: ByteStream, @unchecked Sendable {
        // Unchecked: one thread reads it.
        private let bytes: [UInt8]
        private let end: Int
        private let pieceByteCount: Int
        private var offset = 0

        init(_ bytes: [UInt8], breakingAt end: Int, pieces: Int) {
            (self.bytes, self.end, pieceByteCount) = (bytes, end, pieces)
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            guard offset < end || end == bytes.count else { throw InterruptedError() }
            let count = min(pieceByteCount, buffer.count, end - offset)
            buffer.copyBytes(from: bytes[offset..<offset + count])
            offset += count
            return count
        }

        func skip(_ byteCount: Int64) -> Bool {
            offset = Int(byteCount)
            return true
        }
    }

    private func content(_ bytes: [UInt8], breakingAt end: Int, pieces: Int) -> TransferContent {
        TransferContent(
            name: "a stream",
            source: .stream(
                StreamedContent(place: "here") { BrittleStream(bytes, breakingAt: end, pieces: pieces) }),
            byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes))
    }

    @Test(
        "what came before it broke is in the file, to the byte, and the rest goes behind that",
        arguments: [1, 4095, 100_000, 262_144, 262_145, 700_001], [1000, 65_274, 1 << 20])
    func resumed(end: Int, pieces: Int) throws {
        let folder = try TestFolder()
        let path = folder.appending("file")
        let bytes = (0..<700_003).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let file = try FileDescriptor.open(path, .readWrite, options: [.create], permissions: .ownerReadWrite)
        defer { try? file.close() }
        func receive(_ end: Int) throws {
            let promised = content(bytes, breakingAt: end, pieces: pieces)
            guard case .stream(let stream) = promised.source else { return }
            let meter = ProgressMeter(phase: "x", totalByteCount: nil, observer: SilentProgress())
            _ = try StreamReceiver(interruption: Interruption(), progress: SilentProgress())
                .receive(stream, promised: promised, resuming: file, at: path, meter)
        }
        #expect(throws: InterruptedError.self) { try receive(end) }
        #expect(try SmallFile.read(path) == Array(bytes[..<end]))
        try receive(bytes.count)
        #expect(try SmallFile.read(path) == bytes)
    }
}
