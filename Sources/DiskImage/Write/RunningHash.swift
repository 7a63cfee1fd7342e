// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc

/// The SHA-256 of a content whose parts lie in several chunks, which different threads may have: each part waits until
/// those before it are hashed.
///
/// Unchecked: only the thread whose turn it is touches the hash, and turns change with the lock held.
final class RunningHash: @unchecked Sendable {
    private let hash = SHA256()
    private var turn = 0
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Calls `body` when all parts before number `part` are done.
    ///
    /// Every part must have its turn, whether anything is left to do for it or not: those after it wait.
    func take(_ part: Int, _ body: (SHA256) throws -> Void) rethrows {
        pthread_mutex_lock(lock)
        while turn != part { pthread_cond_wait(changed, lock) }
        pthread_mutex_unlock(lock)
        defer {
            pthread_mutex_lock(lock)
            turn += 1
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(lock)
        }
        try body(hash)
    }
}
