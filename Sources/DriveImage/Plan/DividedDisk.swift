// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Everything that decides the bytes of a divided disk besides the content of its files.
public struct DividedDisk: Sendable {
    /// The content of one volume.
    public struct Content: Sendable {
        /// The number of its first file among all files of the disk.
        public let firstFile: Int
        /// The files, in the order in which their content lies there.
        public let files: [DiskFile]
        /// Folders that must exist even when they are empty.
        public let folders: [MediaPath]
        /// What is applied to a volume of NTFS before; nil for nothing.
        public let tree: NTFSTreePlan?

        /// Describes the content of a volume.
        public init(firstFile: Int, files: [DiskFile], folders: [MediaPath] = [], tree: NTFSTreePlan? = nil) {
            self.firstFile = firstFile
            self.files = files
            self.folders = folders
            self.tree = tree
        }
    }

    /// How the disk is divided.
    public var division: DiskDivision
    /// What lies in the volumes, by the index of the partition; the others stay empty.
    public var contents: [Int: Content]
    /// The numbers by which operating systems know the disk.
    public var identity: DiskIdentity
    /// The time of folders and of labels.
    public var created: Timestamp
    /// The size of the disk in bytes.
    public var deviceByteCount: Int64
    /// The size of a logical sector in bytes.
    public var sectorByteCount: Int

    /// Describes a disk.
    public init(
        division: DiskDivision, contents: [Int: Content], identity: DiskIdentity, created: Timestamp,
        deviceByteCount: Int64, sectorByteCount: Int = 512
    ) {
        self.division = division
        self.contents = contents
        self.identity = identity
        self.created = created
        self.deviceByteCount = deviceByteCount
        self.sectorByteCount = sectorByteCount
    }

    /// The size in bytes that the partition with this index must have for its volume; nil when no volume is so large.
    ///
    /// - Throws: ``DriveImageError``: `.unsuitableName`, `.duplicateName`, `.fileTooLarge`, `.folderTooLarge`.
    public func neededByteCount(ofPartition index: Int) throws(DriveImageError) -> Int64? {
        switch division.partitions[index].fileSystem {
        case .fat32:
            let contents = fatContents(index)
            try contents.checkSizes()
            return try contents.smallestByteCount()
        case .ntfs:
            let content = contents[index]
            return NTFSVolumeLayout.sufficientByteCount(
                for: content?.files ?? [], folders: content?.folders ?? [], over: content?.tree)
        case nil: return Alignment.byteCount
        }
    }

    /// How the partition with this index is called in messages.
    public func name(ofPartition index: Int) -> String {
        let label = division.partitions[index].label
        return "partition \(index + 1)" + (label.isEmpty ? "" : " '\(label)'")
    }

    fileprivate func fatContents(_ index: Int) -> FATVolumeContents {
        let content = contents[index]
        return FATVolumeContents(
            label: FATLabel(fitting: division.partitions[index].label),
            serial: UInt32(truncatingIfNeeded: identity.volumeSerial(ofPartition: index + 1)),
            files: content?.files ?? [], folders: content?.folders ?? [], created: created)
    }
}

extension DiskLayout {
    /// Lays `disk` out.
    ///
    /// - Throws: ``DriveImageError``: `.unsupportedSectorSize`, `.noBootSectors`, `.unsuitableName`, `.duplicateName`,
    ///   `.fileTooLarge`, `.folderTooLarge`; `.tooSmall`, naming the disk or the partition.
    public init(_ disk: DividedDisk) throws(DriveImageError) {
        let division = disk.division
        try Self.requireSupport(of: division.scheme, sectorByteCount: disk.sectorByteCount)
        guard let ranges = division.ranges(onDriveOf: disk.deviceByteCount) else {
            throw DriveImageError(
                .tooSmall, "the disk",
                "has \(ByteCountText.rounded(disk.deviceByteCount)), and its partitions need \(ByteCountText.rounded(division.leastByteCount)) at least",
                nextStep: "use a larger disk, or make partitions smaller")
        }
        var fatVolumes: [FATVolumeLayout] = []
        var ntfsVolumes: [NTFSVolumeLayout] = []
        for (index, partition) in division.partitions.enumerated() {
            guard let fileSystem = partition.fileSystem else { continue }
            let (range, content) = (ranges[index], disk.contents[index])
            let firstFile = content?.firstFile ?? 0
            switch fileSystem {
            case .fat32:
                guard let volume = try FATVolumeLayout(disk.fatContents(index), firstFile: firstFile, in: range) else {
                    throw Self.tooSmall(disk, index, try disk.neededByteCount(ofPartition: index), range)
                }
                fatVolumes.append(volume)
            case .ntfs:
                let needed = try disk.neededByteCount(ofPartition: index)
                guard let needed, Int64(range.count) >= needed else { throw Self.tooSmall(disk, index, needed, range) }
                ntfsVolumes.append(
                    NTFSVolumeLayout(
                        range: range, label: partition.label, firstFile: firstFile, files: content?.files ?? [],
                        folders: content?.folders ?? [], tree: content?.tree, created: disk.created,
                        isBootable: partition.isActive,
                        serial: disk.identity.volumeSerial(ofPartition: index + 1)))
            }
        }
        self.init(
            identity: disk.identity, deviceByteCount: disk.deviceByteCount,
            partitionTable: Self.table(division, ranges, disk.identity), fatVolumes: fatVolumes,
            ntfsVolumes: ntfsVolumes)
    }

    private static func table(
        _ division: DiskDivision, _ ranges: [Range<Int64>], _ identity: DiskIdentity
    ) -> PartitionTable {
        PartitionTable(
            scheme: division.scheme,
            partitions: zip(division.partitions, ranges).enumerated().map { index, place in
                let (partition, range) = place
                switch division.scheme {
                case .mbr:
                    return Partition(
                        type: partition.purpose.type(partition.fileSystem), offset: range.lowerBound,
                        byteCount: Int64(range.count), isActive: partition.isActive)
                case .gpt:
                    return Partition(
                        type: .gpt(partition.purpose.guid), offset: range.lowerBound, byteCount: Int64(range.count),
                        guid: identity.partition(index + 1), name: partition.tableName ?? partition.purpose.title,
                        attributes: partition.purpose.attributes)
                }
            })
    }

    private static func tooSmall(
        _ disk: DividedDisk, _ index: Int, _ needed: Int64?, _ range: Range<Int64>
    ) -> DriveImageError {
        let isShare = if case .bytes = disk.division.partitions[index].size { false } else { true }
        return DriveImageError(
            .tooSmall, DiagnosticText(disk.name(ofPartition: index)),
            needed.map {
                "has \(ByteCountText.rounded(Int64(range.count))) on this disk, and needs \(ByteCountText.rounded($0))"
            }
                ?? "cannot hold its files: they are more than a volume holds",
            nextStep: isShare ? "use a larger disk, or leave something out" : "make it larger, or leave something out")
    }
}
