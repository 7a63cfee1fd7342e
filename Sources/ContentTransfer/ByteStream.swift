// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization

/// Bytes that come one after the other, each of them once: from a server, or from a pipe.
///
/// Used by one thread at a time, not always by the same. Letting go of it ends it, wherever it is.
public protocol ByteStream: AnyObject, Sendable {
    /// Waits for bytes, puts them at the start of `buffer`, and returns how many they are; 0 only at the end, and at
    /// every call after that.
    ///
    /// - Throws: a `DiagnosticError`; `InterruptedError` soon after the user wants to stop, however long the other side
    ///   says nothing.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

    /// Passes over the first `byteCount` bytes, before anything was read; false when that cannot be done, and then nothing
    /// was passed over.
    ///
    /// - Throws: as ``read(into:)``.
    func skip(_ byteCount: Int64) throws -> Bool

    /// Takes note that what was read to the end is what was promised.
    func accept()
}

extension ByteStream {
    /// It cannot be done: whoever wants the rest reads what is before it.
    public func skip(_ byteCount: Int64) throws -> Bool { false }

    /// Nothing is done.
    public func accept() {}
}

/// A content that comes as a stream, which is opened when its turn has come and not before.
///
/// Who reads it hashes it on the way: it is never read a second time.
public final class StreamedContent: Sendable, Equatable {
    /// Where it comes from, as errors name it.
    public let place: String
    /// Opens the stream at its first byte.
    public let open: @Sendable () throws -> any ByteStream
    /// Returns when another attempt is worth while, after as long as that takes; throws the error otherwise.
    public let retry: @Sendable (TransferError) throws -> Void

    /// A content from `place` that `open` opens.
    ///
    /// - Parameter retry: is asked when the bytes were not what was promised: returns when they are to be read again,
    ///   from the start, and throws otherwise.
    public init(
        place: String, retry: @escaping @Sendable (TransferError) throws -> Void = { throw $0 },
        open: @escaping @Sendable () throws -> any ByteStream
    ) {
        self.place = place
        self.retry = retry
        self.open = open
    }

    /// True for the same object.
    public static func == (left: StreamedContent, right: StreamedContent) -> Bool { left === right }
}

/// A stream that is open, and how far it was read.
final class OpenStream: Sendable {
    let place: String
    private let stream: any ByteStream
    private let position = Atomic<Int64>(0)

    /// Opens `content` at byte `first`.
    ///
    /// - Throws: what the stream throws.
    init(_ content: StreamedContent, at first: Int64 = 0) throws {
        place = content.place
        stream = try content.open()
        guard first > 0 else { return }
        if try !stream.skip(first) { try passOver(first) }
        position.store(first, ordering: .relaxed)
    }

    /// Reads what the stream cannot pass over.
    private func passOver(_ byteCount: Int64) throws {
        try withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 4096) { buffer in
            var left = byteCount
            while left > 0 {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(left, Int64(buffer.count)))])
                let count = try stream.read(into: part)
                // One that is too short shows that where its bytes are counted.
                guard count > 0 else { return }
                left -= Int64(count)
            }
        }
    }

    /// Fills `buffer` with the bytes at `offset`, where the stream must be; fewer only at its end.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        precondition(offset == position.load(ordering: .relaxed), "a stream is read once, from front to back")
        var count = 0
        // Full buffers, whatever pieces the stream comes in: what is written past the page cache are whole blocks.
        while count < buffer.count {
            let step = try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if step == 0 { break }
            count += step
        }
        position.add(Int64(count), ordering: .relaxed)
        return count
    }

    /// Puts the bytes at `offset`, where the stream must be, into `buffer`, as many as come at once; 0 only at its end.
    func readPiece(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        precondition(offset == position.load(ordering: .relaxed), "a stream is read once, from front to back")
        let count = try stream.read(into: buffer)
        position.add(Int64(count), ordering: .relaxed)
        return count
    }

    /// Takes note that what was read is what was promised.
    func accept() { stream.accept() }

    /// True when nothing comes any more.
    func isAtEnd() throws -> Bool {
        try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { try stream.read(into: $0) } == 0
    }
}
