// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import BootMedia
import Cryptography
import DriverPackages
import MediaFormat
import MediaVariables
import Support
import SystemPackage

/// What media is to be made: the fields of a request, checked one by one but not yet against content.
public struct MediaRequest: Sendable {
    /// The kind of media, with what only this kind asks for.
    public var kind: MediaKind
    /// The image or folder to write, or the first of the drives.
    public var output: FilePath
    /// What the output is written as, with what only this format asks for.
    public var format: any VolumeFormat
    /// Whether an existing output may be replaced.
    public var replacesExisting = false
    /// Whether the hashes of what is written are listed beside it.
    public var listsChecksums = false
    /// Whether it is stated how the media was made, and where; nil for nowhere.
    public var provenance: ProvenanceRequest?
    /// What the manifest of the media is signed with, and what else states something of it; nil for nothing.
    public var signingKey: SigningKey?
    /// The boot image; stand-alone media takes the task sequence's when there is none.
    public var bootImage: BootImageReference?
    /// Which boot files to take from it.
    public var bootFileOptions = BootFileOptions()
    /// The devices of a computer that the media shall serve; nil to ask nothing.
    public var hardware: HardwareList?
    /// The volume label (docs/formats/media.md section 2).
    public var label = defaultLabel

    /// The label of media that nobody gives another.
    public static let defaultLabel = "Configuration Manager"
    /// The limit of a volume.
    public var capacity = MediaCapacity.unlimited
    /// How contents are divided when one volume is too small.
    public var packing = PackingMethod.ordered
    /// Whether Windows offers to start the media by itself.
    public var includesAutorun = false
    /// Encrypts the variables and the task sequence; nil for the public default.
    public var password: MediaPassword?
    /// What opens the media that is updated, where its password is taken off.
    var formerPassword: MediaPassword?
    /// The certificate by which the media proves who it is.
    public var certificate: MediaCertificate?
    /// Whether the site is told of that certificate when the media is whole.
    public var registersCertificate = false
    /// Whether the media asks nothing.
    public var allowsUnattended = false
    /// What runs before the media asks for a task sequence.
    public var prestart: PrestartCommand?
    /// The user's own variables, in order.
    public var variables: [MediaVariableList.Variable] = []
    /// The `SMS\bin` tree of a site.
    public var clientBinaries: FilePath?
    /// The media GUID; derived from the request when nil.
    public var mediaGUID: String?
    /// Distribution points that were found for it, besides those that somebody names.
    public var distributionPoints: [String] = []
    /// Names of content that are left out where the output cannot hold them.
    public var skippedNames = SkippedNames()
    /// Where values came from that a site knows; empty where none was asked.
    public var origins: [ValueOrigin] = []
    /// Further files that the request was made from: its catalog, a password file, a list of models.
    public var otherSources: [FilePath] = []

    /// A request for media of `kind` at `output`, written as `format`.
    public init(_ kind: MediaKind, output: FilePath, format: any VolumeFormat) {
        self.kind = kind
        self.output = output
        self.format = format
    }

    /// A request for media of `kind` at `output`, written as that one of `formats` that the name says.
    public init(_ kind: MediaKind, output: FilePath, formats: VolumeFormats = .standard) {
        self.init(
            kind, output: output, format: formats.format(of: output, isForFactory: kind.mediaType.isForFactory))
    }

    /// A request for media of `kind` on `drives`, of which there is at least one.
    public init(_ kind: MediaKind, drives: [BlockDevice], formats: VolumeFormats = .standard) {
        self.init(
            kind, output: drives[0].node,
            format: formats.format(ofDrives: drives, isForFactory: kind.mediaType.isForFactory))
    }
}

extension MediaRequest {
    /// Adds a variable of the user's.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` for a name that is the site's; `MediaVariablesError` when its name
    ///   or value cannot be carried.
    public mutating func addVariable(_ name: String, _ value: String) throws {
        guard !name.hasPrefix("_") else {
            throw Self.bad(.variable, "'\(name)' begins with _, and such variables are read-only", "rename it")
        }
        if let field = Self.ownVariables[name.caseFolded] {
            throw Self.bad(.variable, "'\(name)' is what \(field) says", "leave it out")
        }
        if variables.contains(where: { $0.name.caseFolded == name.caseFolded }) {
            throw Self.bad(.variable, "'\(name)' is given twice, and media has no case in names", "give it once")
        }
        // The list knows what names and values may be; order and spelling stay the user's.
        var list = MediaVariableList()
        try list.set(name, to: value)
        variables += list.variables
    }

    /// Variables by which the media is held against what else is asked for: another value would get past that.
    private static let ownVariables: [CaseFoldedName: RequestField] = [
        "SMSTSMP".caseFolded: .managementPoint, "SMSTSLocationMPs".caseFolded: .managementPoint,
        ManifestSignature.variableName.caseFolded: .signingKey,
    ]

    /// Every file and folder that the request itself names, and is read.
    public var sources: [FilePath] {
        var files =
            [kind.rules.sequence.taskSequence, clientBinaries].compactMap { $0 } + format.sources + otherSources
        if case .file(let path) = bootImage { files.append(path) }
        return files
    }

    /// Whether the output can be brought up to date where it is.
    var isUpdatedInPlace: Bool { format.isUpdatedInPlace && !ImagePackaging.isCompressed(output) }

    /// Whether it names a package, which only a distribution point has.
    var namesPackages: Bool {
        if case .package = bootImage { return true }
        return kind.rules.namesPackages || prestart?.package != nil
    }
}
