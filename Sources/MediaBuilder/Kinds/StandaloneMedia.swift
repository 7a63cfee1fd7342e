// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import SequenceTools
import Support
import SystemPackage
import TaskSequence

/// What stand-alone media holds, and how long it works.
public struct StandaloneContent: Sendable {
    /// The task sequence and further content.
    public var sequence = SequenceContent()
    /// When the media begins to work.
    public var start: Timestamp?
    /// When the media ceases to work.
    public var expiration: Timestamp?
    /// Whether the `install.wim` of an upgrade package that is too large for FAT32 becomes parts for Windows Setup.
    public var splitsUpgradeImages = false
    /// The policies of a site; nil for our own.
    public var policies: GivenPolicies?
    /// What is said of policies that were wanted and not there.
    public var policiesWarning: DiagnosticText?

    /// Nothing yet.
    public init() {}
}

/// Stand-alone media: a task sequence and everything that it needs.
struct StandaloneMedia: MediaKindRules {
    let content: StandaloneContent

    var mediaType: MediaType { .standalone }
    var sequence: SequenceContent { content.sequence }
    /// A task sequence that nobody has named yet will name some.
    var namesPackages: Bool { !content.sequence.namesTaskSequence || !content.sequence.additionalPackages.isEmpty }
    var expiration: Timestamp? { content.expiration }
    /// It brings everything with it.
    var needsNetwork: Bool { false }

    func missing(in request: MediaRequest) -> [MissingField] {
        !content.sequence.namesTaskSequence
            ? [MissingField(.taskSequence, "name the exported task sequence")] : []
    }

    func check() throws(MediaBuilderError) {
        try content.sequence.check()
        try checkTimes()
    }

    /// Refuses media that would not start on any day that is left.
    private func checkTimes() throws(MediaBuilderError) {
        guard let expiration = content.expiration else { return }
        let text = CivilTime(expiration).text
        if expiration < FileIdentity.Instant.now.timestamp {
            throw MediaRequest.bad(
                .mediaExpirationDate, "\(text) is past: the media would not start", "give a later one")
        }
        if let start = content.start, start >= expiration {
            throw MediaRequest.bad(
                .mediaStartDate, "\(CivilTime(start).text) is not before the media expires, at \(text)",
                "give an earlier one")
        }
    }

    /// Reads the task sequence, computes what it needs and looks for what would not work on the media.
    ///
    /// - Throws: errors of reading; ``MediaBuilderError`` `.missing` for content that cannot be told or found, `.badContent`
    ///   for what cannot run on stand-alone media.
    func needs(of request: MediaRequest) throws -> MediaNeeds {
        guard let package = try content.sequence.read() else { return MediaNeeds() }
        let required = try content.sequence.required(by: package)
        try content.policies?.check(required.taskSequences)
        let policyWarnings =
            [content.policiesWarning].compactMap { $0 }
            + (content.policies?.warnings(hasPassword: request.password != nil) ?? [])
        return MediaNeeds(
            bootImage: try required.bootImage?.packageID.map { text in
                .package(
                    try MediaNeeds.Package.packageID(text, neededBy: "task sequence \(package.name) as its boot image"))
            },
            bootImageOwner: package.name, packages: try required.packages(),
            sequence: try MediaNeeds.Sequence(package, required, given: content.policies?.policies),
            source: package,
            sequenceCheck: SequenceCheck(
                package: package, hasBootImage: request.bootImage != nil,
                file: content.sequence.taskSequence?.string ?? "the exported task sequence"),
            splitRule: ImageSplitRule(splitsUpgradeImages: content.splitsUpgradeImages),
            warnings: required.warnings + policyWarnings + Self.applicationWarnings(required))
    }

    /// What is not proved of applications on media.
    private static func applicationWarnings(_ required: RequiredContent) -> [DiagnosticText] {
        let count = required.items.count { if case .application = $0.kind { true } else { false } }
        guard count > 0 else { return [] }
        return [
            "\(count == 1 ? "an application is" : "\(count) applications are") on this media as content alone: genuine media"
                + " has policies and documents of the site for them too, so that whether a client installs them from here is"
                + " not proved; try it on one computer first"
        ]
    }

    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {
        try list.set("_SMSTSStandAloneMedia", to: "true")
        if let start = content.start { try list.setStart(start) }
        if let expiration = content.expiration { try list.setExpiration(expiration) }
    }
}

extension MediaNeeds.Sequence {
    /// `package` with the task sequences that it calls, in policies of our own or those that are `given`.
    ///
    /// - Throws: errors of writing a task sequence.
    init(_ package: TaskSequencePackage, _ required: RequiredContent, given: MediaPolicies? = nil) throws {
        id = package.packageID ?? ""
        name = package.name
        self.given = given
        if let given {
            policy = given.encoded()
            return
        }
        let instances = try required.taskSequences.map { sequence in
            try Policy.Instance(
                taskSequenceID: sequence.packageID ?? "", taskSequenceName: sequence.name,
                sequence: sequence.sequenceXML)
        }
        let programs = try required.taskSequences.namedPrograms.map {
            try Policy.Program(packageID: $0.packageID, name: $0.name, commandLine: $0.commandLine)
        }
        // The list begins with its root.
        policy = Policy(root: instances[0], children: Array(instances.dropFirst()), programs: programs).encoded()
    }
}
