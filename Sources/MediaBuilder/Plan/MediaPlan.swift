// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DiscImage
import DiskImage
import Support
import SystemPackage

/// What an output is.
public enum OutputFormat: Sendable, Equatable {
    /// An ISO 9660 image with Joliet and El Torito.
    case disc
    /// A WIM, or its parts.
    case archive
    /// A folder with the files of the media.
    case folder
    /// Drives, or a file that holds the image of one: a partition table and a FAT32 volume.
    case drive
}

/// Where everything lies on a volume.
public enum VolumeLayout: Sendable, Equatable {
    /// A disc image.
    case disc(DiscLayout)
    /// A folder, where files lie as the file system likes.
    case folder
    /// A drive.
    case drive(DiskLayout)
    /// A WIM, or its parts.
    case archive(ArchivePlan)

    /// The layout of a disc; nil for anything else.
    public var disc: DiscLayout? { if case .disc(let layout) = self { layout } else { nil } }

    /// The layout of a drive; nil for anything else.
    public var drive: DiskLayout? { if case .drive(let layout) = self { layout } else { nil } }

    /// How a WIM is written; nil for anything else.
    public var archive: ArchivePlan? { if case .archive(let plan) = self { plan } else { nil } }
}

/// How contents are divided among volumes.
public enum PackingMethod: String, Sendable, Equatable, Codable, CaseIterable {
    /// In the order in which the task sequence first uses them.
    case ordered
    /// In another order where that takes fewer volumes.
    case dense
}

/// What was tried to divide contents among volumes.
public struct PackingSummary: Sendable, Equatable, Encodable {
    /// What was done.
    public let method: PackingMethod
    /// The volumes that keeping the order takes.
    public let orderedVolumeCount: Int
    /// The volumes that another order takes.
    public let denseVolumeCount: Int
    /// No packing has fewer volumes than this.
    public let lowerBound: Int
}

/// One volume of media: an image, a folder or a drive.
public struct VolumePlan: Sendable, Equatable {
    /// The number of the volume, from 1.
    public let number: Int
    /// Where it will be.
    public let output: FilePath
    /// The limit of its size in bytes; nil for none.
    public let capacity: Int64?
    /// Its label, cut to what the format holds where it is written.
    public let label: String
    /// The exact size in bytes: of the image, of the drive, or of all files in the folder; of a WIM see
    /// ``ArchivePlan/byteCountIsExact``.
    public internal(set) var byteCount: Int64
    /// Its files in the order in which their content lies on the volume.
    public let files: [PlannedFile]
    /// Folders that exist even when they are empty.
    public let folders: [MediaPath]
    /// Where everything lies.
    public internal(set) var layout: VolumeLayout

    /// How a WIM is written; nil for anything else.
    public internal(set) var archive: ArchivePlan? {
        get { layout.archive }
        set { layout = newValue.map { .archive($0) } ?? layout }
    }

    /// The files on a drive that are not on the partition that boots; the last of ``files``.
    public var dataFiles: ArraySlice<PlannedFile> {
        layout.drive.map { files[$0.bootFileCount...] } ?? []
    }
}

/// Everything that is known before a byte is written.
///
/// Nothing downstream of the plan looks anything up again.
public struct MediaPlan: Sendable, Equatable {
    /// The kind of media.
    public let mediaType: MediaType
    /// The volume label.
    public let label: String
    /// Identifies this media; derived from the request unless the request states it.
    public let mediaGUID: String
    /// The volumes, by number.
    public internal(set) var volumes: [VolumePlan]
    /// The drives that get the one volume, each of them the same; none for files and folders.
    public let drives: [BlockDevice]
    /// The contents on the media.
    public let contents: [PlannedContent]
    /// How the contents were divided; nil when nothing limits a volume.
    public let packing: PackingSummary?
    /// What the user must know: facts that may keep the media from working as expected.
    public internal(set) var warnings: [String]
    /// What the user should know.
    public let notes: [String]
}
