// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer

extension Pipeline {
    /// The threads that prove that contents have the hashes that were promised.
    ///
    /// A content is hashed by one thread at a time, since SHA-256 cannot be divided; several help with smaller ones,
    /// and one reads a large one on while the others go to the next.
    func hashers(_ didVerify: @escaping DiskWriter.DidVerify) -> [@Sendable () -> Void] {
        let hashers = (0..<Self.hasherCount).map { _ -> @Sendable () -> Void in { self.hashContents(didVerify) } }
        return hashers + [{ self.readOn(didVerify) }]
    }

    private func hashContents(_ didVerify: DiskWriter.DidVerify) {
        while let chunk = hashing.receive() {
            hash(chunk, didVerify)
            release(chunk)
        }
        didHashAll()
    }

    /// Hashes what lies in `chunk`.
    func hash(_ chunk: DiskChunk, _ didVerify: DiskWriter.DidVerify) {
        guard let bytes = chunk.bytes else { return }
        for event in chunk.events {
            do {
                try event.hash.take(event.part) { hash in
                    guard sourceFailure == nil else { return }
                    switch event.step {
                    case .bytes(let range): hash.update(UnsafeRawBufferPointer(rebasing: bytes[range]))
                    case .end(let end):
                        do throws(TransferError) {
                            try end.source.require(hash.finalize())
                        } catch {
                            guard case .stream = end.content.source else { throw error }
                            return contents.reject(end, error)
                        }
                        end.source.report(to: didVerify)
                        contents.finish()
                    }
                }
            } catch {
                failSource(error)
            }
        }
    }
}
