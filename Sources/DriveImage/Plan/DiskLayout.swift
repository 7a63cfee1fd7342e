// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Where everything lies on a drive that is not written yet: partitions, volumes, folders and files.
///
/// Files have numbers that count through all volumes.
public struct DiskLayout: Sendable, Equatable {
    /// The numbers by which operating systems know the drive.
    public let identity: DiskIdentity
    /// The size of the drive in bytes.
    public private(set) var deviceByteCount: Int64
    /// The partitions.
    public private(set) var partitionTable: PartitionTable
    /// The FAT32 volumes, in the order of the drive.
    public private(set) var fatVolumes: [FATVolumeLayout]
    /// The NTFS volumes, in the order of the drive; mkntfs formats them.
    public let ntfsVolumes: [NTFSVolumeLayout]

    init(
        identity: DiskIdentity, deviceByteCount: Int64, partitionTable: PartitionTable, fatVolumes: [FATVolumeLayout],
        ntfsVolumes: [NTFSVolumeLayout] = []
    ) {
        self.identity = identity
        self.deviceByteCount = deviceByteCount
        self.partitionTable = partitionTable
        self.fatVolumes = fatVolumes
        self.ntfsVolumes = ntfsVolumes
    }

    /// The largest file that goes to a FAT32 volume, in bytes.
    public static let largestFileByteCount = FATVolumeLayout.largestFileByteCount

    /// How many files the volume has that is started: they have the lowest numbers.
    public var bootFileCount: Int {
        (fatVolumes.map { ($0.firstFile, $0.files.count) } + ntfsVolumes.map { ($0.firstFile, $0.files.count) })
            .filter { $0.0 == 0 }.map(\.1).max() ?? 0
    }

    /// A volume that is ready to be written.
    enum Volume {
        /// A FAT32 volume, with its number among these.
        case fat(Int, FATVolumeLayout)
        /// An NTFS volume.
        case ntfs(DataVolume)

        /// Where it begins on the drive, in bytes.
        fileprivate var offset: Int64 {
            switch self {
            case .fat(_, let volume): volume.range.lowerBound
            case .ntfs(let volume): volume.offset
            }
        }
    }

    /// All volumes in the order of the drive; `data` are the NTFS volumes, made.
    func volumes(_ data: [DataVolume]) -> [Volume] {
        (fatVolumes.enumerated().map { .fat($0, $1) } + data.map { .ntfs($0) }).sorted { $0.offset < $1.offset }
    }

    /// A partition and its volume, as reports tell of them.
    public struct PartitionSummary: Sendable, Equatable {
        /// The bytes of the drive that it takes.
        public let range: Range<Int64>
        /// The file system; nil without a volume.
        public let fileSystem: VolumeFileSystem?
        /// The label of the volume.
        public let label: String
        /// The files in the volume.
        public let fileCount: Int
        /// The sum of their sizes in bytes.
        public let contentByteCount: Int64
        /// True for the partition that firmware starts.
        public let isStarted: Bool
    }

    /// The partitions in the order of the table.
    public var partitionSummaries: [PartitionSummary] {
        partitionTable.partitions.map { partition in
            let fat = fatVolumes.first { $0.range.lowerBound == partition.offset }
            let ntfs = ntfsVolumes.first { $0.range.lowerBound == partition.offset }
            let files = fat?.files ?? ntfs?.files ?? []
            return PartitionSummary(
                range: partition.range, fileSystem: fat != nil ? .fat32 : ntfs != nil ? .ntfs : nil,
                label: fat?.label.description ?? ntfs?.label ?? "", fileCount: files.count,
                contentByteCount: files.reduce(0) { $0 + $1.byteCount },
                isStarted: partition.isActive || partition.isEFISystem)
        }
    }

    /// The same layout at the start of a drive that has at least as many bytes; only the copy of a GUID partition table
    /// lies elsewhere.
    public func placed(onDriveOf byteCount: Int64) -> DiskLayout {
        var layout = self
        layout.deviceByteCount = max(byteCount, deviceByteCount)
        return layout
    }

    /// The same layout with another label on the FAT32 volume that is started, and on its partition where that is called
    /// by it; a volume without a label keeps none.
    public func labelled(_ label: FATLabel?) -> DiskLayout {
        guard let label, let number = fatVolumes.firstIndex(where: { $0.firstFile == 0 }) else { return self }
        var layout = self
        let before = fatVolumes[number]
        layout.fatVolumes[number] = before.labelled(label)
        if layout.fatVolumes[number] != before {
            layout.partitionTable = partitionTable.renaming(
                before.label.description, to: label.description, at: before.range.lowerBound)
        }
        return layout
    }

    /// The record of the label of the FAT32 volume that is started.
    var labelRecord: DiskPiece? { fatVolumes.first { $0.firstFile == 0 }?.labelRecord }

    /// Refuses drives that cannot be written as `scheme` wants it.
    ///
    /// - Throws: ``DriveImageError`` `.unsupportedSectorSize`, `.noBootSectors`.
    static func requireSupport(of scheme: PartitionScheme, sectorByteCount: Int) throws(DriveImageError) {
        guard sectorByteCount == Sector.byteCount else {
            throw DriveImageError(
                .unsupportedSectorSize, "the drive",
                "has sectors of \(sectorByteCount) bytes, and a BIOS and our boot sectors read \(Sector.byteCount)",
                nextStep: "use a drive with sectors of \(Sector.byteCount) bytes, or one that emulates them")
        }
        guard scheme == .gpt || BootSectors.fat32 != nil else {
            throw DriveImageError(
                .noBootSectors, "this program", "was built without BIOS boot sectors, which only a PC's compiler makes",
                nextStep: "write the drive on a PC, or with a GUID partition table for UEFI alone")
        }
    }
}
