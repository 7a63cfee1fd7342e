// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import MediaFormat
import Site
import Support
import SystemPackage

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
public struct VolumePlan: Sendable {
    /// The number of the volume, from 1.
    public let number: Int
    /// Where it will be.
    public let output: FilePath
    /// The limit of its size in bytes; nil for none.
    public let capacity: Int64?
    /// Its label, cut to what the format holds where it is written.
    public let label: String
    /// Its files in the order in which their content lies on the volume.
    public let files: [PlannedFile]
    /// Folders that exist even when they are empty.
    public let folders: [MediaPath]
    /// Where everything lies.
    public internal(set) var layout: any VolumeLayout

    /// The size in bytes of the image, of the drive, or of all files in the folder: exact, unless ``report`` says otherwise.
    public var byteCount: Int64 { layout.byteCount }

    /// What there is to tell of it that only its format has.
    public var report: VolumeReport { layout.report }
}

/// Everything that is known before a byte is written.
///
/// Nothing downstream of the plan looks anything up again.
public struct MediaPlan: Sendable {
    /// The kind of media.
    public let mediaType: MediaType
    /// The volume label.
    public let label: String
    /// Identifies this media; derived from the request unless the request states it.
    public let mediaGUID: String
    /// What decides its bytes, in one hash: media of the same key is the same media.
    public let key: SHA256Digest
    /// The certificate by which the media proves who it is.
    public let certificate: MediaInspection.Certificate?
    /// What the site is told of that certificate when the media is whole; nil when it is told nothing.
    public let registration: SiteRegistration?
    /// Whether anyone who can read the media has the private key of its certificate, or secrets of its site's policies: no
    /// password protects them.
    let holdsOpenSecrets: Bool
    /// The volumes, by number.
    public internal(set) var volumes: [VolumePlan]
    /// What has the names of the volumes, where these are no drives.
    let outputKind: PendingOutput.Kind
    /// The drives that get the one volume, each of them the same; none for files and folders.
    public let drives: [BlockDevice]
    /// The contents on the media.
    public let contents: [PlannedContent]
    /// How the contents were divided; nil when nothing limits a volume.
    public let packing: PackingSummary?
    /// What the user must know: facts that may keep the media from working as expected.
    public internal(set) var warnings: [DiagnosticText]
    /// What is remembered of the media once it is made.
    let record: Record
    /// Where values came from that a site knows; empty where none was asked.
    public let origins: [ValueOrigin]
    /// What the user should know.
    public let notes: [DiagnosticText]

    /// What is remembered of media beside its outputs and contents; nothing of it is a secret.
    struct Record: Sendable {
        /// The task sequence that the media holds.
        var taskSequence: LedgerEntry.TaskSequence?
        /// The boot image, where it is a package.
        var bootImage: LedgerEntry.BootImage?
        /// The operating system image whose files it holds, and which is none of its contents.
        var operatingSystemImage: LedgerEntry.Content?
        /// The site that it asks.
        var siteCode: String?
        /// When it ceases to work, or its certificate does.
        var expiration: Timestamp?
        /// The time of what was made for it: that of SOURCE_DATE_EPOCH, or of the latest of its content.
        let created: Timestamp
        /// The boot image, as its manifest has it.
        let bootImageEntry: MediaManifest.BootImage
        /// The operating system image whose files it holds, as its manifest has it.
        let extractedImage: MediaManifest.OperatingSystemImage?
        /// The SHA-256 of the file of its task sequence; nil when that would tell a secret.
        let sequenceSHA256: SHA256Digest?
    }
}
