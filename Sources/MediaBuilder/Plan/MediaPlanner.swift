// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import ContentLibrary
import Cryptography
import DistributionPoints
import Identifiers
import MediaFormat
import MediaVariables
import SequenceTools
import Site
import Support
import TaskSequence

/// Turns a request into a plan: finds everything, reads every list, moves no content.
public struct MediaPlanner: Sendable {
    let request: MediaRequest
    let environment: BuildEnvironment

    /// A planner for `request`.
    public init(_ request: MediaRequest, environment: BuildEnvironment) {
        self.request = request
        self.environment = environment
    }

    /// The plan.
    ///
    /// - Throws: any `DiagnosticError`; nothing was written.
    public func plan() throws -> MediaPlan { try plan(try draft()) }

    /// What the media is made of, before it is known which volume holds what.
    ///
    /// - Throws: as ``plan()``.
    func draft() throws -> MediaDraft {
        try request.validate()
        let certificate = try request.certificate?.prepared(
            sourceDate: environment.sourceDate, now: FileIdentity.Instant.now.timestamp)
        var needs = try kind.needs(of: request)
        guard let reference = request.bootImage ?? needs.bootImage else {
            throw MediaBuilderError(
                .badRequest, "task sequence \(needs.bootImageOwner)", "names no boot image",
                nextStep: "add \(.bootImage)")
        }
        try requirePackages(reference, needs.packages)
        var parts = try collect(reference, &needs, certificate)
        let identified = try identify(&parts, needs, certificate)
        let placed = identified.image
        var manifest = identified.manifest
        let frame = VolumeFrame(
            request: request, manifest: manifest, boot: parts.boot.bootFiles, sequence: needs.source,
            operatingSystemImage: needs.operatingSystemImage, extractedImage: placed,
            appliedByteCount: parts.image?.appliedByteCount)
        let planner = try request.format.planner(frame)
        let key = try MediaKey.digest(
            manifest, request, needs.splitRule, layout: planner.facts, fixed: parts.assembly, content: parts.content)
        manifest.key = key
        return MediaDraft(parts: parts, manifest: manifest, needs: needs, planner: planner, key: key)
    }

    /// What the media is made of, as it is collected.
    struct Parts {
        var boot: BootImagePlanner.Result
        /// The operating system image that will be applied, when it is known beforehand.
        var image: OperatingSystemImagePlanner.Result?
        /// What lies on volume 1, whatever the contents are.
        var assembly = PlanAssembly()
        /// The certificate by which the media proves who it is, when it is known for which media GUID.
        var certificate: Certificate?
        /// The contents that are divided among volumes: apart, because they follow what is generated from them.
        var content = PlanAssembly()
        var warnings: [DiagnosticText]
        var notes: [DiagnosticText] = []
        /// The numbers of the names that were left out so far.
        var usedSkips: Set<Int> = []
    }

    /// Finds everything that the media takes from elsewhere.
    private func collect(
        _ reference: BootImageReference, _ needs: inout MediaNeeds, _ certificate: PreparedCertificate?
    ) throws -> Parts {
        let boot = try BootImagePlanner(request: request, environment: environment).plan(reference)
        let ownWarnings = boot.bootFiles.isOpen ? try takeOpenSequence(&needs) : []
        var parts = Parts(
            boot: boot,
            warnings: trustWarnings(certificate) + needs.warnings + ownWarnings
                + (try needs.sequenceCheck?.warnings(isOpen: boot.bootFiles.isOpen) ?? []) + boot.bootFiles.warnings)
        let drivers = try DriverPlanner(environment: environment)
            .check(boot.drivers, needsNetwork: kind.needsNetwork, packages: needs.packages.map(\.id))
        parts.notes = drivers.notes
        parts.warnings += drivers.warnings
        parts.warnings += [kind.management.unknownComputers.warning(bootArchitecture: boot.architecture)]
            .compactMap { $0 }
        try addPrestart(to: &parts)
        try addBootFiles(parts.boot, to: &parts.assembly)
        try addClientBinaries(to: &parts.assembly, isOpen: boot.bootFiles.isOpen, warnings: &parts.warnings)
        let images = OperatingSystemImagePlanner(environment: environment)
        try images.checkNumbers(in: needs.packages)
        if let wanted = needs.operatingSystemImage {
            let image = try images.check(wanted, bootArchitecture: boot.manifestEntry.architecture)
            parts.warnings += image.warnings.map { DiagnosticText($0) }
            parts.image = image
        } else {
            parts.warnings += try images.warnings(
                of: needs.packages, bootArchitecture: boot.manifestEntry.architecture)
        }
        try addContents(needs.packages, to: &parts)
        return parts
    }

