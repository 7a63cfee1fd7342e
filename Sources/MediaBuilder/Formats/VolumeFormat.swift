// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import ContentTransfer
import DiscImage
import DriveImage
import MediaFormat
import Support
import SystemPackage
import TaskSequence

/// What a volume is written as: a disc, a drive, an archive, a folder.
///
/// A format has a folder of its own here and a line in ``VolumeFormats``; nothing else knows it by name. Of a request it
/// makes a ``VolumePlanner``, of the files of a volume that makes a ``VolumeLayout``, and that writes the volume.
public protocol VolumeFormat: Sendable {
    /// Whether a factory lays it on disks; other media starts a computer as it is.
    var isForFactory: Bool { get }
    /// What has the name of an output.
    var outputKind: PendingOutput.Kind { get }
    /// The drives that are written, all of them the same; none for files and folders.
    var devices: [BlockDevice] { get }
    /// Files that it reads besides content.
    var sources: [FilePath] { get }
    /// What must be asked for and is not there.
    var missing: [MissingField] { get }
    /// Whether several volumes can be a set.
    var hasSets: Bool { get }
    /// Whether media in it is brought up to date where it is, whatever its size, and then is the same media still.
    var isUpdatedInPlace: Bool { get }
    /// Whether it holds the files of an image with all that Windows keeps of them: descriptors, streams, links.
    var holdsImageTrees: Bool { get }
    /// Where the files of an image are applied; nil where an archive has them.
    ///
    /// - Throws: ``MediaBuilderError`` when there is no such partition.
    func imageTreePlace(_ sequence: TaskSequencePackage?) throws(MediaBuilderError) -> ImageTreePlace?
    /// Why no boot manager reads a boot image of 4 GiB and more from it; nil when that is another's matter.
    var largeBootImageProblem: String? { get }
    /// What `_SMSTSLaunchMode` calls it, as the documentation of task sequence variables does; nil when that cannot be told.
    var launchMode: String? { get }
    /// What becomes of files that are too large for it; nil when it looks after all files itself.
    var largeFiles: LargeFileRule? { get }

    /// The name of an output as the format has it.
    func named(_ output: FilePath) -> FilePath
    /// Refuses requests that it cannot serve.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest`, naming the field.
    func check(_ request: MediaRequest) throws(MediaBuilderError)
    /// The format as a drive should be divided.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` when it is no drive, and that matters.
    func divided(_ choice: DriveChoice, output: FilePath) throws(MediaBuilderError) -> any VolumeFormat
    /// The format with its files seen through `fileSystem`; `output` is what it is asked of.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` when it is no disc.
    func seen(through fileSystem: DiscFileSystem, output: FilePath) throws(MediaBuilderError) -> any VolumeFormat
    /// The format as an image that starts computers from a drive too; `output` is what it is asked of.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` when it is no disc.
    func startingFromDrives(output: FilePath) throws(MediaBuilderError) -> any VolumeFormat
    /// The format with a checksum of the disc on it; `output` is what it is asked of.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` when it is no disc.
    func holdingChecksum(output: FilePath) throws(MediaBuilderError) -> any VolumeFormat
    /// The format with the image of a drive packed so; `output` is what it is asked of.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` when it is no such image, and that matters.
    func packaged(_ packaging: ImagePackaging, output: FilePath) throws(MediaBuilderError) -> any VolumeFormat
    /// The files that are written beside the output.
    func companions(of output: FilePath) -> [FilePath]
    /// How long names and paths may be.
    func pathLimits(at output: FilePath) -> PathLimits
    /// Lays volumes of this format out.
    ///
    /// - Throws: what keeps every volume from being written, before its files are known.
    func planner(_ frame: VolumeFrame) throws -> any VolumePlanner
}

