// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DiskImage

/// Whether a drive has a second partition for files that are too large for FAT32.
public enum DataPartitionUse: Sendable {
    /// Such files are an error.
    case none
    /// Such files go there; without any there is no such partition, and a note says so.
    case requested
    /// The drive is updated, and has one or not.
    case asIs
}

/// What a drive is to be.
public struct DriveRequest: Sendable {
    /// How it is divided.
    public var scheme = PartitionScheme.mbr
    /// The drives to write, all with the same content; none for the image of a drive in a file.
    public var devices: [BlockDevice] = []
    /// Whether files that are too large for FAT32 go to a second partition.
    public var dataPartition = DataPartitionUse.none
    /// The size in bytes of a file above which FAT32 cannot keep it; less only to try out what happens then.
    var largestFileByteCount = DiskLayout.largestFileByteCount

    /// A master boot record, in a file.
    public init() {}

    /// The size in bytes of the smallest of the drives, which decides the layout of all; nil for a file.
    var deviceByteCount: Int64? { devices.map(\.byteCount).min() }

    /// The largest logical sector of the drives in bytes; nil for a file.
    var sectorByteCount: Int? { devices.map(\.logicalSectorByteCount).max() }
}
