// SPDX-License-Identifier: GPL-3.0-or-later

/// Hands out free clusters: each content gets a run of its own where there is one, and pieces where there is none.
struct ClusterAllocation {
    /// Clusters that may not be handed out, and those that were.
    private(set) var taken: ClusterSet
    private(set) var freeCount: Int64
    /// No cluster before it is free.
    private var cursor = UInt32(FATGeometry.firstCluster)

    init(taken: ClusterSet, clusterCount: Int64) {
        self.taken = taken
        freeCount = clusterCount - taken.count
    }

    /// Takes `count` clusters, of which there must be as many; the first run that is long enough, or the first of all.
    mutating func take(_ count: Int64) -> [ClusterRun] {
        guard count > 0 else { return [] }
        freeCount -= count
        cursor = taken.first(from: cursor, isIn: false) ?? cursor
        var start = cursor
        while let gap = taken.firstGap(from: start, upTo: count) {
            if Int64(gap.count) == count {
                taken.insert(gap)
                return [gap]
            }
            start = gap.clusters.upperBound
        }
        var runs: [ClusterRun] = []
        var rest = count
        start = cursor
        while rest > 0, let gap = taken.firstGap(from: start, upTo: rest) {
            taken.insert(gap)
            runs.append(gap)
            rest -= Int64(gap.count)
            start = gap.clusters.upperBound
        }
        return runs
    }
}
