// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@Suite("Sums of sizes from outside")
struct ByteTotalTests {
    @Test("what is negative or goes beyond the limit is refused and not added")
    func limits() {
        var total = ByteTotal()
        for size in [1 << 49, (1 << 49) - 1, 1, 0] as [Int64] {
            let isAdded = total.add(size)
            #expect(isAdded)
        }
        for size in [1, -1, .max, .min] as [Int64] {
            let isAdded = total.add(size)
            #expect(!isAdded)
            #expect(total.byteCount == ByteTotal.limit)
        }
        #expect(ByteTotal.sum([.max, .max] as [Int64]) == nil)
        #expect(ByteTotal.sum([5, -1] as [Int64]) == nil)
        #expect(ByteTotal.sum([5, 6] as [Int64]) == 11)
    }

    @Test("the sum for a report ends at the largest number")
    func clamped() {
        #expect(ByteTotal.clampedSum([.max - 1, 1] as [Int64]) == .max)
        #expect(ByteTotal.clampedSum([.max, 1, .max] as [Int64]) == .max)
    }
}
