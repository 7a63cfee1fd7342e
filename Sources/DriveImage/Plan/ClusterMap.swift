// SPDX-License-Identifier: GPL-3.0-or-later

/// Which clusters the folders and files of a volume take: each a run without gaps, folders first.
struct ClusterMap: Sendable, Equatable {
    /// The first cluster of each folder.
    private(set) var folders: [UInt32] = []
    /// The first cluster of each file; 0 for an empty one.
    private(set) var files: [UInt32] = []
    /// The last cluster of every run, ascending: where a chain ends.
    private var ends: [UInt32] = []
    /// How many clusters are taken.
    private(set) var usedCount: Int64 = 0

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
        var next = firstEnd(from: UInt32(clamping: first))
        for index in 0..<buffer.count / Int(Self.entryByteCount) {
            let cluster = first + Int64(index)
            let entry: UInt32
            if cluster >= used {
                entry = 0
            } else if cluster < FATGeometry.firstCluster {
                entry = Self.reserved[Int(cluster)]
            } else if next < ends.count, Int64(ends[next]) == cluster {
                entry = Self.endOfChain
                next += 1
            } else {
                entry = UInt32(cluster + 1)
            }
            buffer.storeBytes(of: entry.littleEndian, toByteOffset: index * Int(Self.entryByteCount), as: UInt32.self)
        }
    }

    private func firstEnd(from cluster: UInt32) -> Int {
        var (low, high) = (0, ends.count)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] < cluster { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
