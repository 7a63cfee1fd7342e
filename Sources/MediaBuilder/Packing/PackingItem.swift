// SPDX-License-Identifier: GPL-3.0-or-later

/// Something that stays on one volume, with bounds of the bytes it takes there.
public struct PackingItem: Sendable, Equatable {
    /// At least this much, whatever else lies on the volume; items that share content count it once.
    let least: Int64
    /// At most this much, whatever else lies on the volume.
    let most: Int64
}

extension PackingItem {
    /// An item whose size does not depend on what lies beside it.
    init(exactly byteCount: Int64) { self.init(least: byteCount, most: byteCount) }
}

/// The bytes that volumes have for items.
struct PackingRoom: Sendable, Equatable {
    /// On the first volume, which also holds what boots.
    let first: Int64
    /// On each of the others.
    let other: Int64

    /// The room on the volume with this index, from 0.
    func onVolume(_ index: Int) -> Int64 { index == 0 ? first : other }
}

/// Which items lie on which volume: indices of items in ascending order, for each volume.
///
/// The first volume may hold none; every other volume holds some.
typealias Packing = [[Int]]
