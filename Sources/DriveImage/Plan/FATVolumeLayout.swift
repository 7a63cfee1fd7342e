// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Where everything lies in a FAT32 volume that is not written yet: every folder and file.
///
/// It holds no bytes of FATs and directories: they are made when their turn to be written comes.
public struct FATVolumeLayout: Sendable, Equatable {
    /// The bytes of the drive that the volume takes.
    public let range: Range<Int64>
    /// The label.
    public private(set) var label: FATLabel
    /// The number of its first file among all files of the drive.
    public let firstFile: Int
    /// The files, in the order in which their content lies in the volume.
    public let files: [DiskFile]
    /// Folders that exist even when they are empty.
    public let folders: [MediaPath]
    /// The time of the folders and of the volume label.
    public let created: Timestamp
    /// The parts of the volume.
    public let geometry: FATGeometry
    let serial: UInt32
    let tree: VolumeTree
    let clusters: ClusterMap

    /// The largest file of a volume, in bytes, whatever its clusters have.
    public static let largestFileByteCount = FATGeometry.largestFileByteCount

    /// Lays `contents` out in `range`; nil when that is too small or too large.
    ///
    /// - Throws: ``DriveImageError``: `.unsuitableName`, `.duplicateName`, `.fileTooLarge`, `.folderTooLarge`.
    init?(_ contents: FATVolumeContents, firstFile: Int = 0, in range: Range<Int64>) throws(DriveImageError) {
        try contents.checkSizes()
        let tree = try contents.tree
        guard let geometry = FATGeometry(sectorCount: Int64(range.count) / Int64(Sector.byteCount)),
            let clusters = ClusterMap(
                folders: tree.folders.indices.lazy.map { tree.directoryByteCount(of: $0) },
                files: contents.files.lazy.map(\.byteCount), clusterByteCount: geometry.clusterByteCount,
                limit: geometry.clusterCount)
        else { return nil }
        self.init(contents, tree, firstFile: firstFile, in: range, geometry, clusters)
    }

    /// Lays `contents` out in `range` as `geometry` says, around files that lie there already; nil when that cannot be.
    ///
    /// - Parameter places: the bytes of each file on the drive; empty for an empty file.
    /// - Throws: as the other.
    init?(
        _ contents: FATVolumeContents, in range: Range<Int64>, _ geometry: FATGeometry, places: [Range<Int64>]
    ) throws(DriveImageError) {
        try contents.checkSizes()
        let tree = try contents.tree
        let start = range.lowerBound + geometry.firstDataSector * Int64(Sector.byteCount)
        guard places.allSatisfy({ $0.isEmpty || $0.lowerBound >= start }),
            let clusters = ClusterMap(
                folders: tree.folders.indices.lazy.map { tree.directoryByteCount(of: $0) },
                placed: places.map { $0.isEmpty ? 0..<0 : $0.lowerBound - start..<$0.upperBound - start },
                clusterByteCount: geometry.clusterByteCount, limit: geometry.clusterCount)
        else { return nil }
        self.init(contents, tree, firstFile: 0, in: range, geometry, clusters)
    }

    private init(
        _ contents: FATVolumeContents, _ tree: VolumeTree, firstFile: Int, in range: Range<Int64>,
        _ geometry: FATGeometry, _ clusters: ClusterMap
    ) {
        self.range = range
        self.firstFile = firstFile
        label = contents.label
        files = contents.files
        folders = contents.folders
        created = contents.created
        serial = contents.serial
        self.geometry = geometry
        self.tree = tree
        self.clusters = clusters
    }

    /// The same volume with another label in the place of the one that it has; one without a label keeps none, because its
    /// root directory has no record for it.
    func labelled(_ label: FATLabel) -> FATVolumeLayout {
        guard !self.label.description.isEmpty, !label.description.isEmpty else { return self }
        var volume = self
        volume.label = label
        return volume
    }

    /// The record of the label, with which the root directory begins; nil for a volume without one.
    var labelRecord: DiskPiece? {
        guard !label.description.isEmpty else { return nil }
        var bytes: [UInt8] = []
        FATDirectoryEntry.append(label: label, modified: FATTimestamp(created), to: &bytes)
        return DiskPiece(offset: range(ofFolder: VolumeTree.root).lowerBound, bytes: bytes)
    }

    /// The bytes of the file with this number of the volume on the drive; empty for an empty file, wherever that is.
    public func range(ofFile number: Int) -> Range<Int64> {
        range(fromCluster: clusters.files[number], byteCount: files[number].byteCount)
    }

    /// The bytes of the directory of a folder on the drive.
    func range(ofFolder number: Int) -> Range<Int64> {
        range(fromCluster: clusters.folders[number], byteCount: tree.directoryByteCount(of: number))
    }

    private func range(fromCluster cluster: UInt32, byteCount: Int64) -> Range<Int64> {
        let start = offset(ofCluster: Int64(cluster))
        return start..<start + byteCount
    }

    /// Where a cluster begins on the drive.
    private func offset(ofCluster cluster: Int64) -> Int64 {
        let offset = (cluster - FATGeometry.firstCluster) * geometry.clusterByteCount
        return range.lowerBound + geometry.firstDataSector * Int64(Sector.byteCount) + max(0, offset)
    }

    /// Where the clusters that hold something end on the drive.
    var endOfUsedClusters: Int64 { offset(ofCluster: clusters.usedCount + FATGeometry.firstCluster) }

    /// What a boot sector and FSInfo say of the volume.
    var bootSector: FATBootSector {
        FATBootSector(
            geometry: geometry, label: label, serial: serial,
            hiddenSectorCount: range.lowerBound / Int64(Sector.byteCount), usedClusterCount: clusters.takenCount)
    }
}

/// What a FAT32 volume is to hold, wherever it will lie.
struct FATVolumeContents: Sendable, Equatable {
    let label: FATLabel
    let serial: UInt32
    let files: [DiskFile]
    let folders: [MediaPath]
    let created: Timestamp

    /// The files in their folders.
    ///
    /// - Throws: ``DriveImageError``: `.unsuitableName`, `.duplicateName`, `.folderTooLarge`.
    var tree: VolumeTree {
        get throws(DriveImageError) {
            try VolumeTree(files: files, folders: folders, hasLabel: !label.description.isEmpty)
        }
    }

    /// Refuses files that FAT32 cannot keep.
    ///
    /// - Throws: ``DriveImageError`` `.fileTooLarge`.
    func checkSizes() throws(DriveImageError) {
        guard let file = files.first(where: { $0.byteCount > FATVolumeLayout.largestFileByteCount }) else { return }
        throw DriveImageError(
            .fileTooLarge, "file \(file.path)",
            "has \(file.byteCount) bytes, and a file on FAT32 has up to \(FATVolumeLayout.largestFileByteCount)",
            nextStep: "split it at its source, or leave it out")
    }

    /// The size in bytes of the smallest volume that holds all of it; nil when it is more than any does.
    ///
    /// - Throws: as ``tree``.
    func smallestByteCount() throws(DriveImageError) -> Int64? {
        let tree = try tree
        let geometry = FATGeometry.smallest { clusterByteCount in
            ClusterMap.count(
                folders: tree.folders.indices.lazy.map { tree.directoryByteCount(of: $0) },
                files: files.lazy.map(\.byteCount), clusterByteCount: clusterByteCount)
        }
        return geometry.map { $0.sectorCount * Int64(Sector.byteCount) }
    }
}
