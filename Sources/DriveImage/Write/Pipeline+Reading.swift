// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension Pipeline {
    /// The thread that reads: calls `body` with what takes everything, waits for the hashes, and lets the targets finish.
    func read(_ body: (ChunkFiller) throws -> Void) {
        // Whatever happens, the others must come to their end.
        defer { close() }
        do {
            let filler = ChunkFiller(
                emptyChunk: { try self.emptyChunk(0) }, emit: send, begin: contents.begin, handOver: handOver)
            try body(filler)
            try repeatRejected(filler)
            waitForHashes()
            try interruption.check()
            if sourceFailure == nil { commit() }
        } catch is NoMoreUse {
            // The reason is with who has no more use for it.
        } catch {
            failSource(error)
        }
    }

    /// Reads contents from servers again whose bytes were not what was promised, as long as that may pass; what comes goes
    /// over what was wrong.
    private func repeatRejected(_ filler: ChunkFiller) throws {
        var filler = filler
        while true {
            let rejected = contents.waitForAll()
            guard !rejected.isEmpty else { return }
            for rejection in rejected {
                guard !isInOrder, case .stream(let stream) = rejection.end.content.source else {
                    throw rejection.error
                }
                try stream.retry(rejection.error)
                try filler.read(rejection.end.content, into: rejection.end.ranges)
            }
            try filler.flush()
        }
    }

    /// Hands a chunk to all others.
    private func send(_ chunk: DiskChunk) throws {
        try sendToTargets(chunk)
        hashing.send(chunk)
    }

    /// Hands a chunk to the targets; whoever hashes it has to let go of it too.
    private func sendToTargets(_ chunk: DiskChunk) throws {
        try requireUse()
        chunk.retain(writing.count + 1)
        for queue in writing { queue.send(.chunk(chunk)) }
    }

    // MARK: The second thread

    /// Gives what is left of a content to the second reading thread, when everybody waits for hashing: a content cannot
    /// be hashed by two, so the next one is begun beside it.
    ///
    /// Targets that are slower than hashing never come here: chunks wait for them, and they are written from front to
    /// back.
    private func handOver(_ reading: ContentReading) -> Bool {
        guard !isInOrder, hashing.count > 1, writing.allSatisfy({ $0.count <= 1 }),
            isReadingOn.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return false }
        readings.send(reading)
        return true
    }

    /// The second reading thread: reads on what the first gave it, and hashes it itself.
    func readOn(_ didVerify: @escaping DiskWriter.DidVerify) {
        while let reading = readings.receive() {
            do {
                var filler = ChunkFiller(emptyChunk: { try self.emptyChunk(1) }) { chunk in
                    try self.sendToTargets(chunk)
                    self.hash(chunk, didVerify)
                    self.release(chunk)
                }
                try filler.read(reading)
                try filler.flush()
            } catch is NoMoreUse {
                // As for the first thread.
                contents.giveUp()
            } catch {
                failSource(error)
            }
            isReadingOn.store(false, ordering: .releasing)
        }
        didHashAll()
    }
}
