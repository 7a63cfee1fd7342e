// SPDX-License-Identifier: GPL-3.0-or-later

/// A set of clusters of a volume: one bit for each, 8 MiB for the largest volume there is.
struct ClusterSet: Sendable, Equatable {
    private static let bitsPerWord = 64

    /// The numbers of clusters from 0 on, the two that no volume has included.
    private let limit: Int
    private var words: [UInt64]

    /// An empty set for a volume of `clusterCount` clusters.
    init(clusterCount: Int64) {
        limit = Int(clusterCount + FATGeometry.firstCluster)
        words = Array(repeating: 0, count: (limit + Self.bitsPerWord - 1) / Self.bitsPerWord)
    }

    /// The number of clusters in the set.
    var count: Int64 { words.reduce(0) { $0 + Int64($1.nonzeroBitCount) } }

    /// True for a cluster in the set.
    func contains(_ cluster: UInt32) -> Bool {
        let number = Int(cluster)
        return number < limit && words[number / Self.bitsPerWord] >> UInt64(number % Self.bitsPerWord) & 1 == 1
    }

    /// Adds a cluster of the volume; false when it was there before.
    @discardableResult
    mutating func insert(_ cluster: UInt32) -> Bool {
        let number = Int(cluster)
        let bit = UInt64(1) << UInt64(number % Self.bitsPerWord)
        defer { words[number / Self.bitsPerWord] |= bit }
        return words[number / Self.bitsPerWord] & bit == 0
    }

    /// Adds all clusters of `run`.
    mutating func insert(_ run: ClusterRun) {
        for cluster in run.clusters { insert(cluster) }
    }

    /// Adds all clusters of `other`.
    mutating func formUnion(_ other: ClusterSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// Takes away all clusters of `other`.
    mutating func subtract(_ other: ClusterSet) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }

    /// The first cluster from `start` on that is in the set, or that is not; nil when there is none.
    func first(from start: UInt32, isIn: Bool) -> UInt32? {
        var number = max(Int(start), Int(FATGeometry.firstCluster))
        while number < limit {
            let word =
                (isIn ? words[number / Self.bitsPerWord] : ~words[number / Self.bitsPerWord])
                >> UInt64(number % Self.bitsPerWord)
            if word != 0 {
                number += word.trailingZeroBitCount
                return number < limit ? UInt32(number) : nil
            }
            number += Self.bitsPerWord - number % Self.bitsPerWord
        }
        return nil
    }

    /// The clusters in the set, those that follow each other together.
    var runs: [Range<UInt32>] {
        var runs: [Range<UInt32>] = []
        var next = first(from: 0, isIn: true)
        while let cluster = next {
            let end = first(from: cluster, isIn: false) ?? UInt32(limit)
            runs.append(cluster..<end)
            next = first(from: end, isIn: true)
        }
        return runs
    }

    /// The first run from `start` on of clusters that are not in the set, cut to `limit` clusters.
    func firstGap(from start: UInt32, upTo limit: Int64) -> ClusterRun? {
        guard let first = first(from: start, isIn: false) else { return nil }
        let end = self.first(from: first, isIn: true).map(Int64.init) ?? Int64(self.limit)
        return ClusterRun(first: first, count: UInt32(min(limit, end - Int64(first))))
    }
}

/// Clusters that follow each other.
struct ClusterRun: Sendable, Equatable {
    let first: UInt32
    var count: UInt32

    /// The numbers of the clusters.
    var clusters: Range<UInt32> { first..<first + count }
}
