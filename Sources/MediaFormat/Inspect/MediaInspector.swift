// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Cryptography
import DiscImage
import MediaVariables
import Support
import SystemPackage
import WindowsImaging

/// Tells what media is, genuine media included: the manifest helps and is not needed.
public struct MediaInspector: Sendable {
    private let password: MediaPassword?
    private let showsSecrets: Bool
    private let revocations: RevocationList?
    /// The names of the steps of a task sequence that have passwords written out in them.
    private let secretSteps: @Sendable (_ sequence: [UInt8], _ name: String) -> [String]

    /// An inspector that opens the variables with `password`, or with the public default when the media has none.
    ///
    /// - Parameters:
    ///   - revocations: lists of what firmware refuses, against which loaders are held.
    ///   - secretSteps: tells which steps of a task sequence have passwords written out in them.
    public init(
        password: MediaPassword? = nil, showsSecrets: Bool = false, revocations: RevocationList? = nil,
        secretSteps: @escaping @Sendable (_ sequence: [UInt8], _ name: String) -> [String] = { _, _ in [] }
    ) {
        self.secretSteps = secretSteps
        self.revocations = revocations
        self.password = password
        self.showsSecrets = showsSecrets
    }

    /// Inspects the image or folder at `path`.
    ///
    /// - Throws: ``MediaFormatError`` `.notMedia`; errors of reading; `MediaVariablesError` `.wrongPassword`.
    public func inspect(_ path: FilePath) throws -> MediaInspection { try look(path).inspection }

    /// Inspects media one after the other, whatever is wrong with one of them, and tells what they are to each other.
    ///
    /// - Throws: `InterruptedError`.
    public func inspect(_ paths: [FilePath]) throws -> MediaSetInspection {
        let (looked, failures) = try MediaFailure.collect(paths, called: \.string) { path in
            let (inspection, manifest, isDrive) = try look(path)
            return (media: path.string, inspection: inspection, manifest: manifest, isDrive: isDrive)
        }
        return MediaSetInspection(
            media: looked.map(\.media), volumes: looked.map(\.inspection), failures: failures,
            certificates: DatedCertificate.list(looked.map { (name: $0.media, inspection: $0.inspection) }),
            relation: MediaRelation(
                looked.compactMap { found in
                    found.manifest.map { (media: found.media, manifest: $0, isDrive: found.isDrive) }
                }))
    }

    private func look(
        _ path: FilePath
    ) throws -> (inspection: MediaInspection, manifest: MediaManifest?, isDrive: Bool) {
        let media = try MediaOpening.open(path)
        let bootstrap = try bootstrap(of: media, path)
        let (found, digest) = try FoundManifest.hashed(of: media, named: path.string)
        let manifest = found.manifest
        let variables = try variables(media, bootstrap, path)
        let guid = manifest?.mediaGuid ?? variables?["_SMSMediaGuid"]
        let certificate = MediaCertificateInspector(variables, now: FileIdentity.Instant.now.timestamp)
        let policies = try policies(media, bootstrap, variables?["_SMSMediaGuid"] ?? guid)
        let loaders = try LoaderInspector(media: media, revocations: revocations).loaders()
        let inspection = MediaInspection(
            mediaType: bootstrap.mediaType, label: try manifest?.label ?? label(media) ?? media.label,
            fileSystems: media.fileSystems, volume: manifest?.volume ?? 1, volumeCount: manifest?.volumeCount ?? 1,
            mediaGuid: guid,
            passwordRequired: bootstrap.passwordRequired, unattended: bootstrap.unattended,
            bootImage: manifest?.bootImage ?? variables.flatMap { Self.bootImage($0, loaders) },
            openBootImage: try openBootImage(media),
            operatingSystemImage: manifest?.operatingSystemImage,
            bootEntries: bootEntries(media, loaders, architecture: manifest?.bootImage.architecture), loaders: loaders,
            certificate: certificate.certificate, rootCertificates: certificate.roots,
            signature: try signature(media, of: digest), manifestKey: variables.flatMap(Self.manifestKey),
            startsAt: variables?.start.map { CivilTime($0).text },
            expiresAt: variables?.expiration.map { CivilTime($0).text }, variables: variables.map(presented),
            contents: contents(media, manifest), splitImages: SplitImageInspector(media: media).images(),
            taskSequence: taskSequence(policies, manifest), policies: policies.map(presented),
            prestaged: media.prestaged,
            warnings: try warnings(bootstrap, media, found, certificate) + certificate.warnings
                + Self.validityWarnings(variables, now: FileIdentity.Instant.now.timestamp))
        return (inspection, manifest, media.isDrive)
    }

    /// What the media says of itself in the clear.
    ///
    /// - Throws: ``MediaFormatError`` `.notMedia`; errors of reading.
    package func bootstrap(of media: any OpenedMedia, _ path: FilePath) throws -> Bootstrap {
        guard let file = media.file(MediaDataFile.bootstrap) else {
            throw MediaFormatError.withoutBootstrap(path.string)
        }
        return try Bootstrap(try media.contents(of: file, limit: 1 << 16))
    }

