// SPDX-License-Identifier: GPL-3.0-or-later

/// How many volumes no packing can do without.
enum PackingBound {
    /// A number of volumes that every packing of `items` needs, whatever their order.
    ///
    /// The largest of three bounds: the sum of the sizes; L2 (S. Martello and P. Toth, 1990), which knows that large items
    /// do not share a volume; and the dual feasible functions u(k) (S. Fekete and J. Schepers, 2001), which know how many
    /// items of one size fit.
    static func volumes(for items: [PackingItem], room: PackingRoom) -> Int {
        // What boots is an item that lies on the first volume anyway.
        let boots = max(0, room.other - room.first)
        let sizes = (items.map(\.least) + [boots]).filter { $0 > 0 }.map { min($0, room.other) }.sorted()
        guard !sizes.isEmpty, room.other > 0 else { return 1 }
        return max(1, sum(sizes, room.other), largeItems(sizes, room.other), dualFeasible(sizes, room.other))
    }

    private static func sum(_ sizes: [Int64], _ capacity: Int64) -> Int {
        volumes(sizes.reduce(0) { $0 + Double($1) / Double(capacity) })
    }

    /// For each a up to half a volume: items over 1-a are alone, items over 1/2 have one volume each, and what is at least
    /// a must fit beside the latter.
    private static func largeItems(_ sizes: [Int64], _ capacity: Int64) -> Int {
        let half = capacity / 2
        // sums[i] is the sum of the first i sizes, in volumes.
        let sums = sizes.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + Double($1) / Double(capacity)) }
        let firstLarge = index(in: sizes) { $0 > half }
        var best = sizes.count - firstLarge
        var last: Int64 = -1
        for start in 0..<firstLarge where sizes[start] != last {
            last = sizes[start]
            let firstAlone = max(firstLarge, index(in: sizes) { $0 > capacity - last })
            let shared = firstAlone - firstLarge
            let rest = Double(shared) - (sums[firstAlone] - sums[firstLarge])
            best = max(best, sizes.count - firstLarge + max(0, volumes(sums[firstLarge] - sums[start] - rest)))
        }
        return best
    }

    /// u(k) maps the share x of a volume to floor((k+1)x)/k, and to x where (k+1)x is whole.
    private static func dualFeasible(_ sizes: [Int64], _ capacity: Int64) -> Int {
        (1...12).reduce(0) { best, k in
            let weight = sizes.reduce(0.0) { sum, size in
                let (high, low) = Int64(k + 1).multipliedFullWidth(by: size)
                let (quotient, remainder) = capacity.dividingFullWidth((high, low))
                return sum + (remainder == 0 ? Double(size) / Double(capacity) : Double(quotient) / Double(k))
            }
            return max(best, volumes(weight))
        }
    }

    /// The whole volumes that `share` takes; rounding errors of sums never make one more.
    private static func volumes(_ share: Double) -> Int { Int((share - 1e-6).rounded(.up)) }

    /// The index of the first of the ascending `sizes` that meets `condition`, which all later ones meet too.
    private static func index(in sizes: [Int64], where condition: (Int64) -> Bool) -> Int {
        var (low, high) = (0, sizes.count)
        while low < high {
            let middle = (low + high) / 2
            if condition(sizes[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
