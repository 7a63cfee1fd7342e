// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization

/// What the threads of a ``DiskWriter`` share.
final class Pipeline: Sendable {
    /// Thrown on a reading thread when nobody wants what it reads any more.
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
    /// The content that the second reading thread is to read on.
    let readings = BoundedQueue<ContentReading>(capacity: 1)
    /// True while the second reading thread has one.
    let isReadingOn = Atomic<Bool>(false)
    /// The contents whose hashes are taken.
    let contents = OpenContents()
    /// Whether everything is written from front to back, each place once.
    let isInOrder: Bool
    /// What stops it all.
    let interruption: Interruption
    /// Closed when everything is hashed.
    private let hashed = BoundedQueue<Void>(capacity: 1)
    private let hashersLeft = Atomic<Int>(Pipeline.hasherCount + 1)
    /// The threads that only hash.
    static let hasherCount = 2
    /// Chunks of the second reading thread, which has its own, so that the first cannot take them all.
    private static let secondChunkCount = 3
    /// Empty chunks of the first and of the second reading thread.
    private let empty: [BoundedQueue<DiskChunk>]
    private let failures: Mutex<Failures>
    private let progress: ProgressMeter

    /// - Parameter chunkCount: chunks in flight, and three more while two contents are read.
    init(
        targetCount: Int, chunkCount: Int, isInOrder: Bool = false, interruption: Interruption, progress: ProgressMeter
    ) {
        self.isInOrder = isInOrder
        // Chunks of zeros have no buffer, and so are not counted by the queue of empty chunks.
        hashing = BoundedQueue(capacity: chunkCount)
        writing = (0..<targetCount).map { _ in BoundedQueue(capacity: chunkCount) }
        failures = Mutex(Failures(targets: Array(repeating: nil, count: targetCount)))
        self.interruption = interruption
        self.progress = progress
        empty = [chunkCount, Self.secondChunkCount].enumerated().map { pool, count in
            let queue = BoundedQueue<DiskChunk>(capacity: count)
            for _ in 0..<count { queue.send(DiskChunk(capacity: ChunkFiller.chunkByteCount, pool: pool)) }
            return queue
        }
    }

    // MARK: Chunks

    /// A chunk to fill for reading thread `reader`, 0 or 1, as soon as there is one.
    func emptyChunk(_ reader: Int) throws(NoMoreUse) -> DiskChunk {
        guard let chunk = empty[reader].receive() else { throw NoMoreUse() }
        return chunk
    }

    /// Lets go of a chunk.
    func release(_ chunk: DiskChunk) {
        guard chunk.release() else { return }
        progress.advance(by: chunk.byteCount)
        if let pool = chunk.pool { empty[pool].send(chunk) }
    }

    /// Tells the targets that everything was read and is what was promised.
    func commit() { for queue in writing { queue.send(.commit) } }

    /// Waits until everything that was sent is hashed.
    func waitForHashes() {
        hashing.close()
        readings.close()
        _ = hashed.receive()
    }

    /// Takes note that a thread has hashed all that it will.
    func didHashAll() {
        if hashersLeft.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { hashed.close() }
    }

    /// Ends all other threads when they have done what was sent.
    func close() {
        hashing.close()
        readings.close()
        for queue in writing { queue.close() }
        // What was not sent any more never comes back.
        for queue in empty { queue.close() }
    }

    // MARK: Failures

    /// Remembers the first reason why the contents cannot be written.
    func failSource(_ error: any Error) {
        failures.withLock { $0.source = $0.source ?? error }
        contents.giveUp()
    }

    /// The reason why the contents cannot be written.
    var sourceFailure: (any Error)? { failures.withLock { $0.source } }

    /// Remembers why a target gets nothing any more.
    func failTarget(_ number: Int, _ error: any Error) { failures.withLock { $0.targets[number] = error } }

    /// Why each target failed.
    var targetFailures: [(any Error)?] { failures.withLock { $0.targets } }

    /// True for a target that has not failed.
    func isAlive(_ number: Int) -> Bool { failures.withLock { $0.targets[number] == nil } }

    /// Stops the reading when the user wants it, when the contents are wrong, or when no target is left.
    func requireUse() throws {
        try interruption.check()
        let isUseful = failures.withLock { $0.source == nil && $0.targets.contains { $0 == nil } }
        guard isUseful else { throw NoMoreUse() }
    }

    // MARK: The targets

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
