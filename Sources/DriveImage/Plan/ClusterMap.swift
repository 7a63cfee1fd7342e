// SPDX-License-Identifier: GPL-3.0-or-later

/// Which clusters the folders and files of a volume take: each a run without gaps, folders first.
///
/// Files follow each other too, unless they lie somewhere already.
struct ClusterMap: Sendable, Equatable {
    /// The first cluster of each folder.
    private(set) var folders: [UInt32] = []
    /// The first cluster of each file; 0 for an empty one.
    private(set) var files: [UInt32] = []
    /// The last cluster of every run, ascending: where a chain ends.
    private var ends: [UInt32] = []
    /// The clusters between them that are free, ascending.
    private var gaps: [Range<UInt32>] = []
    /// How many clusters there are up to the last that is taken.
    private(set) var usedCount: Int64 = 0
    /// How many clusters are taken.
    var takenCount: Int64 { gaps.reduce(usedCount) { $0 - Int64($1.count) } }

    private let clusterByteCount: Int64

    /// The clusters for folders and files of these sizes in bytes, or nil when there are more than `limit`.
    init?(folders: some Sequence<Int64>, files: some Sequence<Int64>, clusterByteCount: Int64, limit: Int64) {
        self.clusterByteCount = clusterByteCount
        // Every folder has a cluster, whatever is in it.
        for byteCount in folders { self.folders.append(take(max(1, byteCount))) }
        for byteCount in files {
            self.files.append(take(byteCount))
            guard usedCount <= limit else { return nil }
        }
        guard usedCount <= limit else { return nil }
    }

    /// The clusters for folders of these sizes in bytes, and for files that lie somewhere already: each in a run that begins
    /// so many bytes behind the first cluster, a multiple of their size.
    ///
    /// Nil when they do not lie there alone, or beyond `limit` clusters.
    init?(
        folders: some Sequence<Int64>, placed files: [Range<Int64>], clusterByteCount: Int64, limit: Int64
    ) {
        self.clusterByteCount = clusterByteCount
        for byteCount in folders { self.folders.append(take(max(1, byteCount))) }
        self.files = [UInt32](repeating: 0, count: files.count)
        let order = files.indices.filter { !files[$0].isEmpty }.sorted {
            files[$0].lowerBound < files[$1].lowerBound
        }
        for number in order {
            let (first, rest) = files[number].lowerBound.quotientAndRemainder(dividingBy: clusterByteCount)
            guard rest == 0, first >= usedCount,
                limit - first >= Self.clusters(for: Int64(files[number].count), clusterByteCount)
            else { return nil }
            if first > usedCount {
                gaps.append(
                    UInt32(usedCount + FATGeometry.firstCluster)..<UInt32(first + FATGeometry.firstCluster))
                usedCount = first
            }
            self.files[number] = take(Int64(files[number].count))
        }
        guard usedCount <= limit else { return nil }
    }

    /// Clusters that folders and files of these sizes in bytes take.
    static func count(
        folders: some Sequence<Int64>, files: some Sequence<Int64>, clusterByteCount: Int64
    ) -> Int64 {
        folders.reduce(0) { $0 + clusters(for: max(1, $1), clusterByteCount) }
            + files.reduce(0) { $0 + clusters(for: $1, clusterByteCount) }
    }

    private static func clusters(for byteCount: Int64, _ clusterByteCount: Int64) -> Int64 {
        (byteCount + clusterByteCount - 1) / clusterByteCount
    }

    private mutating func take(_ byteCount: Int64) -> UInt32 {
        let count = Self.clusters(for: byteCount, clusterByteCount)
        guard count > 0 else { return 0 }
        // Beyond the limit the numbers mean nothing any more: the caller gives up then.
        let first = UInt32(clamping: usedCount + FATGeometry.firstCluster)
        usedCount += count
        ends.append(UInt32(clamping: usedCount + FATGeometry.firstCluster - 1))
        return first
    }

    /// The bytes of a FAT that say something; all after them are zero.
    var tableByteCount: Int64 { (usedCount + FATGeometry.firstCluster) * Self.entryByteCount }

    static let entryByteCount: Int64 = 4
    /// The end of a chain ("FAT: General Overview of On-Disk Format" 1.03, page 18).
    static let endOfChain: UInt32 = 0x0FFF_FFFF
    /// The first two entries: the media byte, and a volume that was left in order (the same, page 18).
    private static let reserved: [UInt32] = [0x0FFF_FFF8, 0x0FFF_FFFF]

    /// Writes the entries of the FAT from `offset` bytes on, a multiple of four, into all of `buffer`.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int64) {
        let first = offset / Self.entryByteCount
        let used = usedCount + FATGeometry.firstCluster
        // The first run that ends at the first entry or after it.
        var next = Self.first(of: ends, from: UInt32(clamping: first)) { $0 }
        // The first gap that does not end before it.
        var gap = Self.first(of: gaps, from: UInt32(clamping: first)) { $0.upperBound - 1 }
        for index in 0..<buffer.count / Int(Self.entryByteCount) {
            let cluster = first + Int64(index)
            let entry: UInt32
            if cluster >= used {
                entry = 0
            } else if cluster < FATGeometry.firstCluster {
                entry = Self.reserved[Int(cluster)]
            } else if gap < gaps.count, cluster >= gaps[gap].lowerBound {
                entry = 0
                if cluster + 1 == gaps[gap].upperBound { gap += 1 }
            } else if next < ends.count, Int64(ends[next]) == cluster {
                entry = Self.endOfChain
                next += 1
            } else {
                entry = UInt32(cluster + 1)
            }
            buffer.storeBytes(of: entry.littleEndian, toByteOffset: index * Int(Self.entryByteCount), as: UInt32.self)
        }
    }

    /// The index of the first of `elements`, ascending, whose `last` cluster is `cluster` or one behind it.
    private static func first<Element>(
        of elements: [Element], from cluster: UInt32, _ last: (Element) -> UInt32
    ) -> Int {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = (low + high) / 2
            if last(elements[middle]) < cluster { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