    /// Puts the task sequence on media that asks a site for it otherwise: what an open boot image starts asks none.
    private func takeOpenSequence(_ needs: inout MediaNeeds) throws -> [DiagnosticText] {
        guard let own = needs.openSequence else {
            return kind.mediaType.isForFactory
                ? [
                    "this media has an open boot image, which asks no site, and no task sequence that it could run: give"
                        + " \(.taskSequence)"
                ] : []
        }
        needs.sequence = own.sequence
        return try own.check.warnings(isOpen: true)
    }

    private func addContents(_ packages: [MediaNeeds.Package], to parts: inout Parts) throws {
        // What is in its place on volume 1 already is not divided among volumes.
        var seen = Set(
            parts.assembly.contents.lazy.filter { $0.folder == contentPlanner.folder(of: $0) }.map(\.packageID))
        // Its files are there already.
        if let extracted = parts.image?.extracted { seen.insert(extracted.id) }
        var used = parts.usedSkips
        for needed in packages where seen.insert(needed.id).inserted {
            try environment.interruption.check()
            parts.warnings +=
                try contentPlanner.add(
                    needed.id, neededBy: needed.reason, use: needed.use, to: &parts.content, used: &used
                ).map { DiagnosticText($0) }
        }
        for (number, text) in request.skippedNames.texts.enumerated() where !used.contains(number) {
            parts.warnings.append(
                "\(.skip, text) left nothing out: no content has a file or folder of that name that the output cannot hold"
            )
        }
    }

    /// Gives the media its GUID and its certificate, and adds what is generated from all of it.
    private func identify(
        _ parts: inout Parts, _ needs: MediaNeeds, _ certificate: PreparedCertificate?
    ) throws -> (manifest: ManifestFrame, image: PlacedImage?) {
        let created = created([parts.assembly.latestModification, parts.content.latestModification].max())
        let guid =
            request.mediaGUID.map(MediaGUID.normalize)
            ?? derivedGUID(parts.boot, needs.sequence, parts.content, certificate, parts.image?.extracted)
        let identity = certificate?.identity(MediaVariableList.bareGUID(guid))
        parts.certificate = identity?.certificate
        parts.warnings += [identity.flatMap(registrationWarning)].compactMap { $0 }
        try addGenerated(
            to: &parts.assembly, guid: guid, boot: parts.boot, sequence: needs.sequence, certificate: identity,
            created: created)
        parts.assembly.finish(sourceDate: environment.sourceDate)
        parts.content.finish(sourceDate: environment.sourceDate)
        let limits = request.format.pathLimits(at: request.output)
        let paths = [parts.assembly, parts.content].lazy.flatMap { $0.files.lazy.map(\.path) }
        parts.warnings += try limits.warnings(paths).map { DiagnosticText($0) }
        _ = try limits.warnings(parts.content.folders)
        let placed = try parts.image?.extracted.map {
            try place($0, parts.assembly, parts.content, at: try request.format.imageTreePlace(needs.source))
        }
        parts.warnings += placed?.warnings ?? []
        let manifest = ManifestFrame(
            mediaType: kind.mediaType, mediaGUID: guid, label: request.label,
            taskSequence: needs.sequence.map { .init(id: $0.id, name: $0.name) },
            bootImage: parts.boot.manifestEntry, operatingSystemImage: placed?.manifestEntry, created: created,
            signer: request.signingKey)
        return (manifest, placed)
    }

