// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage
import Identifiers
import MediaFormat
import MediaVariables
import Support
import SystemPackage
import TaskSequence

/// What media was made with, as far as the media itself says it: an update asks for that again where nobody says otherwise.
///
/// The media says it where genuine media does, sealed with its password; where content came from, paths and servers that were
/// asked are nowhere on it. What it does not say (the package of a prestart command, a folder of client binaries) is a loss
/// that ``MediaStatement`` names.
struct MediaRecollection {
    private let manifest: MediaManifest
    private let documents: MediaDocuments
    private let dropped: Set<CaseFoldedName>
    /// Whether a password was given, which need not be that of the media.
    private let knowsPassword: Bool

    /// Looks at `media` with `manifest`, which is called `path` in messages.
    ///
    /// - Parameters:
    ///   - password: that of the request; what it does not open is not remembered.
    ///   - dropped: what shall be forgotten.
    /// - Throws: ``MediaBuilderError`` `.badRequest` for what shall be forgotten and is not there.
    init(
        _ media: DriveMedia, _ manifest: MediaManifest, named path: FilePath, password: MediaPassword?,
        dropped: [MediaFeature]
    ) throws(MediaBuilderError) {
        self.manifest = manifest
        documents = MediaDocuments(mediaGUID: manifest.mediaGuid, password: password) { path in
            media.file(path).flatMap { try? media.contents(of: $0) }
        }
        self.dropped = Set(dropped.map(\.key))
        knowsPassword = password != nil
        if let strange = dropped.first(where: { !has($0) }) {
            throw MediaRequest.bad(
                DiagnosticText(.drop, strange.name), "names what \(path) does not have", "check with 'tsmedia inspect'")
        }
    }

    /// Whether the media has `feature`; true for what cannot be told.
    private func has(_ feature: MediaFeature) -> Bool {
        switch feature {
        case .variable(let name): documents.variables.map { $0[name] != nil } ?? true
        case .package(let id):
            manifest.contents.contains { ($0.packageId ?? $0.id).caseFolded == id.caseFolded }
        case .managementPoint(let url):
            documents.variables.map {
                MediaStatement.managementPoints($0).contains { ManagementPointURL.shown($0) == url }
            } ?? true
        default: true
        }
    }

    private func keeps(_ feature: MediaFeature) -> Bool { !dropped.contains(feature.key) }

    /// Puts into `request` what it does not say itself.
    ///
    /// - Parameter given: the fields that somebody has given; those that can be repeated add to what the media has.
    /// - Throws: ``MediaBuilderError`` when something must be known that only the media's password tells; errors of what the
    ///   media says.
    func complete(_ request: inout MediaRequest, given: Set<RequestField>) throws {
        // It was given to open what is there.
        if !keeps(.password) { (request.formerPassword, request.password) = (request.password, nil) }
        if !given.contains(.label), keeps(.label) { request.label = manifest.label }
        if request.mediaGUID == nil, keeps(.mediaGUID), MediaStatement.isGiven(manifest.mediaGuid) {
            request.mediaGUID = manifest.mediaGuid
        }
        if documents.bootstrap?.unattended == true, keeps(.unattended) { request.allowsUnattended = true }
        if keeps(.autorun), manifest.files.contains(where: { $0.path.caseFolded == "autorun.inf" }) {
            request.includesAutorun = true
        }
        let leftOut = manifest.contents.flatMap { $0.leftOut ?? [] }
        if !leftOut.isEmpty, let names = SkippedNames(request.skippedNames.texts + leftOut) {
            request.skippedNames = names
        }
        let variables = keeps(.variables) ? documents.variables : nil
        switch request.kind {
        case .bootable(var management):
            if let variables { try complete(&management, variables, given) }
            request.kind = .bootable(management)
            recallBootImage(&request)
        case .capture(var rules):
            if variables?[MediaVariableName.strictCapture] == "true" { rules.isStrict = true }
            request.kind = .capture(rules)
            recallBootImage(&request)
        case .standalone(var content):
            try complete(&content, variables, request, given)
            request.kind = .standalone(content)
        case .prestaged: break
        }
        guard let variables else {
            if documents.variables == nil, !request.kind.rules.missing(in: request).isEmpty { throw sealed }
            return
        }
        try recallVariables(variables, &request)
        if request.certificate == nil, keeps(.certificate) {
            request.certificate = try variables.certificate().map {
                MediaCertificate($0, ofMedia: manifest.mediaGuid)
            }
        }
    }

    /// What it was made with cannot be read.
    private var sealed: MediaBuilderError {
        let hasPassword = documents.bootstrap?.passwordRequired == true
        if hasPassword, knowsPassword {
            return MediaBuilderError(
                .badContent, "\(manifest.mediaType.title) \(manifest.mediaGuid)",
                "was made with another password, and with what else only that tells", nextStep: "check \(.password)")
        }
        return MediaBuilderError(
            .unsafeOutput, "\(manifest.mediaType.title) \(manifest.mediaGuid)",
            hasPassword
                ? "was made with a password, and with what else only that tells"
                : "does not say any more what it was made with: its variables cannot be read",
            nextStep: hasPassword
                ? "add \(.password)" : "give all options again, and \(.drop, MediaFeature.variables.name)")
    }

    private func recallBootImage(_ request: inout MediaRequest) {
        guard request.bootImage == nil, keeps(.bootImage), manifest.bootImage.version != nil else { return }
        request.bootImage = PackageID(manifest.bootImage.id).map { .package($0) }
    }

    // MARK: Bootable media