extension VolumeFormat {
    /// Media that computers start from.
    public var isForFactory: Bool { false }
    /// A file.
    public var outputKind: PendingOutput.Kind { .file }
    /// None.
    public var devices: [BlockDevice] { [] }
    /// None.
    public var sources: [FilePath] { [] }
    /// Nothing.
    public var missing: [MissingField] { [] }
    /// Several volumes can be a set.
    public var hasSets: Bool { true }
    /// It is made anew.
    public var isUpdatedInPlace: Bool { false }
    /// It holds plain files.
    public var holdsImageTrees: Bool { false }
    /// No partition.
    public func imageTreePlace(_ sequence: TaskSequencePackage?) throws(MediaBuilderError) -> ImageTreePlace? { nil }
    /// Nothing is known.
    public var largeBootImageProblem: String? { nil }
    /// Nobody knows where it goes.
    public var launchMode: String? { nil }
    /// Files have any size.
    public var largeFiles: LargeFileRule? { .unlimited }

    /// As it is.
    public func named(_ output: FilePath) -> FilePath { output }

    /// Refuses media that goes to another kind of output.
    public func check(_ request: MediaRequest) throws(MediaBuilderError) { try checkUse(of: request) }

    /// Refuses a factory's output for other media, and the other way round.
    func checkUse(of request: MediaRequest) throws(MediaBuilderError) {
        guard isForFactory != request.kind.mediaType.isForFactory else { return }
        guard isForFactory else {
            throw MediaRequest.bad(
                .output, "\(request.output) does not end in .wim",
                "name a .wim file, or write a whole disk with \(.diskImage) or \(.usb)")
        }
        throw MediaRequest.bad(
            .output, "\(request.output) is a WIM, which is prestaged media", "name an .iso or .img file or a folder")
    }

    /// Refuses what was asked of partitions, which only drives have.
    public func divided(_ choice: DriveChoice, output: FilePath) throws(MediaBuilderError) -> any VolumeFormat {
        let asked: RequestField? =
            choice.scheme != nil ? .partitionScheme : choice.dataPartition == .requested ? .dataPartition : nil
        guard let asked else { return self }
        throw MediaRequest.bad(asked, "is for drives, and \(output) is none", "leave it out")
    }

    /// Refuses what was asked of file systems, of which only discs have several.
    public func seen(
        through fileSystem: DiscFileSystem, output: FilePath
    ) throws(MediaBuilderError) -> any VolumeFormat {
        throw MediaRequest.bad(.fileSystem, "is for discs, and \(output) is none", "leave it out")
    }

    /// Refuses what was asked of the image of a disc.
    public func holdingChecksum(output: FilePath) throws(MediaBuilderError) -> any VolumeFormat {
        throw MediaRequest.bad(.implantMD5, "is for discs, and \(output) is none", "leave it out, or name an .iso file")
    }

    /// None.
    public func companions(of output: FilePath) -> [FilePath] { [] }

    /// Refuses what was asked of the image of a drive.
    public func packaged(
        _ packaging: ImagePackaging, output: FilePath
    ) throws(MediaBuilderError) -> any VolumeFormat {
        guard let field = packaging.fields.first else { return self }
        throw MediaRequest.bad(
            field, "is for the image of a drive, and \(output) is none", "leave it out, or name an .img file")
    }

    /// Refuses what was asked of the image of a disc.
    public func startingFromDrives(output: FilePath) throws(MediaBuilderError) -> any VolumeFormat {
        throw MediaRequest.bad(.hybrid, "is for discs, and \(output) is none", "leave it out, or name an .iso file")
    }
}

/// The volume of NTFS that the files of an image are applied to.
public struct ImageTreePlace: Sendable, Equatable {
    /// The number of its partition, from 1.
    let partition: Int
    /// Whether what boots lies there too; else contents alone do.
    let hasBootFiles: Bool
}

/// What a volume holds while it is laid out.
public struct VolumeContents: Sendable {
    /// The number of the volume, from 1.
    let number: Int
    /// Its label.
    let label: VolumeLabel
    /// Its files in the order in which their content lies on the volume; the last is the manifest.
    var files: [PlannedFile]
    /// Folders that exist even when they are empty.
    let folders: [MediaPath]
    /// As many files at the start are not of contents.
    let fixedCount: Int
}