    /// Decides which volume of `draft` holds what, and where.
    func plan(_ draft: MediaDraft) throws -> MediaPlan {
        let (parts, manifest, needs, planner) = (draft.parts, draft.manifest, draft.needs, draft.planner)
        let composer = VolumeComposer(
            request: request, frame: manifest, planner: planner, splitRule: needs.splitRule, fixed: parts.assembly,
            sharedFiles: parts.assembly.files.filter { $0.path.description == MediaDataFile.bootstrap })
        let set = try VolumeSetPlanner(composer: composer, environment: environment, method: request.packing)
            .plan(parts.content)
        let leftovers = SetOutput.leftovers(request.output, count: set.volumes.count).map { path -> DiagnosticText in
            "\(path) is no volume of this set: remove it, or take care not to mix them up"
        }
        let remarks = planner.remarks(on: set.volumes)
        return MediaPlan(
            mediaType: kind.mediaType, label: request.label, mediaGUID: manifest.mediaGUID,
            key: draft.key, certificate: parts.certificate.map { .init($0) },
            registration: registration(parts.certificate, manifest.mediaGUID),
            holdsOpenSecrets: request.password == nil
                && (parts.certificate != nil || needs.sequence?.given?.secretKinds.isEmpty == false
                    || !Self.secretSteps(needs).isEmpty),
            volumes: set.volumes,
            outputKind: request.format.outputKind, drives: request.format.devices,
            contents: parts.assembly.contents + set.contents, packing: set.packing,
            warnings: environment.distributionPoints.takeWarnings() + parts.warnings + leftovers + remarks.warnings,
            record: record(parts, needs, manifest), origins: request.origins + kind.management.origins,
            notes: notes(needs) + kind.management.remarks + parts.notes + set.notes + remarks.notes)
    }

    /// What is remembered of the media.
    private func record(_ parts: Parts, _ needs: MediaNeeds, _ manifest: ManifestFrame) -> MediaPlan.Record {
        MediaPlan.Record(
            taskSequence: needs.sequence.map { LedgerEntry.TaskSequence(id: $0.id, name: $0.name) },
            bootImage: manifest.bootImage.version.map { .init(id: manifest.bootImage.id, version: $0) },
            operatingSystemImage: manifest.operatingSystemImage.map {
                .init(id: $0.id, packageId: $0.id, version: $0.version)
            },
            siteCode: kind.management.siteCode?.uppercased(),
            expiration: [kind.expiration, parts.certificate?.validUntil].compactMap { $0 }.min(),
            created: manifest.created, bootImageEntry: manifest.bootImage,
            extractedImage: manifest.operatingSystemImage,
            sequenceSHA256: needs.sequence == nil ? nil : sequenceDigest(needs))
    }

    private var kind: any MediaKindRules { request.kind.rules }

    private var contentPlanner: ContentPlanner { contentPlanner(kind.mediaType.contentRoot) }

    private func contentPlanner(_ root: String) -> ContentPlanner {
        ContentPlanner(
            environment: environment, root: root, limits: request.format.pathLimits(at: request.output),
            skipped: request.skippedNames)
    }

    // MARK: Parts

    /// Makes sure that the distribution points have every package, and tells of all that they do not have at once.
    private func requirePackages(
        _ bootImage: BootImageReference, _ needed: [MediaNeeds.Package]
    ) throws {
        var all = needed.map { NeededPackage($0.id, reason: $0.reason) }
        if let id = request.prestart?.package { all.insert(NeededPackage(id, reason: Self.prestartReason), at: 0) }
        if case .package(let id) = bootImage {
            all.insert(NeededPackage(id, reason: "the media, as its boot image"), at: 0)
        }
        try environment.distributionPoints.require(all)
    }

    private static let prestartReason = "the request, for the prestart command"

    /// Puts the prestart command into the boot image, and its package where genuine media has it: there for every kind
    /// (docs/formats/media.md section 2b).
    private func addPrestart(to parts: inout Parts) throws {
        guard let prestart = request.prestart else { return }
        if let package = prestart.package {
            parts.warnings +=
                try contentPlanner(MediaType.bootable.contentRoot).add(
                    package, neededBy: Self.prestartReason, use: .other, to: &parts.assembly, used: &parts.usedSkips
                ).map { DiagnosticText($0) }
            try Self.checkPrestart(package, parts.assembly)
        }
        let result = try PrestartPlanner(command: prestart, environment: environment)
            .added(to: parts.boot, parts.assembly.files, below: parts.assembly.contents.first?.folder)
        parts.boot.image = result.image
        parts.warnings += result.warnings
        try BootImagePlanner(request: request, environment: environment)
            .checkSize(parts.boot.image.byteCount, "the boot image with the prestart command")
    }

