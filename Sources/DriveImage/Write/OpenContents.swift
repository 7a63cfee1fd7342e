// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support

/// The contents that are being read and hashed, and those that turned out to be something else.
///
/// Unchecked: everything below is read and written with the lock held.
final class OpenContents: @unchecked Sendable {
    /// A content from a server whose bytes were not what was promised.
    struct Rejection {
        let end: ContentEnd
        let error: TransferError
    }

    private let monitor = Monitor()
    private var count = 0
    private var rejected: [Rejection] = []
    private var isGivenUp = false

    /// Takes note that a content is read from now on whose hash is taken.
    func begin() { monitor.withLock { count += 1 } }

    /// Takes note that a content is what was promised.
    func finish() { end {} }

    /// Takes note that a content is not what was promised.
    func reject(_ content: ContentEnd, _ error: TransferError) {
        end { rejected.append(Rejection(end: content, error: error)) }
    }

    /// Nobody needs to wait any more.
    func giveUp() {
        monitor.withLock {
            isGivenUp = true
            monitor.notifyAll()
        }
    }

    private func end(_ note: () -> Void) {
        monitor.withLock {
            note()
            count -= 1
            monitor.notifyAll()
        }
    }

    /// Waits until every content that was begun has its hash; returns those that were rejected since the last time.
    func waitForAll() -> [Rejection] {
        monitor.withLock {
            monitor.wait { count > 0 && !isGivenUp }
            defer { rejected = [] }
            return isGivenUp ? [] : rejected
        }
    }
}
