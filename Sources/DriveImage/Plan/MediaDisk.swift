// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A drive that computers start media from: a FAT32 volume that everything lies in, or with it an NTFS volume behind it
/// for what is too large for the first.
///
/// It is one way to divide a disk: it knows how large its partitions are, everything else is a ``DividedDisk``.
public struct MediaDisk: Sendable, Equatable {
    /// The kind of partition table.
    public var scheme: PartitionScheme
    /// The label of its volumes.
    public var label: FATLabel
    /// The numbers by which operating systems know the drive.
    public var identity: DiskIdentity
    /// The files of the boot partition, in the order in which their content lies there.
    public var files: [DiskFile]
    /// The files of the data partition, which there is only when there are any.
    public var dataFiles: [DiskFile]
    /// Folders that must exist even when they are empty.
    public var folders: [MediaPath]
    /// The time of the folders and of the volume label.
    public var created: Timestamp
    /// The size of the drive in bytes; nil for the smallest that will do.
    public var deviceByteCount: Int64?
    /// The size of a logical sector of the drive in bytes; only 512 can be laid out.
    public var sectorByteCount: Int

    /// Describes a drive.
    public init(
        scheme: PartitionScheme, label: FATLabel, identity: DiskIdentity, files: [DiskFile], dataFiles: [DiskFile] = [],
        folders: [MediaPath], created: Timestamp, deviceByteCount: Int64?, sectorByteCount: Int = 512
    ) {
        self.scheme = scheme
        self.label = label
        self.identity = identity
        self.files = files
        self.dataFiles = dataFiles
        self.folders = folders
        self.created = created
        self.deviceByteCount = deviceByteCount
        self.sectorByteCount = sectorByteCount
    }

    /// The size in bytes of the smallest drive that holds the files of the boot partition; nil when they are more than a
    /// FAT32 volume holds.
    ///
    /// - Throws: ``DriveImageError``: `.unsuitableName`, `.duplicateName`, `.fileTooLarge`, `.folderTooLarge`.
    public func smallestByteCount() throws(DriveImageError) -> Int64? {
        try divided(0, [boot(Self.wholeDrive)]).neededByteCount(ofPartition: 0).map {
            Alignment.byteCount + $0 + tailByteCount
        }
    }

    /// What a volume takes that is alone on its drive: a FAT32 volume has at most 2 TiB, and what is left of a larger
    /// drive stays unused.
    private static let wholeDrive = PartitionSize.rest(
        atMost: FATGeometry.largestSectorCount * Int64(Sector.byteCount) - Alignment.byteCount)

    /// What lies behind the last partition.
    private var tailByteCount: Int64 { scheme == .gpt ? Alignment.byteCount : 0 }

    /// The partition that firmware starts.
    private func boot(_ size: PartitionSize) -> DividedPartition {
        DividedPartition(
            purpose: .basic, size: size, fileSystem: .fat32, label: label.description, isActive: scheme == .mbr,
            tableName: label.description.isEmpty ? nil : label.description)
    }

    /// The drive with these partitions: that which boots, and perhaps one for the other files.
    private func divided(_ byteCount: Int64, _ partitions: [DividedPartition]) -> DividedDisk {
        DividedDisk(
            division: DiskDivision(scheme: scheme, partitions: partitions),
            contents: [
                0: DividedDisk.Content(firstFile: 0, files: files, folders: folders),
                1: DividedDisk.Content(firstFile: files.count, files: dataFiles),
            ],
            identity: identity, created: created, deviceByteCount: byteCount, sectorByteCount: sectorByteCount)
    }
}

extension MediaDisk {
    /// Lays the drive out.
    ///
    /// - Throws: ``DriveImageError``: `.unsupportedSectorSize`, `.noBootSectors`, `.unsuitableName`, `.duplicateName`,
    ///   `.fileTooLarge`, `.folderTooLarge`; `.tooSmall` with the size that is needed.
    public func layout() throws(DriveImageError) -> DiskLayout {
        guard dataFiles.isEmpty else { return try layoutWithDataPartition() }
        let byteCount = if let deviceByteCount { deviceByteCount } else { try smallestByteCount() ?? 0 }
        do throws(DriveImageError) {
            return try DiskLayout(divided(byteCount, [boot(Self.wholeDrive)]))
        } catch  where error.code == .tooSmall {
            throw DriveImageError(
                .tooSmall, "the drive",
                try smallestByteCount().map { needed -> DiagnosticText in
                    "is too small: these files need a drive of \(needed) bytes, and it has \(byteCount)"
                } ?? Self.tooMuch, nextStep: "use a larger drive, or leave something out")
        }
    }

    private static let tooMuch: DiagnosticText =
        "cannot hold these files: they are more than a FAT32 volume holds"

    /// What a boot partition has beyond what its files need, for updates: a quarter, and no less than this, in bytes.
    private static let smallestSlackByteCount: Int64 = 64 << 20

    /// Lays out a drive with a data partition behind the boot partition.
    ///
    /// The boot partition is as large as its files need and a quarter more (64 MiB at least), so that it can be
    /// updated; where the drive has less room than that, up to half of what is left. The rest is the data partition.
    private func layoutWithDataPartition() throws(DriveImageError) -> DiskLayout {
        // To Windows both partitions are drives of their own, but the media has every path once.
        _ = try VolumeTree(files: files + dataFiles, folders: folders, hasLabel: true)
        guard let smallest = try smallestByteCount() else {
            throw DriveImageError(.tooSmall, "the boot partition", Self.tooMuch, nextStep: "leave something out")
        }
        let boot = smallest - Alignment.byteCount - tailByteCount
        let data = NTFSVolumeLayout.sufficientByteCount(for: dataFiles)
        let needed = smallest + data
        let byteCount = deviceByteCount ?? needed
        let free = Alignment.down(byteCount) - needed
        guard free >= 0 else {
            throw DriveImageError(
                .tooSmall, "the drive",
                "is too small: the boot partition needs \(boot) bytes and the data partition \(data), together a drive of"
                    + " \(needed), and it has \(byteCount)",
                nextStep: "use a larger drive, or leave something out")
        }
        let slack = Alignment.down(min(max(boot / 4, Self.smallestSlackByteCount), free / 2))
        // In a larger volume clusters may be larger too, and very many small files take more room than there is then.
        for slack in [slack, 0] {
            do throws(DriveImageError) {
                return try DiskLayout(
                    divided(
                        byteCount,
                        [
                            self.boot(.bytes(boot + slack)),
                            DividedPartition(
                                purpose: .basic, size: .rest(atMost: .max), fileSystem: .ntfs, label: label.description),
                        ]))
            } catch  where error.code == .tooSmall {}
        }
        throw DriveImageError(
            .tooSmall, "the data partition",
            "cannot be placed: it needs \(data) bytes, and a master boot record reaches to 2 TiB",
            nextStep: "use \(.partitionScheme, "gpt"), or leave something out")
    }
}