    /// Refuses what is no package, because nothing looks for its files, and a package that has none.
    private static func checkPrestart(_ package: PackageID, _ assembly: PlanAssembly) throws(MediaBuilderError) {
        let problem: DiagnosticText? =
            assembly.contents.contains(where: \.isOfApplication)
            ? "is an application" : assembly.files.isEmpty ? "holds no file" : nil
        guard let problem else { return }
        throw MediaBuilderError(
            .badContent, "\(.prestartPackage, package.description)", "\(problem), and a prestart command wants files",
            nextStep: "name a package with the files of the command")
    }

    private func addBootFiles(_ boot: BootImagePlanner.Result, to assembly: inout PlanAssembly) throws {
        for file in boot.plannedBootFiles { try assembly.add(file) }
        try assembly.add(boot.image)
    }

    /// Lays the files of the media over those of an operating system image.
    private func place(
        _ image: ExtractedImage, _ assembly: PlanAssembly, _ content: PlanAssembly, at place: ImageTreePlace?
    ) throws -> PlacedImage {
        let unlisted = request.signingKey == nil ? [MediaManifest.path] : MediaManifest.unlistedPaths
        var own = try [assembly, content].flatMap { $0.files.map(\.path) } + unlisted.map { try MediaPath($0) }
        if let place, !place.hasBootFiles { own = own.filter(kind.mediaType.isContent) }
        return try image.placed(under: own, folders: content.contents.map(\.folder), on: place?.partition)
    }

    private func addClientBinaries(
        to assembly: inout PlanAssembly, isOpen: Bool, warnings: inout [DiagnosticText]
    ) throws {
        guard let folder = request.clientBinaries else {
            // A program of a site starts Windows PE, and has no use where there is none.
            if !isOpen { warnings += [kind.clientBinariesWarning].compactMap { $0 } }
            return
        }
        let files = try LocalFolder.files(in: folder)
        guard files.contains(where: { $0.path.name.uppercased() == "TSMBAUTORUN.EXE" }) else {
            throw MediaBuilderError(
                .missing, "folder \(folder)", "holds no TSMBAutorun.exe",
                nextStep: "name the SMS\\bin folder of a site, with i386, x64 or arm64 inside")
        }
        let root = try MediaPath("SMS/bin")
        for file in files {
            let hashed = try environment.hash(file.location)
            try assembly.add(
                PlannedFile(hashed, of: file.location, at: file.path.inside(root)))
        }
    }

    private func addGenerated(
        to assembly: inout PlanAssembly, guid: String, boot: BootImagePlanner.Result, sequence: MediaNeeds.Sequence?,
        certificate: CertificateIdentity?, created: Timestamp
    ) throws {
        func add(_ bytes: [UInt8], _ path: String) throws {
            try assembly.add(bytes, at: try MediaPath(path), modified: created, origin: "generated")
        }
        try add(GeneratedFiles.mediaLabel(request.label), "MediaLabel.txt")
        try add(GeneratedFiles.launchMedia(kind.mediaType, isOpen: boot.bootFiles.isOpen), "LaunchMedia.cmd")
        if request.includesAutorun { try add(GeneratedFiles.autorun(label: request.label), "autorun.inf") }
        try add(
            GeneratedFiles.bootstrap(
                kind.mediaType, requiresPassword: request.password != nil, isUnattended: request.allowsUnattended),
            MediaDataFile.bootstrap)
        let variables = try VariablesAuthor.variables(
            for: request, mediaGUID: guid, bootImage: boot.manifestEntry, certificate: certificate)
        let password = request.password ?? .none
        try add(EncryptedContainer.seal(variables.encoded(), password: password), MediaDataFile.variables)
        if let sequence {
            // Without a password the policy is under the media GUID (docs/formats/media.md section 1).
            let policyPassword = request.password ?? .mediaGUID(variables["_SMSMediaGuid"] ?? guid)
            try add(EncryptedContainer.seal(sequence.policy, password: policyPassword), MediaDataFile.policy)
        }
    }