    private func complete(
        _ management: inout Management, _ variables: MediaVariableList, _ given: Set<RequestField>
    ) throws {
        if management.points.isEmpty {
            management.points = MediaStatement.managementPoints(variables).filter {
                keeps(.managementPoint(ManagementPointURL.shown($0)))
            }
        }
        if !given.contains(.mediaMode), keeps(.mediaMode), MediaStatement.isSiteBased(variables) {
            management.mode = .siteBased
        }
        if management.siteCode == nil, keeps(.siteCode) { management.siteCode = variables["_SMSTSSiteCode"] }
        if management.userDeviceAffinity == nil, keeps(.userDeviceAffinity),
            let value = variables[Management.affinityVariable]
        {
            management.userDeviceAffinity = UserDeviceAffinity.allCases.first { $0.variableValue == value }
        }
        if management.unknownComputers.records.isEmpty, keeps(.unknownComputers) {
            for architecture in Architecture.allCases {
                guard let guid = variables[UnknownComputers.variableName(architecture)],
                    !management.unknownComputers.records.contains(where: { $0.architecture == architecture })
                else { continue }
                try management.unknownComputers.add(architecture, guid)
                management.unknownComputers.areAllowed = true
            }
        }
        if management.trust.rootCAs.isEmpty, keeps(.rootCA) {
            management.trust.rootCAs = variables.rootCertificates.certificates
        }
        if management.trust.siteSigningCertificate == nil, keeps(.siteSigningCertificate),
            let bytes = variables[SiteTrust.signingName].flatMap([UInt8].init(hexadecimal:))
        {
            management.trust.siteSigningCertificate = try Certificate.read(bytes, name: SiteTrust.signingName).first
        }
        if management.trust.trustedRootKey == nil, keeps(.trustedRootKey), let text = variables[SiteTrust.keyName] {
            management.trust.trustedRootKey = try TrustedRootKey(Array(text.utf8), name: SiteTrust.keyName)
        }
    }

    // MARK: Stand-alone media

    private func complete(
        _ content: inout StandaloneContent, _ variables: MediaVariableList?, _ request: MediaRequest,
        _ given: Set<RequestField>
    ) throws {
        if content.start == nil, keeps(.start) { content.start = variables?.start }
        if content.expiration == nil, keeps(.expiration) { content.expiration = variables?.expiration }
        if manifest.files.contains(where: { $0.path.components.last?.caseFolded == "install.swm".caseFolded }) {
            content.splitsUpgradeImages = true
        }
        let sequences = try taskSequences()
        recallContents(&content.sequence, namedBy: sequences)
        guard !content.sequence.namesTaskSequence, var root = sequences?.first else { return }
        // What it named is not on the media; what came with it is.
        if request.bootImage == nil, manifest.bootImage.version != nil { root.bootImageID = manifest.bootImage.id }
        content.sequence.fetched = root
        if content.policies == nil, !given.contains(.policies), keeps(.policies) {
            content.policies = documents.policiesOfSite.map { GivenPolicies($0, source: "the media") }
        }
    }

    /// The task sequences of the media, the one that runs first; nil when they cannot be read.
    private func taskSequences() throws -> [TaskSequencePackage]? {
        guard let policy = documents.policy.flatMap({ try? Policy(xml: $0) }) else { return nil }
        return try ([policy.root] + policy.children).map { instance in
            var package = try TaskSequencePackage(
                xml: Array(instance.sequence.utf8), source: "\(MediaDataFile.policy) of the media",
                stem: instance.taskSequenceName)
            package.name = instance.taskSequenceName
            package.programs = policy.programs.map {
                PackageProgram(packageID: $0.packageID, name: $0.name, commandLine: $0.commandLine)
            }
            package.packageID = instance.taskSequenceID.isEmpty ? nil : instance.taskSequenceID
            return package
        }.knowingEachOther
    }

    /// Asks for what is on the media and none of its task sequences names.
    private func recallContents(_ sequence: inout SequenceContent, namedBy sequences: [TaskSequencePackage]?) {
        guard let sequences else { return }
        let named = Set(sequences.flatMap { $0.references() }.compactMap { $0.packageID?.caseFolded })
        for content in manifest.contents {
            let id = content.packageId ?? content.id
            guard let package = PackageID(id), !named.contains(id.caseFolded), keeps(.package(id)) else { continue }
            if content.packageId != nil {
                if !sequence.applications.contains(where: { $0.caseFolded == id.caseFolded }) {
                    sequence.applications.append(id)
                }
            } else if !sequence.additionalPackages.contains(package) {
                sequence.additionalPackages.append(package)
            }
        }
    }

    // MARK: Variables

    private func recallVariables(_ variables: MediaVariableList, _ request: inout MediaRequest) throws {
        let given = Set(request.variables.map { $0.name.caseFolded })
        var own: [MediaVariableList.Variable] = []
        for variable in variables.variables
        where MediaStatement.isOfUser(variable.name) && keeps(.variable(variable.name)) {
            if !given.contains(variable.name.caseFolded) { own.append(variable) }
        }
        let added = request.variables
        request.variables = []
        for variable in own + added { try request.addVariable(variable.name, variable.value) }
    }
}

extension MediaCertificate {
    /// The certificate of the media `guid` as it is asked for again: one that was made with the media is made again, byte for
    /// byte.
    fileprivate init(_ identity: CertificateIdentity, ofMedia guid: String) {
        let certificate = identity.certificate
        let made = MediaCertificate.selfSigned(
            SelfSignedCertificate(
                key: identity.privateKey, start: certificate.validFrom, expiration: certificate.validUntil))
        let again = try? made.prepared(sourceDate: nil, now: FileIdentity.Instant.now.timestamp)
            .identity(MediaVariableList.bareGUID(guid))
        self = again?.certificate == certificate ? made : .imported(identity)
    }
}
