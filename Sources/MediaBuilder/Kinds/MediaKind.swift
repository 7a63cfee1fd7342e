// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import MediaFormat
import MediaVariables
import Support
import SystemPackage
import TaskSequence

/// What media is to be, with what only its kind asks for.
public enum MediaKind: Sendable {
    /// Starts a computer and asks a management point for its task sequence.
    case bootable(Management)
    /// Captures a reference computer.
    case capture(CaptureRules)
    /// Holds a task sequence and all its content.
    case standalone(StandaloneContent)
    /// Holds content for a factory, without a task sequence.
    case prestaged(Management, PrestagedContent)

    /// What this kind needs, refuses and says: the one place that tells the kinds apart.
    var rules: any MediaKindRules {
        switch self {
        case .bootable(let management): BootableMedia(management: management)
        case .capture(let rules): CaptureMedia(rules: rules)
        case .standalone(let content): StandaloneMedia(content: content)
        case .prestaged(let management, let content): PrestagedMedia(management: management, content: content)
        }
    }

    /// The kind, as the media itself says it.
    public var mediaType: MediaType { rules.mediaType }
}

/// What a kind of media has of its own, while it is asked for and planned.
protocol MediaKindRules: Sendable {
    /// The kind, as the media itself says it.
    var mediaType: MediaType { get }
    /// How the media finds a management point; of no meaning where the kind asks none.
    var management: Management { get }
    /// The task sequence and the content that is asked for.
    var sequence: SequenceContent { get }
    /// Whether it names a package, which only a distribution point has.
    var namesPackages: Bool { get }
    /// When the media ceases to work by itself; nil when it does not.
    var expiration: Timestamp? { get }
    /// Whether the media is of no use where Windows PE reaches no network.
    var needsNetwork: Bool { get }
    /// What the media lacks without a site's client binaries; nil when it works without.
    var clientBinariesWarning: DiagnosticText? { get }
    /// What must be asked for and is not there, in the order in which it is told.
    func missing(in request: MediaRequest) -> [MissingField]
    /// Refuses what contradicts itself.
    func check() throws(MediaBuilderError)
    /// Everything that must be on the media.
    ///
    /// - Throws: errors of reading the task sequence; ``MediaBuilderError`` for content that cannot be told.
    func needs(of request: MediaRequest) throws -> MediaNeeds
    /// How an operating system image lies on the media; nil where there is none to tell.
    func operatingSystemImageLayout(on format: any VolumeFormat) -> OperatingSystemImageLayout?
    /// Adds the variables that only this kind has.
    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError)
}

extension MediaKindRules {
    var management: Management { Management() }
    var sequence: SequenceContent { SequenceContent() }
    var namesPackages: Bool { !sequence.additionalPackages.isEmpty }
    var clientBinariesWarning: DiagnosticText? { nil }
    var expiration: Timestamp? { nil }
    var needsNetwork: Bool { true }

    func operatingSystemImageLayout(on format: any VolumeFormat) -> OperatingSystemImageLayout? { nil }

    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {}

    /// Media that brings no task sequence with its boot image must be given one.
    func missingBootImage(in request: MediaRequest) -> [MissingField] {
        request.bootImage == nil ? [MissingField(.bootImage, "name a package ID or a WIM file")] : []
    }
}

/// A field that must be given, and what to do about it.
public struct MissingField: Sendable {
    /// The field, or several of which one must be given.
    let name: DiagnosticText
    let nextStep: DiagnosticText

    init(_ field: RequestField, _ nextStep: DiagnosticText) { self.init(DiagnosticText(field), nextStep) }

    init(_ name: DiagnosticText, _ nextStep: DiagnosticText) {
        self.name = name
        self.nextStep = nextStep
    }
}

/// Everything that must be on media besides what all of it has.
struct MediaNeeds {
    /// A package that must be on the media, and why.
    struct Package {
        let id: PackageID
        let reason: String
        let use: ContentUse
        /// The steps that apply an image of it by its number.
        var imageUses: [ReferenceUse] = []
    }

    /// The image that will be applied, which is looked into before anything is written.
    struct Image {
        let id: PackageID
        /// The number of the image in it, from 1.
        let index: Int
        /// Whether its files lie on the media, rather than its package.
        let isExtracted: Bool
    }

    /// The task sequence; without it the media holds none.
    struct Sequence {
        /// Its package ID; empty when its file does not say one.
        let id: String
        let name: String
        /// The plaintext of Policy.xml.
        let policy: [UInt8]
        /// The policies in it when a site handed them over; nil for our own.
        let given: MediaPolicies?
    }

    /// A task sequence that only media with an open boot image holds.
    struct OpenSequence {
        let sequence: Sequence
        let check: SequenceCheck
    }

    /// The boot image that the task sequence names.
    var bootImage: BootImageReference?
    /// Who names a boot image or should, for errors.
    var bootImageOwner = ""
    /// The packages, in the order in which they are first used.
    var packages: [Package] = []
    /// The operating system image, when it is known beforehand.
    var operatingSystemImage: Image?
    /// The task sequence that the media holds.
    var sequence: Sequence?
    /// The task sequence that will run, whether the media holds it or not.
    var source: TaskSequencePackage?
    /// Whether that can run, which depends on what runs it: asked when the boot image is known.
    var sequenceCheck: SequenceCheck?
    /// The task sequence of media that asks a site for it, where its boot image is an open one: that one asks no site.
    var openSequence: OpenSequence?
    /// Which images are split, when they are too large.
    var splitRule = ImageSplitRule(splitsUpgradeImages: false)
    /// What the user should know.
    var warnings: [DiagnosticText] = []
}
