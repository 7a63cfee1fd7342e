// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import Synchronization
import SystemPackage

/// A file of media whose bytes lie as they are on a medium that stays open, read when somebody wants them.
final class StoredStream: ByteStream {
    private let cursor: StoredBytesCursor
    /// Keeps the medium open.
    private let media: any OpenedMedia

    init(_ stored: StoredBytes, of media: any OpenedMedia) {
        cursor = StoredBytesCursor(stored)
        self.media = media
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let hole = cursor.hole else { return try cursor.read(into: buffer) }
        let count = Int(min(hole, Int64(buffer.count)))
        buffer[..<count].initializeMemory(as: UInt8.self, repeating: 0)
        cursor.skip(Int64(count))
        return count
    }
}

/// A file of media that is handed out piece by piece, as an archive does, by a thread that waits until somebody wants more.
final class PushedStream: ByteStream {
    /// What the thread hands over.
    private enum Piece: Sendable {
        case bytes([UInt8])
        case failure(any Error)
    }

    /// What both sides hold.
    private final class Pipe: Sendable {
        let pieces = BoundedQueue<Piece>(capacity: 4)
        let isAbandoned = Atomic<Bool>(false)
    }

    private struct Abandoned: Error {}

    private struct State {
        var bytes: [UInt8] = []
        var position = 0
    }

    private let pipe = Pipe()
    private let state = Mutex(State())

    /// Begins to read `file` of `media`; a small one is read at once.
    ///
    /// - Throws: errors of reading; `FileError` when there is no thread left.
    init(of media: any OpenedMedia, _ file: MediaEntry) throws {
        guard file.byteCount > Self.smallByteCount else {
            let bytes = try media.contents(of: file, limit: Self.smallByteCount)
            state.withLock { $0.bytes = bytes }
            pipe.pieces.close()
            return
        }
        let pipe = pipe
        do throws(Errno) {
            try WorkerThreads.runApart {
                do {
                    try media.read(file) { bytes in
                        guard !pipe.isAbandoned.load(ordering: .relaxed) else { throw Abandoned() }
                        pipe.pieces.send(.bytes(Array(bytes)))
                    }
                } catch {
                    pipe.pieces.send(.failure(error))
                }
                pipe.pieces.close()
            }
        } catch {
            throw FileError("started", "a thread that reads", error)
        }
    }

    private static let smallByteCount = 1 << 20

    deinit {
        pipe.isAbandoned.store(true, ordering: .relaxed)
        pipe.pieces.close()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try state.withLock { state in
            while state.position == state.bytes.count {
                switch pipe.pieces.receive() {
                case .bytes(let bytes): (state.bytes, state.position) = (bytes, 0)
                case .failure(let error): throw error
                case nil: return 0
                }
            }
            let count = min(buffer.count, state.bytes.count - state.position)
            state.bytes.withUnsafeBytes { bytes in
                buffer.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[state.position..<state.position + count]))
            }
            state.position += count
            return count
        }
    }
}