    // MARK: Signature

    /// What the signature of the manifest says of itself; nil when there is none.
    private func signature(
        _ media: any OpenedMedia, of manifest: SHA256Digest?
    ) throws -> MediaInspection.Signature? {
        guard media.file(ManifestSignature.path) != nil, let manifest else { return nil }
        let found = try FoundSignature(of: media, manifest: manifest, key: nil)
        return .init(status: found.verdict, keys: found.signature?.statedKeys ?? [])
    }

    /// The SHA-256 of the key that manifests of the media must be signed with.
    private static func manifestKey(_ variables: MediaVariableList) -> String? {
        variables[ManifestSignature.variableName].flatMap(Base64.decode).map { SHA256.digest(of: $0).description }
    }

    // MARK: Boot

    /// What the boot image was made of, where it is not Windows PE.
    private func openBootImage(_ media: any OpenedMedia) throws -> OpenBootImageFacts? {
        guard let file = media.file(OpenBootImageFacts.mediaPath) else { return nil }
        return OpenBootImageFacts(try media.contents(of: file, limit: OpenBootImageFacts.byteCountLimit))
    }

    /// The boot image that the variables of genuine media name (docs/formats/media.md section 1); its architecture is that
    /// of the loaders.
    private static func bootImage(
        _ variables: MediaVariableList, _ loaders: [LoaderInspection]
    ) -> MediaManifest.BootImage? {
        guard let id = variables["_SMSTSBootMediaPackageID"], !id.isEmpty,
            let architecture = loaders.lazy.compactMap(\.architecture?.rawValue).first
        else { return nil }
        let version = variables["_SMSTSBootMediaSourceVersion"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        return .init(id: id, version: version, architecture: architecture)
    }

    private func bootEntries(
        _ media: any OpenedMedia, _ loaders: [LoaderInspection], architecture: String?
    ) -> [MediaInspection.BootEntry] {
        media.firmwareEntries().flatMap { entry -> [MediaInspection.BootEntry] in
            let inside = loaders.filter { loader in
                entry.loader.map { loader.path == $0.description || loader.path.hasPrefix("\($0):") }
                    ?? loader.path.hasPrefix("\(LoaderInspector.hiddenImage):")
            }
            guard entry.firmware == DiscFirmware.uefi.rawValue, !inside.isEmpty else {
                let loader = entry.loader?.description
                return [.init(firmware: entry.firmware, architecture: architecture, loader: loader, certificate: nil)]
            }
            return inside.map {
                .init(
                    firmware: entry.firmware, architecture: $0.architecture?.rawValue, loader: $0.path,
                    certificate: $0.certificate)
            }
        }
    }

    // MARK: Variables and policy

    /// The variables; nil when there are none, and when only the password would tell.
    func variables(
        _ media: any OpenedMedia, _ bootstrap: Bootstrap, _ path: FilePath
    ) throws -> MediaVariableList? {
        guard let file = media.file(MediaDataFile.variables) else { return nil }
        // Without the password there is nothing to show, and that is no failure.
        guard let password = bootstrap.passwordRequired ? password : MediaPassword.none else { return nil }
        let plain = try EncryptedContainer.open(
            try media.contents(of: file), password: password, name: "\(file.path) of \(path)")
        return try MediaVariableList(xml: plain, name: "Variables.dat")
    }

    private func presented(_ list: MediaVariableList) -> [MediaInspection.Variable] {
        (showsSecrets ? list.variables : list.redacted).map { .init(name: $0.name, value: $0.value) }
    }

    /// The policies; nil when there are none, and when only the password would tell.
    private func policies(
        _ media: any OpenedMedia, _ bootstrap: Bootstrap, _ guid: String?
    ) throws -> PolicyDocument? {
        guard let file = media.file(MediaDataFile.policy),
            let password = bootstrap.passwordRequired ? password : guid.map(MediaPassword.mediaGUID)
        else { return nil }
        let sealed = try media.contents(of: file)
        // A genuine policy may have a shape that we do not know; the rest of the report is still worth having.
        guard let plain = try? EncryptedContainer.open(sealed, password: password) else { return nil }
        return try? PolicyDocument(xml: plain)
    }

    private func taskSequence(
        _ policies: PolicyDocument?, _ manifest: MediaManifest?
    ) -> MediaInspection.TaskSequence? {
        if let known = manifest?.taskSequence { return .init(id: known.id, name: known.name) }
        guard let policies, let policy = try? Policy(policies) else { return nil }
        return .init(id: policy.root.taskSequenceID, name: policy.root.taskSequenceName)
    }

    private func presented(_ policies: PolicyDocument) -> MediaInspection.Policies {
        let classes = Dictionary(grouping: policies.instances, by: \.className)
        return .init(
            classes: classes.sorted { $0.key < $1.key }.map { .init(name: $0.key, policyCount: $0.value.count) },
            secrets: policies.secretKinds + sequenceSecrets(policies))
    }

    private func sequenceSecrets(_ policies: PolicyDocument) -> [String] {
        guard let policy = try? Policy(policies) else { return [] }
        return ([policy.root] + policy.children).flatMap { sequence in
            secretSteps(Array(sequence.sequence.utf8), sequence.taskSequenceName).map {
                "a password in step '\($0)' of '\(sequence.taskSequenceName)'"
            }
        }
    }

    // MARK: Files

    /// The label that the media says to have in MediaLabel.txt; nil where it says none.
    package func label(_ media: any OpenedMedia) throws -> String? {
        guard let file = media.file("MediaLabel.txt"),
            let text = Text.decode(try media.contents(of: file, limit: 1 << 16), fallback: .singleByte)
        else { return nil }
        let line = text.prefix { !$0.isNewline }
        return line.lowercased().hasPrefix("label=") ? String(line.dropFirst("label=".count)) : nil
    }

    /// The folders of SMS\PKG, or of the cache of prestaged media, by the manifest's names where it knows them.
    private func contents(_ media: any OpenedMedia, _ manifest: MediaManifest?) -> [MediaInspection.Content] {
        var sums: [CaseFoldedName: MediaInspection.Content] = [:]
        var order: [CaseFoldedName] = []
        for content in manifest?.contents ?? [] where content.volumes.contains(manifest?.volume ?? 1) {
            order.append(content.folder.caseFolded)
            sums[content.folder.caseFolded] = .init(
                id: content.id, files: 0, size: 0, leftOut: content.leftOut ?? [])
        }
        for file in media.files {
            guard let id = MediaType.contentFolder(of: file.path) else { continue }
            let key = file.path.components.prefix(3).joined(separator: "/").caseFolded
            if sums[key] == nil { order.append(key) }
            let sum = sums[key] ?? .init(id: id, files: 0, size: 0, leftOut: [])
            sums[key] = .init(
                id: sum.id, files: sum.files + 1, size: sum.size + file.byteCount, leftOut: sum.leftOut)
        }
        return order.compactMap { sums[$0] }
    }

    private func warnings(
        _ bootstrap: Bootstrap, _ media: any OpenedMedia, _ found: FoundManifest,
        _ certificate: MediaCertificateInspector
    ) throws -> [String] {
        let manifest = found.manifest
        var warnings: [String] = []
        // The volumes after the first hold nothing but contents, and nothing starts them.
        let isFurtherVolume = (manifest?.volume ?? 1) > 1
        if !bootstrap.passwordRequired, bootstrap.mediaType.hasSecrets, !isFurtherVolume {
            warnings.append(bootstrap.mediaType.withoutPassword(hasCertificate: certificate.certificate != nil))
        }
        switch found {
        case .manifest: break
        case .none: warnings.append("no manifest: verify can only compare its contents with a distribution point")
        case .unusable(let error): warnings.append(DiagnosticText("\(error.object) \(error.problem)").description)
        }
        if media.firmwareEntries().isEmpty, !isFurtherVolume {
            warnings.append("no boot entry: no firmware starts this media")
        }
        if let manifest {
            warnings += try media.damagedParts(manifest).map { warning($0, onDrive: media.isDrive) }
        }
        warnings += damageWarnings(media)
        return warnings + (try bootImageWarnings(media))
    }

    private func warning(_ finding: MediaVerification.Finding, onDrive isDrive: Bool) -> String {
        guard finding.problem != .foreign else {
            return "\(finding.path) is foreign: \(finding.reason.map { "it \($0)" } ?? "the manifest does not list it")"
        }
        return "\(finding.path) \(finding.reason ?? "is damaged"): \(finding.remedy(onDrive: isDrive))"
    }

    /// Of many that are damaged the first are named.
    private static let namedDamageCount = 10

    /// What of `media` cannot be read, so that its files may be others, or more.
    private func damageWarnings(_ media: any OpenedMedia) -> [String] {
        let damages = media.refusedNames.filter(\.isDamage)
        let others = damages.count - Self.namedDamageCount
        return damages.prefix(Self.namedDamageCount).map { warning(.init($0), onDrive: media.isDrive) }
            + (others > 0 ? ["so it is with \(others) more files and folders"] : [])
    }

    /// That the media does not work today.
    private static func validityWarnings(_ variables: MediaVariableList?, now: Timestamp) -> [String] {
        var warnings: [String] = []
        if let start = variables?.start, start > now { warnings.append("works from \(CivilTime(start).text) only") }
        if let end = variables?.expiration, end < now {
            warnings.append("expired at \(CivilTime(end).text): build it again")
        }
        return warnings
    }

    /// What keeps the boot image from starting; nothing is said of media that has none.
    private func bootImageWarnings(_ media: any OpenedMedia) throws -> [String] {
        guard let file = media.file(MediaType.bootImagePath) else { return [] }
        let size = BootImage.sizeWarning(file.byteCount, file.path.description)
        let start = try media.start(of: file, byteCount: WindowsImageHeader.byteCount)
        guard let header = WindowsImageHeader(start) else {
            return [size, "\(file.path) is no WIM, so that Windows PE does not start"].compactMap { $0 }
        }
        return [size, BootImageFormat(header).warning(file.path.description)].compactMap { $0 }
    }
}
