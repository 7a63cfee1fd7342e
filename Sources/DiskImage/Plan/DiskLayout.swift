// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Where everything lies on a drive that is not written yet: partitions, the FAT32 volume, every folder and file.
///
/// It holds no bytes of FATs and directories: they are made when their turn to be written comes.
public struct DiskLayout: Sendable, Equatable {
    /// What was laid out.
    public private(set) var description: DiskDescription
    /// The partitions, the boot partition first.
    public let partitionTable: PartitionTable
    /// The parts of the FAT32 volume in the boot partition.
    public let geometry: FATGeometry
    let tree: VolumeTree
    let clusters: ClusterMap

    /// Lays `description` out.
    ///
    /// - Throws: ``DiskImageError``: `.unsupportedSectorSize`, `.noBootSectors`, `.unsuitableName`, `.duplicateName`,
    ///   `.fileTooLarge`, `.folderTooLarge`, `.tooSmall`.
    public init(_ description: DiskDescription) throws(DiskImageError) {
        guard description.sectorByteCount == Sector.byteCount else {
            throw DiskImageError(
                .unsupportedSectorSize, "the drive",
                "has sectors of \(description.sectorByteCount) bytes, and a BIOS "
                    + "and our boot sectors read \(Sector.byteCount)",
                nextStep: "use a drive with sectors of \(Sector.byteCount) bytes, or one that emulates them")
        }
        guard description.scheme == .gpt || BootSectors.fat32 != nil else {
            throw DiskImageError(
                .noBootSectors, "this program", "was built without BIOS boot sectors, which only a PC's compiler makes",
                nextStep: "write the drive on a PC, or with a GUID partition table for UEFI alone")
        }
        if let file = description.files.first(where: { $0.byteCount > Self.largestFileByteCount }) {
            throw DiskImageError(
                .fileTooLarge, "file \(file.path)",
                "has \(file.byteCount) bytes, and a file on FAT32 has up to \(Self.largestFileByteCount)",
                nextStep: "split it at its source, or leave it out")
        }
        let tree = try VolumeTree(description)
        try self.init(description, tree)
    }

    private init(_ description: DiskDescription, _ tree: VolumeTree) throws(DiskImageError) {
        func tooSmall() -> DiskImageError {
            let needed = Self.smallestDeviceByteCount(for: description, tree)
            return DiskImageError(
                .tooSmall, description.bootPartitionByteCount == nil ? "the drive" : "the boot partition",
                needed.map {
                    "is too small: these files need a drive of \($0) bytes, and it has "
                        + "\(description.bootPartitionByteCount ?? description.deviceByteCount)"
                } ?? "cannot hold these files: they are more than a FAT32 volume holds",
                nextStep: "use a larger drive, or leave something out")
        }
        guard let places = Places(description),
            let geometry = FATGeometry(sectorCount: Int64(places.boot.count) / Int64(Sector.byteCount)),
            let clusters = ClusterMap(
                folders: tree.folders.indices.lazy.map { tree.directoryByteCount(of: $0) },
                files: description.files.lazy.map(\.byteCount), clusterByteCount: geometry.clusterByteCount,
                limit: geometry.clusterCount)
        else { throw tooSmall() }
        self.description = description
        self.tree = tree
        self.geometry = geometry
        self.clusters = clusters
        partitionTable = places.table(for: description)
    }

    /// The size of a file is counted in 32 bits.
    public static let largestFileByteCount = Int64(UInt32.max)

    /// The same layout at the start of a drive that has at least as many bytes; only the copy of a GUID partition table
    /// lies elsewhere.
    public func placed(onDriveOf byteCount: Int64) -> DiskLayout {
        var layout = self
        layout.description.deviceByteCount = max(byteCount, description.deviceByteCount)
        return layout
    }

    /// The bytes of the boot partition on the drive.
    public var bootPartition: Range<Int64> { partitionTable.partitions[0].range }

    /// The bytes of the data partition on the drive, which somebody else formats; nil when there is none.
    public var dataPartition: Range<Int64>? { partitionTable.partitions.dropFirst().first?.range }

