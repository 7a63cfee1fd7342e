// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Support
import SystemPackage

/// Whether a drive has a second partition for files that are too large for FAT32.
public enum DataPartitionUse: Sendable {
    /// Such files are an error.
    case none
    /// Such files go there; without any there is no such partition, and a note says so.
    case requested
    /// The drive is updated, and has one or not.
    case asIs
}

/// How a drive is to be divided.
public struct DriveChoice: Sendable {
    /// How its partitions are listed; nil when nobody asked for anything.
    public var scheme: PartitionScheme?
    /// Whether files that are too large for FAT32 go to a second partition.
    public var dataPartition: DataPartitionUse

    /// A master boot record and one partition, unless something else is said.
    public init(scheme: PartitionScheme? = nil, dataPartition: DataPartitionUse = .none) {
        self.scheme = scheme
        self.dataPartition = dataPartition
    }
}

/// Drives that computers start from, or the image of one in a file: a partition table and a FAT32 volume.
public struct DriveFormat: PackagedFormat {
    /// How it is divided.
    public var choice: DriveChoice
    /// The drives to write, all with the same content; none for the image of a drive in a file.
    public let devices: [BlockDevice]
    /// What is made of the image of a drive beside its bytes.
    public var packaging = ImagePackaging()
    /// The size in bytes of a file above which FAT32 cannot keep it; less only to try out what happens then.
    var largestFileByteCount = DiskLayout.largestFileByteCount

    /// Drives, or with none a file.
    public init(_ devices: [BlockDevice] = [], choice: DriveChoice = DriveChoice()) {
        self.devices = devices
        self.choice = choice
    }

    /// A drive is never one of a set.
    public var hasSets: Bool { false }
    /// A drive.
    public var isUpdatedInPlace: Bool { true }
    /// A USB flash drive.
    public var launchMode: String? { "UFD" }
    /// FAT32's limit.
    public var largeBootImageProblem: String? { "a file on FAT32 has less" }

    /// Files above FAT32's limit have one other place at most.
    public var largeFiles: LargeFileRule? {
        LargeFileRule(limit: largestFileByteCount, rest: choice.dataPartition == .none ? .nowhere : .dataPartition)
    }

    /// Refuses a limit for drives, which have one.
    public func check(_ request: MediaRequest) throws(MediaBuilderError) {
        try checkUse(of: request)
        if !devices.isEmpty, request.capacity != .unlimited {
            throw MediaRequest.bad(
                .mediaSize, "does not go with \(.usb): a drive has the size that it has", "leave it out")
        }
    }

    /// The drives, divided so.
    public func divided(_ choice: DriveChoice, output: FilePath) -> any VolumeFormat {
        var format = self
        format.choice = choice
        return format
    }

    /// Those of FAT32 and NTFS, which are those of every output.
    public func pathLimits(at output: FilePath) -> PathLimits { PathLimits(holder: "a FAT32 or NTFS volume") }

    /// Lays drives out.
    public func planner(_ frame: VolumeFrame) -> any VolumePlanner { DrivePlanner(format: self, frame: frame) }
}

extension VolumeFormat {
    /// The size in bytes of the smallest of the drives, which decides the layout of all; nil for a file.
    var deviceByteCount: Int64? { devices.map(\.byteCount).min() }

    /// The largest logical sector of the drives in bytes; nil for a file.
    var sectorByteCount: Int? { devices.map(\.logicalSectorByteCount).max() }
}
