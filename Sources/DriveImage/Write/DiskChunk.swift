// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import Synchronization

/// A part of the pass over a drive, on its way from the reading thread to all that hash and write it.
///
/// Unchecked: the reading thread fills it, hands it on and does not touch it again until the last of the others has let
/// go of it.
final class DiskChunk: @unchecked Sendable {
    /// What hashing needs to know of the bytes.
    struct Event {
        /// What there is to do.
        enum Step {
            /// More bytes of a content.
            case bytes(Range<Int>)
            /// The content is complete.
            case end(ContentEnd)
        }

        /// The hash of the content.
        let hash: RunningHash
        /// The number of this step among those of the content.
        let part: Int
        /// What there is to do.
        let step: Step
    }

    /// Where the chunk lies on the drive, in bytes.
    private(set) var offset: Int64 = 0
    /// How many bytes it has.
    private(set) var byteCount = 0
    /// The contents that must have the hash that was promised, in order.
    private(set) var events: [Event] = []
    /// Whose chunk it is, to be filled again; nil for zeros.
    let pool: Int?
    /// Nil for zeros.
    private let buffer: UnsafeMutableRawBufferPointer?
    private var capacity = 0
    private let holders = Atomic<Int>(0)

    /// A chunk with a buffer of `capacity` bytes, to be used again and again by those who share `pool`.
    init(capacity: Int, pool: Int) {
        self.pool = pool
        buffer = HugePages.allocate(byteCount: capacity)
    }

    /// A chunk of zeros.
    init(zeros range: Range<Int64>) {
        buffer = nil
        pool = nil
        offset = range.lowerBound
        byteCount = range.count
    }

    deinit { buffer?.deallocate() }

    /// Begins anew, at `offset` and with room for `capacity` bytes or as many as the buffer has.
    func start(at offset: Int64, capacity: Int) {
        self.offset = offset
        self.capacity = min(capacity, buffer?.count ?? 0)
        byteCount = 0
        events = []
    }

    /// True when no more bytes fit.
    var isFull: Bool { byteCount >= capacity }

    /// Lets `fill` put up to `limit` bytes behind the others and say how many these were; returns where they are.
    func append(upTo limit: Int64, _ fill: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Range<Int> {
        guard let buffer else { return 0..<0 }
        let end = byteCount + Int(min(limit, Int64(capacity - byteCount)))
        let count = try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[byteCount..<end]))
        defer { byteCount += count }
        return byteCount..<byteCount + count
    }

    /// Adds what hashing needs to know.
    func note(_ event: Event) { events.append(event) }

    /// The bytes; nil for zeros.
    var bytes: UnsafeRawBufferPointer? { buffer.map { UnsafeRawBufferPointer(rebasing: $0[..<byteCount]) } }

    /// The bytes on the drive.
    var range: Range<Int64> { offset..<offset + Int64(byteCount) }

    /// Says how many have to let go of it.
    func retain(_ count: Int) { holders.store(count, ordering: .releasing) }

    /// True for the last that lets go of it.
    func release() -> Bool { holders.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
}
