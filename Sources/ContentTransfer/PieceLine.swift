// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Synchronization
import SystemPackage

/// Copies bytes from front to back: where there are threads for it, one reads and hashes while another writes.
public enum PieceLine {
    /// How much was copied.
    public struct Copied: Sendable {
        /// Its bytes.
        public let byteCount: Int64
        /// Their SHA-256; nil when nobody wanted it.
        public let sha256: SHA256Digest?

        /// So much.
        public init(byteCount: Int64, sha256: SHA256Digest?) {
            self.byteCount = byteCount
            self.sha256 = sha256
        }
    }

    /// Hands all that `read` gives to `write`, piece by piece.
    ///
    /// - Parameters:
    ///   - byteCount: no more is read.
    ///   - isShared: whether another thread writes.
    ///   - read: fills a buffer from this offset on, and returns how many bytes there are; 0 at the end.
    ///   - write: takes the bytes of this offset.
    /// - Throws: what `read` and `write` throw, whichever was first; `InterruptedError`.
    public static func run(
        byteCount: Int64, isShared: Bool, hashes: Bool, interruption: Interruption,
        read: @escaping @Sendable (_ offset: Int64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Int,
        write: @escaping @Sendable (_ offset: Int64, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws -> Copied {
        let line = Line()
        let result = Mutex<Copied?>(nil)
        @Sendable func readAll() throws {
            let hash = SHA256()
            var offset: Int64 = 0
            while let piece = line.free.receive() {
                try interruption.check()
                try piece.fill(at: offset, until: byteCount, read)
                guard piece.byteCount > 0 else { break }
                if hashes { hash.update(piece.bytes) }
                offset += Int64(piece.byteCount)
                if isShared {
                    line.filled.send(piece)
                } else {
                    try write(piece.offset, piece.bytes)
                    line.free.send(piece)
                }
            }
            line.filled.close()
            let digest = hashes ? hash.finalize() : nil
            result.withLock { $0 = Copied(byteCount: offset, sha256: digest) }
        }
        @Sendable func writeAll() throws {
            while let piece = line.filled.receive() {
                try write(piece.offset, piece.bytes)
                line.free.send(piece)
            }
        }
        if isShared {
            try WorkerThreads.runTogether([{ line.guarding(readAll) }, { line.guarding(writeAll) }])
        } else {
            line.guarding(readAll)
        }
        if let failure = line.failure { throw failure }
        guard let copied = result.withLock({ $0 }) else { throw InterruptedError() }
        return copied
    }

    /// A run of bytes of a source, and the memory it has; handed from thread to thread, never used by two at a time.
    private final class Piece: @unchecked Sendable {
        private let buffer = HugePages.allocate(byteCount: HugePages.byteCount)
        private(set) var offset: Int64 = 0
        private(set) var byteCount = 0

        deinit { buffer.deallocate() }

        var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<byteCount]) }

        func fill(
            at offset: Int64, until end: Int64, _ read: (Int64, UnsafeMutableRawBufferPointer) throws -> Int
        ) throws {
            self.offset = offset
            byteCount = 0
            let wanted = Int(min(Int64(buffer.count), end - offset))
            while byteCount < wanted {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[byteCount..<wanted])
                let count = try read(offset + Int64(byteCount), rest)
                if count == 0 { return }
                byteCount += count
            }
        }
    }

    /// The pieces on their way between two threads, and what went wrong first.
    private final class Line: Sendable {
        private static let pieceCount = 4

        let free = BoundedQueue<Piece>(capacity: pieceCount)
        let filled = BoundedQueue<Piece>(capacity: pieceCount)
        private let firstFailure = Mutex<(any Error)?>(nil)

        init() { for _ in 0..<Self.pieceCount { free.send(Piece()) } }

        var failure: (any Error)? { firstFailure.withLock { $0 } }

        /// Does `work`; when it fails, the other thread ends too.
        func guarding(_ work: () throws -> Void) {
            do {
                try work()
            } catch {
                firstFailure.withLock { $0 = $0 ?? error }
                free.close()
                filled.close()
            }
        }
    }
}
