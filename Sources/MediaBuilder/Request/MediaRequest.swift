// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import BootMedia
import ContentLibrary
import MediaVariables
import Support
import SystemPackage
import TaskSequence

/// Where the boot image of media comes from.
public enum BootImageReference: Sendable, Equatable {
    /// A boot image package on a distribution point.
    case package(PackageID)
    /// A WIM file.
    case file(FilePath)

    /// What `text` names: a package by its ID, a file by anything that holds a separator or an extension; else nil.
    public init?(_ text: String) {
        if let id = PackageID(text) {
            self = .package(id)
        } else if text.contains("/") || text.contains(".") {
            self = .file(FilePath(text))
        } else {
            return nil
        }
    }
}

/// How bootable media finds its management point (docs/formats/media.md section 3).
public enum MediaMode: String, Sendable, CaseIterable {
    /// The media asks the management points in turn, and the client's boundary decides.
    case dynamic
    /// The media asks one management point only.
    case siteBased = "site-based"
}

/// What a task sequence may assume about a computer's users.
public enum UserDeviceAffinity: String, Sendable, CaseIterable {
    /// No affinity is set.
    case doNotAllow = "do-not-allow"
    /// An administrator approves it.
    case administratorApproval = "administrator-approval"
    /// It is approved at once.
    case autoApproval = "auto-approval"
}

/// What media is to be made: the options of `create`, checked one by one but not yet against content.
public struct MediaRequest: Sendable {
    /// The kind of media.
    public var mediaType: MediaType
    /// The image or folder to write, or the first of the drives.
    public var output: FilePath
    /// What the output is.
    public var format: OutputFormat
    /// What drives are to be, when the output is one.
    public var drive = DriveRequest()
    /// Whether an existing output may be replaced.
    public var replacesExisting = false
    /// The boot image; stand-alone media takes the task sequence's when there is none.
    public var bootImage: BootImageReference?
    /// Which boot files to take from it.
    public var bootFileOptions = BootFileOptions()
    /// The volume label (docs/formats/media.md section 2).
    public var label = "Configuration Manager"
    /// The limit of a volume.
    public var capacity = MediaCapacity.unlimited
    /// How contents are divided when one volume is too small.
    public var packing = PackingMethod.ordered
    /// Whether the `install.wim` of an upgrade package that is too large for FAT32 becomes parts for Windows Setup.
    public var splitsUpgradeImages = false
    /// Whether Windows offers to start the media by itself.
    public var includesAutorun = false
    /// Encrypts the variables and the task sequence; nil for the public default.
    public var password: MediaPassword?
    /// Whether the media asks nothing.
    public var allowsUnattended = false
    /// How bootable media finds its management point.
    public var mediaMode = MediaMode.dynamic
    /// URLs of management points, in order.
    public var managementPoints: [String] = []
    /// The three characters of the site.
    public var siteCode: String?
    /// What is allowed about users and devices.
    public var userDeviceAffinity: UserDeviceAffinity?
    /// The user's own variables, in order.
    public var variables: [MediaVariableList.Variable] = []
    /// When stand-alone media ceases to work.
    public var expiration: Timestamp?
    /// The `SMS\bin` tree of a site.
    public var clientBinaries: FilePath?
    /// The media GUID; derived from the request when nil.
    public var mediaGUID: String?
    /// The task sequence of stand-alone media: an export, an XML file or a folder.
    public var taskSequence: FilePath?
    /// Which task sequence of the export, when it holds several.
    public var taskSequenceID: String?
    /// Packages and driver packages to add to what the task sequence references.
    public var additionalPackages: [PackageID] = []
    /// Applications to add: names, model names or package IDs.
    public var applications: [String] = []
    /// Whether the applications that needed applications depend on are added too.
    public var includesApplicationDependencies = false
    /// What the site knows about packages and applications.
    public var catalog: SiteCatalog?
    /// Further files that the request was made from: its catalog, a password file, a list of models.
    public var otherSources: [FilePath] = []
    /// What only prestaged media has.
    public var prestaged = PrestagedOptions()

    /// A request for media of `mediaType` at `output`: the image of a disc when the name ends in `.iso`, that of a drive
    /// when it ends in `.img`, a WIM when it ends in `.wim` or `.swm`, else a folder.
    public init(mediaType: MediaType, output: FilePath) {
        self.mediaType = mediaType
        self.output = output
        format =
            switch output.extension?.lowercased() {
            case "iso": .disc
            case "img": .drive
            case "wim", "swm": .archive
            default: .folder
            }
    }

    /// A request for media of `mediaType` on `drives`, of which there is at least one.
    public init(mediaType: MediaType, drives: [BlockDevice]) {
        self.mediaType = mediaType
        output = drives.first?.node ?? ""
        format = .drive
        drive.devices = drives
    }
}

extension MediaRequest {
    /// Adds a variable of the user's.
    ///
    /// - Throws: `MediaVariablesError` when its name or value cannot be carried.
    public mutating func addVariable(_ name: String, _ value: String) throws {
        // The list knows what names and values may be; order and spelling stay the user's.
        var list = MediaVariableList()
        try list.set(name, to: value)
        variables += list.variables
    }

    /// Every file and folder that the request itself names, and is read.
    public var sources: [FilePath] {
        var files = [taskSequence, clientBinaries, prestaged.base].compactMap { $0 } + otherSources
        if case .file(let path) = bootImage { files.append(path) }
        if let layout = prestaged.partitionLayout { files.append(FilePath(layout.source)) }
        return files
    }
}
