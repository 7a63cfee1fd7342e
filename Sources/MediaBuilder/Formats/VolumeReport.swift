// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import MediaFormat
import SystemPackage

/// What there is to tell of a volume that only some formats have; nil where a format has no such thing.
public struct VolumeReport: Sendable, Equatable {
    /// A file that was written.
    public struct Part: Sendable, Equatable {
        /// Where it is.
        public let path: FilePath
        /// Its size in bytes.
        public let byteCount: Int64
    }

    /// Whether the size is exact; nil where it always is.
    public var sizeIsExact: Bool?
    /// The files, once they are written.
    public var parts: [Part] = []
    /// The map of its blocks, which lies beside it.
    public var map: FilePath?
    /// What was taken over of an earlier output, once it is written.
    public var reuse: ArchiveReuse?
    /// The operating system image whose files lie at the root.
    public var operatingSystemImage: MediaManifest.OperatingSystemImage?
    /// The partitions.
    public var partitions: [DiskLayout.PartitionSummary]?
    /// Whether the volume is as large as there is room, whatever it holds.
    public var fillsItsRoom = false

    /// Nothing.
    public init() {}
}
