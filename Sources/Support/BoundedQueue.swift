// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A queue between threads that holds a bounded number of elements: who is too fast waits for the others.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    // Unchecked: everything below is read and written with the lock held.
    private var elements: [Element] = []
    private var isClosed = false
    private let capacity: Int
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// An empty queue for `capacity` elements at once.
    public init(capacity: Int) {
        self.capacity = capacity
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Adds `element` when there is room; it is dropped when the queue is closed.
    public func send(_ element: Element) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while elements.count >= capacity, !isClosed { pthread_cond_wait(changed, lock) }
        guard !isClosed else { return }
        elements.append(element)
        pthread_cond_broadcast(changed)
    }

    /// The element that was added first, as soon as there is one; nil when there are no more and the queue is closed.
    public func receive() -> Element? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while elements.isEmpty, !isClosed { pthread_cond_wait(changed, lock) }
        guard !elements.isEmpty else { return nil }
        pthread_cond_broadcast(changed)
        return elements.removeFirst()
    }

    /// How many elements wait to be received.
    public var count: Int {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return elements.count
    }

    /// Takes no more elements; those that are there can still be received.
    public func close() {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        isClosed = true
        pthread_cond_broadcast(changed)
    }
}