    /// The bytes of the file with this number on the drive; empty for an empty file, wherever that is.
    public func range(ofFile number: Int) -> Range<Int64> {
        range(fromCluster: clusters.files[number], byteCount: description.files[number].byteCount)
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
        return bootPartition.lowerBound + geometry.firstDataSector * Int64(Sector.byteCount) + max(0, offset)
    }

    /// Where the clusters that hold something end on the drive.
    var endOfUsedClusters: Int64 { offset(ofCluster: clusters.usedCount + FATGeometry.firstCluster) }

    /// What a boot sector and FSInfo say of the volume.
    var bootSector: FATBootSector {
        FATBootSector(
            geometry: geometry, label: description.label, serial: description.identity.volumeSerial,
            hiddenSectorCount: bootPartition.lowerBound / Int64(Sector.byteCount), usedClusterCount: clusters.usedCount)
    }
}

extension DiskLayout {
    /// Where the partitions lie.
    private struct Places {
        let boot: Range<Int64>
        var data: Range<Int64>?

        /// Nil when there is no room for partitions at all.
        init?(_ description: DiskDescription) {
            let deviceSectorCount = description.deviceByteCount / Int64(Sector.byteCount)
            let tail = description.scheme == .gpt ? GUIDPartitionTable.backupSectorCount : 0
            let end = Alignment.down((deviceSectorCount - tail) * Int64(Sector.byteCount))
            let start = Alignment.byteCount
            guard end > start else { return nil }
            let wanted = description.bootPartitionByteCount ?? (end - start)
            // A volume has at most 2 TiB; what is left of a larger drive stays unused.
            let limit = FATGeometry.largestSectorCount * Int64(Sector.byteCount) - Alignment.byteCount
            guard wanted > 0, wanted <= end - start else { return nil }
            boot = start..<start + min(Alignment.up(wanted), limit)
            guard description.bootPartitionByteCount != nil else { return }
            // The record of a partition counts sectors in 32 bits.
            let reach = description.scheme == .gpt ? end : min(end, Int64(UInt32.max) * Int64(Sector.byteCount))
            guard boot.upperBound < Alignment.down(reach) else { return nil }
            data = boot.upperBound..<Alignment.down(reach)
        }

        func table(for description: DiskDescription) -> PartitionTable {
            let identity = description.identity
            func partition(_ range: Range<Int64>, _ type: PartitionType, _ guid: PartitionGUID, _ name: String)
                -> Partition
            {
                switch description.scheme {
                case .mbr:
                    Partition(
                        type: type, offset: range.lowerBound, byteCount: Int64(range.count), isActive: range == boot)
                case .gpt:
                    Partition(
                        type: .gpt(.basicData), offset: range.lowerBound, byteCount: Int64(range.count), guid: guid,
                        name: name)
                }
            }
            let label = description.label.description
            return PartitionTable(
                scheme: description.scheme,
                partitions: [
                    partition(boot, .fat32LBA, identity.bootPartition, label.isEmpty ? Self.defaultName : label)
                ]
                    + (data.map {
                        [partition($0, .installableFileSystem, identity.dataPartition, Self.defaultName)]
                    } ?? []))
        }

        /// What Windows calls such partitions.
        private static let defaultName = "Basic data partition"
    }

    /// The size in bytes of the smallest drive that holds the files of `description`, whatever size that has.
    ///
    /// Nil when they are more than a FAT32 volume holds.
    ///
    /// - Throws: ``DiskImageError``: `.unsuitableName`, `.duplicateName`, `.folderTooLarge`.
    public static func smallestDeviceByteCount(for description: DiskDescription) throws(DiskImageError) -> Int64? {
        smallestDeviceByteCount(for: description, try VolumeTree(description))
    }

    private static func smallestDeviceByteCount(for description: DiskDescription, _ tree: VolumeTree) -> Int64? {
        let geometry = FATGeometry.smallest { clusterByteCount in
            ClusterMap.count(
                folders: tree.folders.indices.lazy.map { tree.directoryByteCount(of: $0) },
                files: description.files.lazy.map(\.byteCount), clusterByteCount: clusterByteCount)
        }
        let tail = description.scheme == .gpt ? Alignment.byteCount : 0
        return geometry.map { Alignment.byteCount + $0.sectorCount * Int64(Sector.byteCount) + tail }
    }
}
