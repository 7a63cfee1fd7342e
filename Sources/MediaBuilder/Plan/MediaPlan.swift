// SPDX-License-Identifier: GPL-3.0-or-later

import DiscImage
import Support
import SystemPackage

/// What an output is.
public enum OutputFormat: Sendable, Equatable {
    /// An ISO 9660 image with Joliet and El Torito.
    case disc
    /// A folder with the files of the media.
    case folder
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
    /// The exact size in bytes: of the image, or of all files in the folder.
    public let byteCount: Int64
    /// Its files in the order in which their content lies on the volume.
    public let files: [PlannedFile]
    /// Folders that exist even when they are empty.
    public let folders: [MediaPath]
    /// Where everything lies, for an image.
    public let layout: DiscLayout?
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
    public let volumes: [VolumePlan]
    /// The contents on the media.
    public let contents: [PlannedContent]
    /// What the user must know: facts that may keep the media from working as expected.
    public let warnings: [String]
    /// What the user should know.
    public let notes: [String]
}
