// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// All that is on a FAT32 volume and where, read so strictly that its clusters can be told from free ones.
struct VolumeContents: Sendable {
    /// A file and its clusters.
    struct File: Sendable {
        let entry: FATVolume.Entry
        let runs: [ClusterRun]
        /// True when it has as many clusters as its size needs.
        let isExact: Bool
    }

    private(set) var files: [File] = []
    private(set) var folders: [FATVolume.Entry] = []
    /// The clusters of all files and folders.
    private(set) var reachable: ClusterSet
    /// The clusters that the table calls damaged.
    private(set) var bad: ClusterSet
    /// The clusters for which the table says something else than that they are free: also those that nothing leads to.
    private(set) var allocated: ClusterSet

    private static let badCluster: UInt32 = 0x0FFF_FFF7
    private static let windowByteCount = 1 << 20

    /// Reads `volume`, whose parts are those of `frame`.
    ///
    /// - Throws: ``DriveImageError`` `.damaged` when any chain of clusters is not whole or is used twice; `FileError`.
    init(_ volume: FATVolume, _ frame: VolumeFrame) throws {
        let count = frame.shape.clusterCount
        (reachable, bad, allocated) = (
            ClusterSet(clusterCount: count), ClusterSet(clusterCount: count), ClusterSet(clusterCount: count)
        )
        let listing = try volume.list(.drive, keepsRecords: true)
        guard listing.isWhole else { throw Self.damaged("the volume of the drive", "has folders that cannot be right") }
        try readTable(volume, frame)
        var chains = ChainReader(volume)
        _ = try take(&chains, from: frame.shape.rootCluster, "the root directory")
        for entry in listing.entries {
            if entry.isFolder {
                _ = try take(&chains, from: entry.firstCluster, "folder \(entry.path)")
                folders.append(entry)
                continue
            }
            let needed = (entry.byteCount + frame.shape.clusterByteCount - 1) / frame.shape.clusterByteCount
            let runs = entry.firstCluster == 0 ? [] : try take(&chains, from: entry.firstCluster, "file \(entry.path)")
            let found = runs.reduce(0) { $0 + Int64($1.count) }
            guard found >= needed else { throw Self.damaged("file \(entry.path)", "ends before its size") }
            files.append(File(entry: entry, runs: runs, isExact: found == needed))
        }
    }

    /// Marks the clusters of a chain.
    private mutating func take(_ chains: inout ChainReader, from first: UInt32, _ name: String) throws -> [ClusterRun] {
        var runs: [ClusterRun] = []
        var cluster = first
        while true {
            guard chains.isCluster(cluster), !bad.contains(cluster), reachable.insert(cluster),
                let next = try chains.next(after: cluster)
            else { throw Self.damaged(name, "has a chain of clusters that is not whole") }
            if let last = runs.last, last.clusters.upperBound == cluster {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(ClusterRun(first: cluster, count: 1))
            }
            if next > Self.badCluster { return runs }
            cluster = next
        }
    }

    private mutating func readTable(_ volume: FATVolume, _ frame: VolumeFrame) throws {
        var offset: Int64 = 0
        while offset < frame.tableByteCount {
            let length = Int(min(Int64(Self.windowByteCount), frame.tableByteCount - offset))
            guard let bytes = try volume.source.bytes(at: frame.tableOffsets[0] + offset, length: length) else {
                throw Self.damaged("the volume of the drive", "ends inside its tables")
            }
            let first = UInt32(offset / ClusterMap.entryByteCount)
            bytes.withUnsafeBytes { entries in
                for index in 0..<UInt32(length / Int(ClusterMap.entryByteCount)) {
                    let cluster = first + index
                    let value = entries.loadUnaligned(fromByteOffset: Int(index) * 4, as: UInt32.self)
                    let entry = UInt32(littleEndian: value) & FATTable.entryMask
                    guard entry != 0, Int64(cluster) >= FATGeometry.firstCluster else { continue }
                    if entry == Self.badCluster { bad.insert(cluster) } else { allocated.insert(cluster) }
                }
            }
            offset += Int64(length)
        }
    }

    private static func damaged(_ object: String, _ problem: DiagnosticText) -> DriveImageError {
        DriveImageError(.damaged, "\(object)", problem, nextStep: DriveUpdate.writeAnew)
    }
}

/// Follows chains of clusters.
private struct ChainReader {
    private let shape: FATVolume.Shape
    private var table: FATTable

    init(_ volume: FATVolume) {
        shape = volume.shape
        table = FATTable(volume.source, volume.shape)
    }

    func isCluster(_ number: UInt32) -> Bool { shape.range(ofCluster: number) != nil }

    mutating func next(after cluster: UInt32) throws(FileError) -> UInt32? { try table.next(after: cluster) }
}