    // MARK: Facts

    /// Times come from SOURCE_DATE_EPOCH or from the content, never from the clock.
    private func created(_ latest: Timestamp?) -> Timestamp {
        environment.sourceDate ?? latest ?? Timestamp(unixSeconds: 0)
    }

    private func derivedGUID(
        _ boot: BootImagePlanner.Result, _ sequence: MediaNeeds.Sequence?, _ content: PlanAssembly,
        _ certificate: PreparedCertificate?, _ extracted: ExtractedImage?
    ) -> String {
        let management = kind.management
        return MediaGUID.derive(
            from: [kind.mediaType.rawValue, request.label, boot.image.sha256.description]
                + [sequence?.id ?? "", sequence?.name ?? "", management.siteCode ?? "", management.mode.rawValue]
                + management.points + request.variables.map(\.name)
                + content.contents.map { "\($0.id).\($0.version)" }
                + management.trust.facts + management.unknownComputers.facts + (certificate?.facts ?? [])
                + (extracted?.facts ?? []) + (sequence?.given?.facts ?? []),
            and: content.files.lazy.map { "\($0.path) \($0.sha256)" })
    }

    /// What keeps the media from proving itself, or from knowing its site.
    private func trustWarnings(_ certificate: PreparedCertificate?) -> [DiagnosticText] {
        (certificate?.warnings ?? []) + kind.management.warnings(hasCertificate: certificate != nil)
    }

    /// That the site has to know a certificate that nobody issued (docs/formats/media.md section 3).
    private func registrationWarning(_ identity: CertificateIdentity) -> DiagnosticText? {
        guard case .selfSigned = request.certificate, !kind.management.points.isEmpty, !request.registersCertificate
        else { return nil }
        return
            "the certificate of this media is self-signed, and no management point accepts it before the site has"
            + " registered it: its thumbprint is \(identity.certificate.thumbprint)"
    }

    /// What the site is told of the certificate, if that is asked for.
    private func registration(_ certificate: Certificate?, _ mediaGUID: String) -> SiteRegistration? {
        guard request.registersCertificate else { return nil }
        return certificate.map { certificate in
            var registration = SiteRegistration(
                mediaGUID: mediaGUID, certificate: certificate,
                userDeviceAffinity: kind.management.userDeviceAffinity?.registered ?? .disabled)
            if case .selfSigned(let own) = request.certificate { registration.isOfNewKey = own.isKeyNew }
            return registration
        }
    }

    /// The steps of the task sequence on the media that have passwords in them.
    static func secretSteps(_ needs: MediaNeeds) -> [String] {
        needs.sequence == nil ? [] : needs.source.map { SequenceSecrets($0).stepNames } ?? []
    }

    /// The difference that a password makes, in one line (docs/formats/media.md section 1).
    private func notes(_ needs: MediaNeeds) -> [DiagnosticText] {
        guard kind.mediaType.hasSecrets else { return [] }
        guard request.password == nil else {
            return [
                "password set: it encrypts the"
                    + " \(kind.mediaType.encryptedParts.joined(separator: " and the ")); packages are not encrypted"
            ]
        }
        let hasCertificate = request.certificate != nil
        let steps = Self.secretSteps(needs)
        var note = DiagnosticText(kind.mediaType.withoutPassword(hasCertificate: hasCertificate))
        if let first = steps.first {
            let others = steps.count > 1 ? " and \(steps.count - 1) more" : ""
            note = note + ", with the passwords in step '\(first)'\(others)"
        }
        return [hasCertificate || !steps.isEmpty ? note + "; add \(.password)" : note]
    }
}

extension PlannedFile {
    /// The file with a modification time that is the same wherever and whenever the media is built.
    ///
    /// No time is later than SOURCE_DATE_EPOCH, and a local file, whose time tells when it was copied to this
    /// machine, has just that time.
    func dated(_ sourceDate: Timestamp) -> PlannedFile {
        var time = min(file.modified, sourceDate)
        if case .localFile = source { time = sourceDate }
        return PlannedFile(
            MediaFile(path: file.path, byteCount: file.byteCount, sha256: file.sha256, modified: time), source: source,
            place: place)
    }
}
