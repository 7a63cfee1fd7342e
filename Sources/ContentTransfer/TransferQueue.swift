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

    /// Large enough that the calls do not count, small enough that all threads end together.
    private static let verifiedPieceByteCount: Int64 = 64 << 20

    private struct State {
        var pieces: [Piece]
        var failure: (any Error)?
    }

    private let state: Mutex<State>

    /// Orders `transfers` so that the longest run of hashing starts first and no thread is left with it at the end.
    init(_ transfers: [Transfer]) {
        var pieces: [Piece] = []
        for transfer in transfers {
            guard case .verifiedFile = transfer.source, case .image = transfer.target else {
                pieces.append(Piece(transfer: transfer, range: 0..<transfer.byteCount))
                continue
            }
            var start: Int64 = 0
            repeat {
                let end = start + min(Self.verifiedPieceByteCount, transfer.byteCount - start)
                pieces.append(Piece(transfer: transfer, range: start..<end))
                start = end
            } while start < transfer.byteCount
        }
        // Taken from the end: the largest last.
        pieces.sort { $0.range.count < $1.range.count }
        state = Mutex(State(pieces: pieces))
    }

    /// The next piece, or nil when all is done or something failed.
    func next() -> Piece? {
        state.withLock { $0.failure == nil ? $0.pieces.popLast() : nil }
    }

    /// Remembers the first failure and lets no more work out.
    func fail(_ error: any Error) {
        state.withLock { $0.failure = $0.failure ?? error }
    }

    /// The first failure.
    var failure: (any Error)? { state.withLock { $0.failure } }
}