/// Lays volumes of one format out.
public protocol VolumePlanner: Sendable {
    /// What decides the bytes of its volumes beside their files, the request's label and its size; never where anything is on
    /// this computer.
    ///
    /// Of a format that is updated in place nothing but its name: its structures tell the rest.
    var facts: [String] { get }
    /// The bytes that `item` adds to a volume; `counted` are contents that other lower bounds hold already.
    func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem
    /// The exact size in bytes of a volume.
    func byteCount(of contents: VolumeContents) throws -> Int64
    /// Where everything lies on a volume; may bring its files into another order.
    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout
    /// What the user should know of the volumes.
    func remarks(on volumes: [VolumePlan]) -> VolumeRemarks
}

extension VolumePlanner {
    /// The sizes of the files.
    public func bounds(of item: VolumeItem, counted: inout Set<SHA256Digest>) -> PackingItem {
        PackingItem(exactly: item.files.reduce(0) { $0 + $1.byteCount })
    }

    /// The sizes of the files.
    public func byteCount(of contents: VolumeContents) throws -> Int64 {
        contents.files.reduce(0) { $0 + $1.byteCount }
    }

    /// Nothing.
    public func remarks(on volumes: [VolumePlan]) -> VolumeRemarks { VolumeRemarks() }
}

/// What the user should know of volumes.
public struct VolumeRemarks: Sendable {
    /// Facts that may keep the media from working as expected.
    var warnings: [DiagnosticText] = []
    /// Other facts.
    var notes: [DiagnosticText] = []
}

/// Where everything lies on a volume, and how it is written.
public protocol VolumeLayout: Sendable {
    /// The size in bytes of what is written: exact, unless ``report`` says otherwise.
    var byteCount: Int64 { get }
    /// What there is to tell of the volume that only its format has.
    var report: VolumeReport { get }
    /// At least as many files as it becomes.
    var partLimit: Int { get }
    /// The bytes of memory that writing takes on each thread, where that is much.
    var workingByteCount: Int? { get }

    /// The room in bytes to ask for before anything is written; 0 when only writing tells.
    func neededByteCount(for files: [PlannedFile]) -> Int64
    /// The bytes that are moved.
    func transferByteCount(of files: [PlannedFile]) -> Int64
    /// Whether the file at `path`, whose media has the key of this, has its structures as they are laid out.
    func hasStructures(at path: FilePath) throws -> Bool
    /// Writes `volume` under a temporary name, except for what others will copy there.
    func begin(_ volume: VolumePlan, _ work: VolumeWriting) throws -> BegunVolume
    /// The layout with what `first`, a volume of another request that is written already, can give to it.
    func sharing(_ first: VolumePlan) throws -> any VolumeLayout
}

extension VolumeLayout {
    /// Nothing besides sizes.
    public var report: VolumeReport { VolumeReport() }
    /// One file.
    public var partLimit: Int { 1 }
    /// Little.
    public var workingByteCount: Int? { nil }

    /// All of it.
    public func neededByteCount(for files: [PlannedFile]) -> Int64 { byteCount }

    /// All files.
    public func transferByteCount(of files: [PlannedFile]) -> Int64 { files.reduce(0) { $0 + $1.byteCount } }

    /// The key tells all.
    public func hasStructures(at path: FilePath) throws -> Bool { true }

    /// Nothing is taken over.
    public func sharing(_ first: VolumePlan) throws -> any VolumeLayout { self }
}

/// What a volume is written with.
public struct VolumeWriting: Sendable {
    /// Threads, the store and whom to tell.
    let environment: BuildEnvironment
    /// Whether an existing output may be replaced.
    let replacesExisting: Bool
    /// Whether nobody but the owner may read what is written.
    let isSecret: Bool
    /// Counts the bytes of all volumes.
    let progress: ProgressMeter
}

/// A volume that has a temporary name and waits for its content.
public struct BegunVolume {
    /// What gets its name when all is written.
    var outputs: [PendingOutput]
    /// What is still to be copied.
    var transfers: [Transfer] = []
    /// What writing told, where it tells more than the plan knew.
    var written: WrittenVolume?
    /// What is done when all is copied, before it gets its name.
    var complete: () throws -> Void = {}
}

/// What is known of a volume only when it is written.
struct WrittenVolume {
    /// The volume as it is.
    let layout: any VolumeLayout
    /// What the user must know.
    let warnings: [DiagnosticText]
}
