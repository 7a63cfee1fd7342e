// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization

/// The work of a build, handed to whichever thread is free.
final class TransferQueue: Sendable {
    /// A piece of work: all of a transfer, or a part of one whose bytes need no hashing.
    struct Piece: Sendable {
        let transfer: Transfer
        let range: Range<Int64>
    }

    /// A piece that waits: very many may, so that it names its transfer by number.
    private struct Waiting {
        let number: Int
        let range: Range<Int64>
    }

    /// Large enough that the calls do not count, small enough that all threads end together.
    private static let verifiedPieceByteCount: Int64 = 64 << 20

    private struct State {
        var pieces: [Waiting]
        var failure: (any Error)?
    }

    private let transfers: [Transfer]
    private let state: Mutex<State>

    /// Orders `transfers` so that the longest run of hashing starts first and no thread is left with it at the end.
    init(_ transfers: [Transfer]) {
        var pieces: [Waiting] = []
        pieces.reserveCapacity(transfers.count)
        for (number, transfer) in transfers.enumerated() {
            guard case .verifiedFile = transfer.source, case .image = transfer.target else {
                pieces.append(Waiting(number: number, range: transfer.range))
                continue
            }
            var start = transfer.range.lowerBound
            repeat {
                let end = start + min(Self.verifiedPieceByteCount, transfer.range.upperBound - start)
                pieces.append(Waiting(number: number, range: start..<end))
                start = end
            } while start < transfer.range.upperBound
        }
        // Taken from the end: the largest last.
        pieces.sort { $0.range.count < $1.range.count }
        self.transfers = transfers
        state = Mutex(State(pieces: pieces))
    }

    /// The next piece, or nil when all is done or something failed.
    func next() -> Piece? {
        let waiting = state.withLock { $0.failure == nil ? $0.pieces.popLast() : nil }
        return waiting.map { Piece(transfer: transfers[$0.number], range: $0.range) }
    }

    /// Remembers the first failure and lets no more work out.
    func fail(_ error: any Error) {
        state.withLock { $0.failure = $0.failure ?? error }
    }

    /// The first failure.
    var failure: (any Error)? { state.withLock { $0.failure } }
}
