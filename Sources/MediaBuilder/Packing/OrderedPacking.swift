// SPDX-License-Identifier: GPL-3.0-or-later

/// Fills one volume after the other in the order of the items, so that discs are asked for once and in order.
///
/// Each volume takes as many items as it can hold. No packing that keeps the order needs fewer volumes: by induction, no
/// such packing has put more items on its first n volumes.
enum OrderedPacking {
    /// Tells how many bytes the items of a range take exactly on the volume with an index; costly.
    typealias Measure = (_ items: Range<Int>, _ volume: Int) throws -> Int64

    /// Packs `items`, each of which fits an empty volume other than the first.
    ///
    /// - Parameter measure: asked only where the bounds of the items do not decide.
    /// - Returns: nil when an item does not fit such a volume after all.
    static func pack(_ items: [PackingItem], into room: PackingRoom, measure: Measure) rethrows -> Packing? {
        var packing: Packing = [[]]
        var start = 0
        var (least, most) = (Int64(0), Int64(0))
        for (index, item) in items.enumerated() {
            while true {
                let volume = packing.count - 1
                let limit = room.onVolume(volume)
                if most + item.most <= limit {
                    (least, most) = (least + item.least, most + item.most)
                    break
                }
                if least + item.least <= limit {
                    let exact = try measure(start..<(index + 1), volume)
                    if exact <= limit {
                        // What is known exactly needs no bounds: the next items are added to it.
                        (least, most) = (max(least + item.least, 0), exact)
                        break
                    }
                }
                if volume > 0, start == index { return nil }
                packing.append([])
                start = index
                (least, most) = (0, 0)
            }
            packing[packing.count - 1].append(index)
        }
        return packing
    }
}
