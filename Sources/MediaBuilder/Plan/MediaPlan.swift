// SPDX-License-Identifier: GPL-3.0-or-later

import DiscImage
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

/// One volume of media: an image or a folder.
public struct VolumePlan: Sendable, Equatable {
    /// The number of the volume, from 1.
    public let number: Int
    /// Where it will be.
    public let output: FilePath
    /// What it will be.
    public let format: OutputFormat
    /// The limit of its size in bytes; nil for none.
    public let capacity: Int64?
    /// Its label, cut to what the format holds where it is written.
    public let label: String
    /// The exact size in bytes: of the image, or of all files in the folder; of an archive see
    /// ``ArchivePlan/byteCountIsExact``.
    public internal(set) var byteCount: Int64
    /// Its files in the order in which their content lies on the volume.
    public let files: [PlannedFile]
    /// Folders that exist even when they are empty.
    public let folders: [MediaPath]
    /// Where everything lies, for an image.
    public let layout: DiscLayout?
    /// How it is written, for an archive.
    public internal(set) var archive: ArchivePlan? = nil
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
    /// The contents on the media.
    public let contents: [PlannedContent]
    /// How the contents were divided; nil when nothing limits a volume.
    public let packing: PackingSummary?
    /// What the user must know: facts that may keep the media from working as expected.
    public internal(set) var warnings: [String]
    /// What the user should know.
    public let notes: [String]
}
