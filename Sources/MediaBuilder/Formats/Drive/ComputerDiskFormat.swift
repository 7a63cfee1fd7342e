// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Support
import SystemPackage
import TaskSequence

/// Whole disks for computers, or the image of one: what boots and the client's cache, on the partitions that Windows will
/// have.
public struct ComputerDiskFormat: PackagedFormat {
    /// The disks to write, all with the same content; none for the image of a disk in a file.
    public internal(set) var devices: [BlockDevice]
    /// The size in bytes of the smallest disk that the image is for; drives have their own.
    public var diskByteCount: Int64?
    /// How a disk is divided, where its partitions do not say it.
    public var scheme: PartitionScheme?
    /// The partitions of a disk; nil for those of the task sequence.
    public var layout: PartitionLayout?

    /// What is made of the image of a disk beside its bytes.
    public var packaging = ImagePackaging()

    /// Disks, or with none a file.
    public init(_ devices: [BlockDevice] = []) { self.devices = devices }

    /// A factory lays it on disks.
    public var isForFactory: Bool { true }
    /// It starts from the disk of the computer.
    public var launchMode: String? { "HD" }
    /// A disk is never one of a set.
    public var hasSets: Bool { false }
    /// The partitions say which files go where.
    public var largeFiles: LargeFileRule? { nil }
    /// Unless a file says that content goes to a partition that keeps less than NTFS; what is wrong with that file is told
    /// when the disk is divided.
    public var holdsImageTrees: Bool {
        guard layout != nil, let division = try? ComputerDiskDivision(self, nil) else { return true }
        return division.contentFileSystem == .ntfs
    }

    /// The partition for content.
    public func imageTreePlace(
        _ sequence: TaskSequencePackage?
    ) throws(MediaBuilderError) -> ImageTreePlace? {
        let division = try ComputerDiskDivision(self, sequence)
        guard division.contentFileSystem == .ntfs else {
            throw MediaBuilderError(
                .badContent, "\(division.origin)",
                "puts content on a partition of FAT32, which keeps no descriptors, streams or links of an image",
                nextStep: "use \(.operatingSystemImageLayout, "package"), or NTFS in another \(.partitionLayout)")
        }
        return ImageTreePlace(
            partition: division.contentPartition + 1,
            hasBootFiles: division.contentPartition == division.bootPartition)
    }

    /// The file with the partitions.
    public var sources: [FilePath] { layout.map { [FilePath($0.source)] } ?? [] }

    /// The size of the image of a disk.
    public var missing: [MissingField] {
        devices.isEmpty && diskByteCount == nil
            ? [MissingField(.diskSize, "give the size of the line's smallest disk, as 256GB")] : []
    }

    /// Refuses a size for disks, which have one.
    public func check(_ request: MediaRequest) throws(MediaBuilderError) {
        try checkUse(of: request)
        if !devices.isEmpty, diskByteCount != nil {
            throw MediaRequest.bad(
                .diskSize, "does not go with \(.usb): a drive has the size that it has", "leave it out")
        }
    }

    /// Those of FAT32 and NTFS, which are those of every output.
    public func pathLimits(at output: FilePath) -> PathLimits { PathLimits(holder: "a FAT32 or NTFS volume") }

    /// Divides the disk.
    public func planner(_ frame: VolumeFrame) throws -> any VolumePlanner {
        ComputerDiskPlanner(
            format: self, frame: frame, division: try ComputerDiskDivision(self, frame.sequence))
    }
}
