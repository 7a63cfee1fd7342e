// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A lock whose holder can wait until another thread has changed what the lock protects.
///
/// Unchecked: the lock and its condition are made for many threads, and nothing else is in it.
public final class Monitor: @unchecked Sendable {
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// A lock that nobody holds.
    public init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Calls `body` with the lock held.
    public func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body()
    }

    /// Waits, without the lock, while `condition` holds; called with the lock held.
    public func wait(while condition: () -> Bool) {
        while condition() { pthread_cond_wait(changed, lock) }
    }

    /// Has all that wait look again; called with the lock held.
    public func notifyAll() { pthread_cond_broadcast(changed) }
}
