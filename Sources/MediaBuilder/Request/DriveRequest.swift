// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DiskImage

/// What a drive is to be.
public struct DriveRequest: Sendable {
    /// How it is divided.
    public var scheme = PartitionScheme.mbr
    /// The drives to write, all with the same content; none for the image of a drive in a file.
    public var devices: [BlockDevice] = []
    /// The size in bytes of a file above which FAT32 cannot keep it; less only to try out what happens then.
    var largestFileByteCount = DiskLayout.largestFileByteCount

    /// A master boot record, in a file.
    public init() {}
}
