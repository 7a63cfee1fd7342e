// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension DiskLayout {
    /// Lays out a drive with a FAT32 volume that everything lies in.
    ///
    /// - Throws: ``DriveImageError``: `.unsupportedSectorSize`, `.noBootSectors`, `.unsuitableName`, `.duplicateName`,
    ///   `.fileTooLarge`, `.folderTooLarge`, `.tooSmall`.
    public init(_ description: DiskDescription) throws(DriveImageError) {
        try self.init(description, data: nil)
    }

    /// Lays out a drive with `data` behind the boot partition, in a partition of its own.
    private init(_ description: DiskDescription, data: [DiskFile]?) throws(DriveImageError) {
        try Self.requireSupport(of: description.scheme, sectorByteCount: description.sectorByteCount)
        guard let places = Places(description),
            let volume = try FATVolumeLayout(description.bootContents, in: places.boot)
        else {
            let needed = try Self.smallestDeviceByteCount(for: description)
            throw DriveImageError(
                .tooSmall, description.bootPartitionByteCount == nil ? "the drive" : "the boot partition",
                needed.map {
                    "is too small: these files need a drive of \($0) bytes, and it has "
                        + "\(description.bootPartitionByteCount ?? description.deviceByteCount)"
                } ?? "cannot hold these files: they are more than a FAT32 volume holds",
                nextStep: "use a larger drive, or leave something out")
        }
        var ntfsVolumes: [NTFSVolumeLayout] = []
        if let data, let range = places.data {
            ntfsVolumes.append(
                NTFSVolumeLayout(
                    range: range, label: description.label.description, firstFile: description.files.count, files: data,
                    folders: [], created: description.created, isBootable: false,
                    serial: description.identity.dataVolumeSerial))
        }
        self.init(
            identity: description.identity, deviceByteCount: description.deviceByteCount,
            partitionTable: places.table(for: description), fatVolumes: [volume], ntfsVolumes: ntfsVolumes)
    }

    /// The size in bytes of the smallest drive that holds the files of `description`, whatever size that has.
    ///
    /// Nil when they are more than a FAT32 volume holds.
    ///
    /// - Throws: ``DriveImageError``: `.unsuitableName`, `.duplicateName`, `.folderTooLarge`.
    public static func smallestDeviceByteCount(for description: DiskDescription) throws(DriveImageError) -> Int64? {
        let tail = description.scheme == .gpt ? Alignment.byteCount : 0
        return try description.bootContents.smallestByteCount().map { Alignment.byteCount + $0 + tail }
    }

    // MARK: A data partition

    /// What a boot partition has beyond what its files need, for updates: a quarter, and no less than this, in bytes.
    private static let smallestSlackByteCount: Int64 = 64 << 20

    /// Lays out a drive with a data partition behind the boot partition.
    ///
    /// The boot partition is as large as its files need and a quarter more (64 MiB at least), so that it can be
    /// updated; where the drive has less room than that, up to half of what is left. The rest is the data partition.
    ///
    /// - Parameters:
    ///   - description: the drive and the files of the boot partition; a size of 0 stands for the smallest that will do.
    ///   - dataFiles: the files of the data partition.
    /// - Throws: as ``init(_:)``; ``DriveImageError`` `.tooSmall` with the sizes that are needed.
    public init(_ description: DiskDescription, dataFiles: [DiskFile]) throws(DriveImageError) {
        // To Windows both partitions are drives of their own, but the media has every path once.
        _ = try VolumeTree(files: description.files + dataFiles, folders: description.folders, hasLabel: true)
        var description = description
        let tail = description.scheme == .gpt ? Alignment.byteCount : 0
        guard let smallest = try Self.smallestDeviceByteCount(for: description) else {
            throw DriveImageError(
                .tooSmall, "the boot partition", "cannot hold these files: they are more than a FAT32 volume holds",
                nextStep: "leave something out")
        }
        let boot = smallest - Alignment.byteCount - tail
        let data = NTFSVolumeLayout.sufficientByteCount(for: dataFiles)
        let needed = smallest + data
        if description.deviceByteCount == 0 { description.deviceByteCount = needed }
        let free = Alignment.down(description.deviceByteCount) - needed
        guard free >= 0 else {
            throw DriveImageError(
                .tooSmall, "the drive",
                "is too small: the boot partition needs \(boot) bytes and the data partition \(data), together a drive of"
                    + " \(needed), and it has \(description.deviceByteCount)",
                nextStep: "use a larger drive, or leave something out")
        }
        let slack = Alignment.down(min(max(boot / 4, Self.smallestSlackByteCount), free / 2))
        var layout: DiskLayout?
        // In a larger volume clusters may be larger too, and very many small files take more room than there is then.
        for slack in [slack, 0] where layout == nil {
            description.bootPartitionByteCount = boot + slack
            do throws(DriveImageError) {
                layout = try DiskLayout(description, data: dataFiles)
            } catch  where error.code == .tooSmall && slack > 0 {}
        }
        guard let layout, let volume = layout.ntfsVolumes.first, Int64(volume.range.count) >= data else {
            throw DriveImageError(
                .tooSmall, "the data partition",
                "cannot be placed: it needs \(data) bytes, and a master boot record reaches to 2 TiB",
                nextStep: "use \(.partitionScheme, "gpt"), or leave something out")
        }
        self = layout
    }
}

extension DiskDescription {
    /// What the boot partition holds.
    fileprivate var bootContents: FATVolumeContents {
        FATVolumeContents(
            label: label, serial: identity.volumeSerial, files: files, folders: folders, created: created)
    }
}

/// Where the partitions of media on a drive lie.
private struct Places {
    let boot: Range<Int64>
    var data: Range<Int64>?

    /// Nil when there is no room for partitions at all.
    init?(_ description: DiskDescription) {
        let end = description.scheme.endOfPartitions(onDriveOf: description.deviceByteCount)
        let start = Alignment.byteCount
        guard end > start else { return nil }
        let wanted = description.bootPartitionByteCount ?? (end - start)
        // A volume has at most 2 TiB; what is left of a larger drive stays unused.
        let limit = FATGeometry.largestSectorCount * Int64(Sector.byteCount) - Alignment.byteCount
        guard wanted > 0, wanted <= end - start else { return nil }
        boot = start..<start + min(Alignment.up(wanted), limit)
        guard description.bootPartitionByteCount != nil else { return }
        let reach = min(end, description.scheme.reach)
        guard boot.upperBound < reach else { return nil }
        data = boot.upperBound..<reach
    }

    func table(for description: DiskDescription) -> PartitionTable {
        let identity = description.identity
        func partition(_ range: Range<Int64>, _ type: PartitionType, _ guid: PartitionGUID, _ name: String) -> Partition
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
                partition(
                    boot, .fat32LBA, identity.bootPartition, label.isEmpty ? PartitionPurpose.basic.title : label)
            ]
                + (data.map {
                    [partition($0, .installableFileSystem, identity.dataPartition, PartitionPurpose.basic.title)]
                } ?? []))
    }
}
