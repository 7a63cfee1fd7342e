// SPDX-License-Identifier: GPL-3.0-or-later

/// Fills gaps with what comes later, which may take fewer volumes; each is still asked for in the order of first use.
enum DensePacking {
    /// Packs `items` by their upper bounds, each of which fits an empty volume other than the first.
    ///
    /// First-fit decreasing and best-fit decreasing, which need at most 11/9 of the fewest volumes and one more (D. S.
    /// Johnson, 1973); the better one counts.
    static func pack(_ items: [PackingItem], into room: PackingRoom) -> Packing {
        let order = items.indices.sorted { (items[$1].most, $0) < (items[$0].most, $1) }
        let first = fill(items, order, room) { _, _ in false }
        // Of the volumes that can take an item, the fullest.
        let best = fill(items, order, room) { $0 < $1 }
        return inOrderOfUse(best.count < first.count ? best : first)
    }

    /// Puts each item on a volume that can take it; `prefers` says whether the first rest suits better than the second.
    private static func fill(
        _ items: [PackingItem], _ order: [Int], _ room: PackingRoom, prefers: (Int64, Int64) -> Bool
    ) -> Packing {
        var packing: Packing = [[]]
        var rests = [room.first]
        for index in order {
            let size = items[index].most
            var chosen: Int?
            for (volume, rest) in rests.enumerated() where size <= rest {
                guard let known = chosen else {
                    chosen = volume
                    continue
                }
                if prefers(rest, rests[known]) { chosen = volume }
            }
            if let chosen {
                packing[chosen].append(index)
                rests[chosen] -= size
            } else {
                packing.append([index])
                rests.append(room.other - size)
            }
        }
        return packing
    }

    private static func inOrderOfUse(_ packing: Packing) -> Packing {
        let sorted = packing.map { $0.sorted() }
        return [sorted[0]] + sorted.dropFirst().sorted { ($0.first ?? 0) < ($1.first ?? 0) }
    }
}
