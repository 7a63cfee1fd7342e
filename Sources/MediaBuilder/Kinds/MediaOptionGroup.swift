// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import SequenceTools
import Support

/// Options that only some kinds of media have.
public enum MediaOptionGroup: Sendable, CaseIterable {
    /// How the media finds the site.
    case management
    /// What is captured.
    case capture
    /// A task sequence, and content beside what it names.
    case sequence
    /// What only media that needs no site has.
    case standalone
    /// What the media asks and knows when it starts.
    case behaviour
}

extension MediaOptionGroup {
    /// The fields of the group.
    public var fields: [RequestField] {
        switch self {
        case .management:
            [
                .mediaMode, .managementPoint, .siteCode, .userDeviceAffinity, .allowUnknownMachine, .unknownMachineGUID,
                .rootCA, .siteSigningCertificate, .trustedRootKey,
            ]
        case .capture: [.strict]
        case .sequence:
            [
                .taskSequence, .taskSequenceID, .package, .driverPackage, .application,
                .includeApplicationDependencies, .catalog, .skip,
            ]
        case .standalone: [.mediaStartDate, .mediaExpirationDate, .splitUpgradeImages, .policies]
        case .behaviour:
            [
                .password, .allowUnattended, .variable, .prestartCommand, .prestartPackage, .certificate,
                .certificatePassword, .selfSignedCertificate,
                .certificateStart, .certificateExpire, .certificateKey,
            ]
        }
    }
}

/// The options of all kinds of media; each kind takes those that it has.
public struct MediaKindOptions: Sendable {
    /// How the media finds the site.
    public var management = Management()
    /// What capture media is told.
    public var capture = CaptureRules()
    /// What stand-alone media holds.
    public var standalone = StandaloneContent()
    /// What prestaged media holds.
    public var prestaged = PrestagedContent()

    /// Nothing.
    public init() {}
}

extension MediaKind {
    /// The kind that media calls `type`, with those of `options` that it has.
    public init(_ type: MediaType, _ options: MediaKindOptions) {
        switch type {
        case .bootable: self = .bootable(options.management)
        case .capture: self = .capture(options.capture)
        case .standalone: self = .standalone(options.standalone)
        case .prestaged: self = .prestaged(options.management, options.prestaged)
        }
    }
}

extension MediaType {
    /// The options that only some kinds have, and this one does.
    public var optionGroups: Set<MediaOptionGroup> {
        switch self {
        case .bootable: [.management, .behaviour]
        case .capture: [.capture]
        case .standalone: [.sequence, .standalone, .behaviour]
        case .prestaged: [.management, .sequence, .behaviour]
        }
    }
}

extension MediaType {
    /// Refuses those of the fields `given` that media of this kind does not have: they would change nothing.
    ///
    /// - Parameter media: the media that is of this kind, for messages.
    /// - Throws: ``MediaBuilderError`` `.badRequest`, naming all of them.
    public func check(given: [RequestField], media: String) throws(MediaBuilderError) {
        let own = Set(optionGroups.flatMap(\.fields))
        let foreign = given.filter { !own.contains($0) }
        guard !foreign.isEmpty else { return }
        throw MediaRequest.bad(
            foreign.map { DiagnosticText($0) }.joined(separator: ", ") + ":",
            "\(media) holds \(title), which has no such options", "leave them out")
    }
}
