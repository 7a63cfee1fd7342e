// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Synchronization

/// What the threads of a ``DiskWriter`` share.
final class Pipeline: Sendable {
    /// Thrown on the reading thread when nobody wants what it reads any more.
    struct NoMoreUse: Error {}

    /// What a target's thread gets.
    enum Message: Sendable {
        /// Bytes to write.
        case chunk(DiskChunk)
        /// Everything was read and has the right hashes.
        case commit
    }

    private struct Failures {
        var source: (any Error)?
        var targets: [(any Error)?]
    }

    /// Chunks whose contents are to be hashed.
    let hashing: BoundedQueue<DiskChunk>
    /// What each target is to do.
    let writing: [BoundedQueue<Message>]
    /// Closed when everything is hashed.
    private let hashed = BoundedQueue<Void>(capacity: 1)
    private let hashersLeft = Atomic<Int>(Pipeline.hasherCount)
    private static let hasherCount = 2
    private let empty: BoundedQueue<DiskChunk>
    private let failures: Mutex<Failures>
    private let progress: ProgressMeter

    init(targetCount: Int, chunkCount: Int, progress: ProgressMeter) {
        // Chunks of zeros have no buffer, and so are not counted by the queue of empty chunks.
        hashing = BoundedQueue(capacity: chunkCount)
        writing = (0..<targetCount).map { _ in BoundedQueue(capacity: chunkCount) }
        empty = BoundedQueue(capacity: chunkCount)
        failures = Mutex(Failures(targets: Array(repeating: nil, count: targetCount)))
        self.progress = progress
        for _ in 0..<chunkCount { empty.send(DiskChunk(capacity: ChunkFiller.chunkByteCount)) }
    }

    // MARK: Chunks

    /// A chunk to fill, as soon as there is one.
    func emptyChunk() throws -> DiskChunk {
        guard let chunk = empty.receive() else { throw NoMoreUse() }
        return chunk
    }

    /// Hands a chunk to all others.
    func send(_ chunk: DiskChunk) {
        chunk.retain(writing.count + 1)
        hashing.send(chunk)
        for queue in writing { queue.send(.chunk(chunk)) }
    }

    /// Lets go of a chunk.
    func release(_ chunk: DiskChunk) {
        guard chunk.release() else { return }
        progress.advance(by: chunk.byteCount)
        if chunk.isReusable { empty.send(chunk) }
    }

    /// Tells the targets that everything was read and is what was promised.
    func commit() { for queue in writing { queue.send(.commit) } }

    /// Waits until everything that was sent is hashed.
    func waitForHashes() {
        hashing.close()
        _ = hashed.receive()
    }

    /// Ends all other threads when they have done what was sent.
    func close() {
        hashing.close()
        for queue in writing { queue.close() }
    }

    // MARK: Failures

    /// Remembers the first reason why the contents cannot be written.
    func failSource(_ error: any Error) { failures.withLock { $0.source = $0.source ?? error } }

    /// The reason why the contents cannot be written.
    var sourceFailure: (any Error)? { failures.withLock { $0.source } }

    /// Remembers why a target gets nothing any more.
    func failTarget(_ number: Int, _ error: any Error) { failures.withLock { $0.targets[number] = error } }

    /// Why each target failed.
    var targetFailures: [(any Error)?] { failures.withLock { $0.targets } }

    /// True for a target that has not failed.
    func isAlive(_ number: Int) -> Bool { failures.withLock { $0.targets[number] == nil } }

    /// Stops the reading when the contents are wrong, or when no target is left.
    func requireUse() throws(NoMoreUse) {
        let isUseful = failures.withLock { $0.source == nil && $0.targets.contains { $0 == nil } }
        guard isUseful else { throw NoMoreUse() }
    }

    // MARK: The threads

    /// The thread that reads: calls `body` with what hands a chunk on, waits for the hashes, and lets the targets
    /// finish.
    func read(_ interruption: Interruption, _ body: (_ emit: @escaping (DiskChunk) throws -> Void) throws -> Void) {
        // Whatever happens, the others must come to their end.
        defer { close() }
        do {
            try body { chunk in
                try interruption.check()
                try self.requireUse()
                self.send(chunk)
            }
            waitForHashes()
            try interruption.check()
            if sourceFailure == nil { commit() }
        } catch is NoMoreUse {
            // The reason is with who has no more use for it.
        } catch {
            failSource(error)
        }
    }

    /// The threads that prove that contents have the hashes that were promised.
    ///
    /// A content is hashed by one thread at a time, since SHA-256 cannot be divided; several help with smaller ones.
    func hashers(_ didVerify: @escaping DiskWriter.DidVerify) -> [@Sendable () -> Void] {
        (0..<Self.hasherCount).map { _ in { self.hashContents(didVerify) } }
    }

    private func hashContents(_ didVerify: DiskWriter.DidVerify) {
        while let chunk = hashing.receive() {
            defer { release(chunk) }
            guard let bytes = chunk.bytes else { continue }
            for event in chunk.events {
                do {
                    try event.hash.take(event.part) { hash in
                        guard sourceFailure == nil else { return }
                        switch event.step {
                        case .bytes(let range): hash.update(UnsafeRawBufferPointer(rebasing: bytes[range]))
                        case .end(let source, let began):
                            let digest = hash.finalize()
                            try source.require(digest)
                            didVerify(source.path, source.identity, digest, began)
                        }
                    }
                } catch {
                    failSource(error)
                }
            }
        }
        if hashersLeft.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { hashed.close() }
    }

    /// The thread of a target: what it does first, with each chunk, and at the end when all was well; nothing more
    /// after the first failure.
    func write(
        _ number: Int, before: () throws -> Void, chunk write: (DiskChunk) throws -> Void, after: () throws -> Void
    ) {
        func attempt(_ body: () throws -> Void) {
            guard isAlive(number) else { return }
            do { try body() } catch { failTarget(number, error) }
        }
        attempt(before)
        while let message = writing[number].receive() {
            switch message {
            case .chunk(let chunk):
                attempt { try write(chunk) }
                release(chunk)
            case .commit: attempt(after)
            }
        }
    }
}
