// SPDX-License-Identifier: GPL-3.0-or-later

/// Adds sizes that came from outside: a directory, a manifest and a file system may say anything.
///
/// What is computed from sizes that passed here fits 64 bits: rounded up to clusters or blocks, with records around
/// them, and the totals of ten thousand volumes added.
public struct ByteTotal: Sendable, Equatable {
    /// 1 PiB, far more than any media holds.
    public static let limit: Int64 = 1 << 50
    /// The limit in words.
    public static let limitText = "1 PiB"

    /// The sum so far, in bytes.
    public private(set) var byteCount: Int64 = 0

    /// Nothing yet.
    public init() {}

    /// Adds a size; false, and nothing is added, when it is negative or the sum would be above ``limit``.
    public mutating func add(_ size: Int64) -> Bool {
        guard size >= 0, size <= Self.limit - byteCount else { return false }
        byteCount += size
        return true
    }

    /// The sum of `sizes`; nil when one is negative or the sum is above ``limit``.
    public static func sum(_ sizes: some Sequence<Int64>) -> Int64? {
        var total = ByteTotal()
        for size in sizes where !total.add(size) { return nil }
        return total.byteCount
    }

    /// The sum of `sizes` for a report, none of them negative: where it is no number, the largest there is.
    public static func clampedSum(_ sizes: some Sequence<Int64>) -> Int64 {
        sizes.reduce(0) { sum, size in
            let (next, overflow) = sum.addingReportingOverflow(size)
            return overflow ? .max : next
        }
    }
}
