// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import ContentLibrary
import MediaVariables
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
    public func plan() throws -> MediaPlan {
        try request.validate()
        let sequence = request.mediaType == .standalone ? try StandaloneSequence(request) : nil
        let prestaged = request.mediaType == .prestaged ? try PrestagedContent(request) : nil
        guard let reference = request.bootImage ?? sequence?.bootImage else {
            throw MediaBuilderError(
                .badRequest, "task sequence \(sequence?.name ?? "")", "names no boot image",
                nextStep: "add --boot-image")
        }
        try requirePackages(reference, sequence?.packages ?? prestaged?.packages ?? [])
        let boot = try BootImagePlanner(request: request, environment: environment).plan(reference)
        var assembly = PlanAssembly()
        var warnings = (sequence?.warnings ?? prestaged?.warnings ?? []) + boot.bootFiles.warnings
        try addBootFiles(boot, to: &assembly)
        try addClientBinaries(to: &assembly, warnings: &warnings)
        // Content is collected apart, because it follows what is generated from it.
        var content = PlanAssembly()
        var seen: Set<PackageID> = []
        // Before anything is written: a base that is none costs no build.
        if let base = request.prestaged.base { _ = try BaseArchive(base, environment: environment) }
        var appliedByteCount: Int64?
        if let id = request.prestaged.operatingSystemImage {
            let image = try OperatingSystemImagePlanner(request: request, environment: environment)
                .check(id, bootArchitecture: boot.manifestEntry.architecture)
            warnings += image.warnings
            appliedByteCount = image.appliedByteCount
        }
        for needed in sequence?.packages ?? prestaged?.packages ?? [] where seen.insert(needed.id).inserted {
            try environment.interruption.check()
            warnings += try ContentPlanner(environment: environment, root: request.mediaType.contentRoot)
                .add(needed.id, neededBy: needed.reason, use: needed.use, to: &content)
        }
        let created = created([assembly.latestModification, content.latestModification].max())
        let guid = request.mediaGUID.map(MediaGUID.normalize) ?? derivedGUID(boot, sequence, content)
        try addGenerated(
            to: &assembly, guid: guid, boot: boot.manifestEntry, sequence: sequence, created: created)
        assembly.finish(sourceDate: environment.sourceDate)
        content.finish(sourceDate: environment.sourceDate)
        let limits = PathLimits(request.format, output: request.output)
        warnings += try limits.warnings([assembly, content].lazy.flatMap { $0.files.lazy.map(\.path) })
        _ = try limits.warnings(content.folders)
        let frame = ManifestFrame(
            mediaType: request.mediaType, mediaGUID: guid, label: request.label,
            taskSequence: sequence.map { .init(id: $0.id, name: $0.name) }, bootImage: boot.manifestEntry,
            created: created)
        let isDisk = request.mediaType == .prestaged && request.format == .drive
        let division = try isDisk ? PrestagedDivision(request, prestaged?.sequence) : nil
        let composer = VolumeComposer(
            request: request, frame: frame, division: division, boot: boot.bootFiles, fixedFiles: assembly.files,
            sharedFiles: assembly.files.filter { $0.path.description == Self.bootstrapPath })
        let set = try VolumeSetPlanner(composer: composer, environment: environment, method: request.packing)
            .plan(content)
        for path in SetOutput.leftovers(request.output, count: set.volumes.count) {
            warnings.append("\(path) is no volume of this set: remove it, or take care not to mix them up")
        }
        var notes = notes + set.notes + dataPartitionNotes(set.volumes)
        if let planner = composer.diskPlanner, let layout = set.volumes.first?.layout.drive {
            let said = planner.notes(layout, appliedByteCount: appliedByteCount)
            warnings += said.warnings
            notes += said.notes
        }
        return MediaPlan(
            mediaType: request.mediaType, label: request.label, mediaGUID: guid, volumes: set.volumes,
            drives: request.drive.devices, contents: set.contents, packing: set.packing, warnings: warnings,
            notes: notes)
    }

    /// On every volume: it is by this file that the client knows task sequence media.
    private static let bootstrapPath = "SMS/data/TsmBootstrap.ini"

    // MARK: Parts

    /// Makes sure that the distribution points have every package, and tells of all that they do not have at once.
    private func requirePackages(
        _ bootImage: BootImageReference, _ needed: [StandaloneSequence.NeededPackage]
    ) throws {
        var all = needed.map { (id: $0.id, reason: $0.reason) }
        if case .package(let id) = bootImage { all.insert((id, "the media, as its boot image"), at: 0) }
        let planner = ContentPlanner(environment: environment, root: request.mediaType.contentRoot)
        var seen: Set<PackageID> = []
        var missing: [(id: PackageID, reason: String, error: MediaBuilderError)] = []
        for package in all where seen.insert(package.id).inserted {
            try environment.interruption.check()
            do {
                _ = try planner.locate(package.id, neededBy: package.reason)
            } catch let error as MediaBuilderError where error.code == .missing {
                missing.append((package.id, package.reason, error))
            }
        }
        guard let first = missing.first else { return }
        guard missing.count > 1 else { throw first.error }
        let points = environment.distributionPoints.points
        let place = points.count == 1 ? "the distribution point \(points[0].location)" : "any distribution point"
        throw MediaBuilderError(
            .missing, "\(missing.count) packages",
            "are not on \(place): \(missing.map { "\($0.id) (needed by \($0.reason))" }.joined(separator: ", "))",
            nextStep: "distribute them or add --distribution-point")
    }

    private func addBootFiles(_ boot: BootImagePlanner.Result, to assembly: inout PlanAssembly) throws {
        for file in boot.bootFiles.files {
            try assembly.add(
                file.contents, at: file.path, modified: file.modified, origin: "\(boot.wimName):\(file.origin)")
        }
        try assembly.add(boot.image)
    }

    private func addClientBinaries(to assembly: inout PlanAssembly, warnings: inout [String]) throws {
        guard let folder = request.clientBinaries else {
            if request.mediaType == .capture {
                warnings.append(
                    "capture media is started inside Windows by TSMBAutorun.exe, which comes from a site's client"
                        + " binaries: add --client-binaries")
            }
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
                PlannedFile(
                    path: file.path.inside(root), byteCount: hashed.identity.byteCount, sha256: hashed.sha256,
                    modified: hashed.identity.modified.timestamp,
                    source: .localFile(file.location, hashed.identity), place: file.location.string))
        }
    }

    private func addGenerated(
        to assembly: inout PlanAssembly, guid: String, boot: MediaManifest.BootImage, sequence: StandaloneSequence?,
        created: Timestamp
    ) throws {
        func add(_ bytes: [UInt8], _ path: String) throws {
            try assembly.add(bytes, at: try MediaPath(path), modified: created, origin: "generated")
        }
        try add(GeneratedFiles.mediaLabel(request.label), "MediaLabel.txt")
        try add(GeneratedFiles.launchMedia, "LaunchMedia.cmd")
        if request.includesAutorun { try add(GeneratedFiles.autorun(label: request.label), "autorun.inf") }
        try add(
            GeneratedFiles.bootstrap(
                request.mediaType, requiresPassword: request.password != nil, isUnattended: request.allowsUnattended),
            Self.bootstrapPath)
        let variables = try VariablesAuthor.variables(for: request, mediaGUID: guid, bootImage: boot)
        let password = request.password ?? .none
        try add(EncryptedContainer.seal(variables.encoded(), password: password), "SMS/data/Variables.dat")
        if let sequence {
            // Without a password the policy is under the media GUID (docs/formats/media.md section 1).
            let policyPassword = request.password ?? .mediaGUID(guid)
            try add(EncryptedContainer.seal(sequence.policy.encoded(), password: policyPassword), "SMS/data/Policy.xml")
        }
    }

    // MARK: Facts

    /// Times come from SOURCE_DATE_EPOCH or from the content, never from the clock.
    private func created(_ latest: Timestamp?) -> Timestamp {
        environment.sourceDate ?? latest ?? Timestamp(unixSeconds: 0)
    }

    private func derivedGUID(
        _ boot: BootImagePlanner.Result, _ sequence: StandaloneSequence?, _ content: PlanAssembly
    ) -> String {
        MediaGUID.derive(
            from: [request.mediaType.rawValue, request.label, boot.image.sha256.description]
                + [sequence?.id ?? "", sequence?.name ?? "", request.siteCode ?? "", request.mediaMode.rawValue]
                + request.managementPoints + request.variables.map(\.name)
                + content.contents.map { "\($0.id).\($0.version)" },
            and: content.files.lazy.map { "\($0.path) \($0.sha256)" })
    }

    /// What becomes of `--data-partition`.
    private func dataPartitionNotes(_ volumes: [VolumePlan]) -> [String] {
        guard request.drive.dataPartition == .requested else { return [] }
        let files = volumes.flatMap(\.dataFiles)
        guard !files.isEmpty else {
            return ["no file needs a data partition: --data-partition changes nothing"]
        }
        return [
            "on the data partition: \(files.map(\.path.description).joined(separator: ", "));"
                + " whether a Windows client looks there has not been tried"
        ]
    }

    /// The difference that a password makes, in one line (docs/formats/media.md section 1).
    private var notes: [String] {
        if request.mediaType == .capture { return [] }
        return [
            request.password == nil
                ? "no password: anyone who holds this media can read its variables and its task sequence"
                : "password set: it encrypts the variables and the task sequence; packages are not encrypted"
        ]
    }
}

extension PlannedFile {
    /// The file with a modification time that is the same wherever and whenever the media is built.
    ///
    /// No time is later than SOURCE_DATE_EPOCH, and a local file, whose time tells when it was copied to this
    /// machine, has just that time.
    func dated(_ sourceDate: Timestamp) -> PlannedFile {
        var time = min(modified, sourceDate)
        if case .localFile = source { time = sourceDate }
        return PlannedFile(
            path: path, byteCount: byteCount, sha256: sha256, modified: time, source: source, place: place)
    }
}
