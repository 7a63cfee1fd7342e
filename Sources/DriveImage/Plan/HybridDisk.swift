// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The drive that the image of a disc is too: a GUID partition table, and a FAT32 volume that leads to the same bytes as
/// the disc does (docs/formats/hybrid.md).
///
/// The volume takes the place between the directories of the disc and its first content for its tables and folders, and
/// the content for its files. A file may have its own bytes before the content: two files of a FAT volume share no cluster,
/// and two files of a disc may be one content. Behind the content there is next to nothing, because readers of UDF look for
/// an anchor there.
public struct HybridDisk: Sendable {
    /// The label of the volume.
    public var label: FATLabel
    /// The numbers by which operating systems know the drive.
    public var identity: DiskIdentity
    /// The files.
    public var files: [DiskFile]
    /// Of each file, whether its bytes are those of the disc; the others lie before them.
    public var isShared: [Bool]
    /// Folders that must exist even when they are empty.
    public var folders: [MediaPath]
    /// The time of the folders and of the volume label.
    public var created: Timestamp

    /// Describes the drive.
    public init(
        label: FATLabel, identity: DiskIdentity, files: [DiskFile], isShared: [Bool], folders: [MediaPath],
        created: Timestamp
    ) {
        self.label = label
        self.identity = identity
        self.files = files
        self.isShared = isShared
        self.folders = folders
        self.created = created
    }

    /// Where the content of a disc begins, in bytes: a multiple of two of its blocks (ECMA-119 6.2.2), so that content stays
    /// aligned where it is moved.
    private static let roomUnit: Int64 = 4096
    /// The largest clusters, in sectors: content lies on blocks of 2,048 bytes.
    private static let largestClusterSectorCount: Int64 = 4

    /// The volume, and the room that it takes on the disc.
    public struct Frame: Sendable, Equatable {
        /// Bytes between the directories of the disc and its content.
        public let beforeContent: Int64
        /// Bytes behind the content.
        public let behindContent: Int64
        /// The bytes of the image that the partition takes.
        let partition: Range<Int64>
        let geometry: FATGeometry
        /// Where each file lies that is not the disc's; nil for those that are.
        let ownPlaces: [Range<Int64>?]
    }

    /// The frame around the content of a disc, which would take `content` of its image without one.
    ///
    /// - Throws: ``DriveImageError``: `.unsuitableName`, `.duplicateName`, `.fileTooLarge`, `.folderTooLarge`, `.tooSmall`
    ///   when it is more than a FAT32 volume holds.
    public func frame(around content: Range<Int64>) throws(DriveImageError) -> Frame {
        let contents = volumeContents
        try contents.checkSizes()
        let tree = try contents.tree
        let start = Alignment.up(content.lowerBound)
        var sectorCount = FATGeometry.smallest(holding: { _ in 0 })?.sectorCount ?? 0
        while sectorCount <= FATGeometry.largestSectorCount {
            guard let geometry = geometry(sectorCount) else { break }
            let directories = ClusterMap.count(
                folders: tree.folders.indices.lazy.map { tree.directoryByteCount(of: $0) }, files: [],
                clusterByteCount: geometry.clusterByteCount)
            let data = start + geometry.firstDataSector * Int64(Sector.byteCount)
            var position = Alignment.up(data + directories * geometry.clusterByteCount, to: Self.roomUnit)
            let own = files.indices.map { number -> Range<Int64>? in
                guard !isShared[number] else { return nil }
                let place = position..<position + files[number].byteCount
                position = Alignment.up(place.upperBound, to: Self.roomUnit)
                return place
            }
            let before = Alignment.up(position - content.lowerBound, to: Self.roomUnit)
            let needed = (Alignment.up(content.upperBound + before) - start) / Int64(Sector.byteCount)
            // Larger volumes may have larger tables: what lies behind them moves.
            guard needed <= sectorCount else {
                sectorCount = needed
                continue
            }
            let end = start + sectorCount * Int64(Sector.byteCount)
            // A volume that is as small as it can be has room to spare.
            let spare = (sectorCount - needed) * Int64(Sector.byteCount)
            return Frame(
                beforeContent: before + spare, behindContent: end - (content.upperBound + before + spare),
                partition: start..<end, geometry: geometry, ownPlaces: own)
        }
        throw DriveImageError(
            .tooSmall, "the disc", "cannot be a drive too: its files are more than a FAT32 volume holds",
            nextStep: "leave \(.hybrid) out")
    }

    /// The drive in an image of `byteCount` bytes with the room that `frame` asked for; nil when a file does not lie in it
    /// as it has to.
    ///
    /// - Parameter offset: where the bytes of the file with this number lie, when they are the disc's.
    /// - Throws: as ``frame(around:)``.
    public func layout(
        _ frame: Frame, imageByteCount byteCount: Int64, offset: (Int) -> Int64?
    ) throws(DriveImageError) -> DiskLayout? {
        var places: [Range<Int64>] = []
        places.reserveCapacity(files.count)
        for (number, file) in files.enumerated() {
            if file.byteCount == 0 {
                places.append(0..<0)
            } else if let own = frame.ownPlaces[number] {
                places.append(own)
            } else {
                guard let offset = offset(number) else { return nil }
                places.append(offset..<offset + file.byteCount)
            }
        }
        guard
            frame.partition.upperBound <= PartitionScheme.gpt.endOfPartitions(onDriveOf: byteCount),
            let volume = try FATVolumeLayout(volumeContents, in: frame.partition, frame.geometry, places: places)
        else { return nil }
        let partition = Partition(
            type: .gpt(.basicData), offset: frame.partition.lowerBound, byteCount: Int64(frame.partition.count),
            guid: identity.partition(1), name: label.description.isEmpty ? "Media" : label.description)
        return DiskLayout(
            identity: identity, deviceByteCount: byteCount,
            partitionTable: PartitionTable(scheme: .gpt, partitions: [partition]), fatVolumes: [volume])
    }

    private func geometry(_ sectorCount: Int64) -> FATGeometry? {
        let usual = FATGeometry(sectorCount: sectorCount)
        guard let usual, usual.sectorsPerCluster > Self.largestClusterSectorCount else { return usual }
        return FATGeometry(sectorCount: sectorCount, sectorsPerCluster: Self.largestClusterSectorCount)
    }

    private var volumeContents: FATVolumeContents {
        FATVolumeContents(
            label: label, serial: UInt32(truncatingIfNeeded: identity.volumeSerial(ofPartition: 1)), files: files,
            folders: folders, created: created)
    }
}
