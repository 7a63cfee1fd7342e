// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The SHA-256 of a content whose parts lie in several chunks, which different threads may have: each part waits until
/// those before it are hashed.
///
/// Unchecked: only the thread whose turn it is touches the hash, and turns change with the lock held.
final class RunningHash: @unchecked Sendable {
    private let hash = SHA256()
    private var turn = 0
    private let monitor = Monitor()

    /// Calls `body` when all parts before number `part` are done.
    ///
    /// Every part must have its turn, whether anything is left to do for it or not: those after it wait.
    func take(_ part: Int, _ body: (SHA256) throws -> Void) rethrows {
        monitor.withLock { monitor.wait { turn != part } }
        defer {
            monitor.withLock {
                turn += 1
                monitor.notifyAll()
            }
        }
        try body(hash)
    }
}
