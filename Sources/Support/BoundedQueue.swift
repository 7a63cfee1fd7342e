// SPDX-License-Identifier: GPL-3.0-or-later

/// A queue between threads that holds a bounded number of elements: who is too fast waits for the others.
public final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    // Unchecked: everything below is read and written with the lock held.
    private var elements: [Element] = []
    private var isClosed = false
    private let capacity: Int
    private let monitor = Monitor()

    /// An empty queue for `capacity` elements at once.
    public init(capacity: Int) { self.capacity = capacity }

    /// Adds `element` when there is room; it is dropped when the queue is closed.
    public func send(_ element: Element) {
        monitor.withLock {
            monitor.wait { elements.count >= capacity && !isClosed }
            guard !isClosed else { return }
            elements.append(element)
            monitor.notifyAll()
        }
    }

    /// The element that was added first, as soon as there is one; nil when there are no more and the queue is closed.
    public func receive() -> Element? {
        monitor.withLock {
            monitor.wait { elements.isEmpty && !isClosed }
            guard !elements.isEmpty else { return nil }
            monitor.notifyAll()
            return elements.removeFirst()
        }
    }

    /// How many elements wait to be received.
    public var count: Int { monitor.withLock { elements.count } }

    /// Takes no more elements; those that are there can still be received.
    public func close() {
        monitor.withLock {
            isClosed = true
            monitor.notifyAll()
        }
    }
}
