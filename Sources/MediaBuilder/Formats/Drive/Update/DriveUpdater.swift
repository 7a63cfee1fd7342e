// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import ContentTransfer
import Cryptography
import DriveImage
import Glibc
import MediaFormat
import MediaVariables
import Support
import SystemPackage

/// What an update of a drive does, or did.
public struct UpdateReport: Sendable, Equatable, Encodable {
    /// The drive or image.
    public let media: String
    /// True when nothing had to be written.
    public let isUpToDate: Bool
    /// Files whose content is written.
    public let writtenFileCount: Int
    /// The bytes of these contents, and of the structures that lead to all files.
    public let writtenSize: Int64
    /// Files whose content stays where it is.
    public let keptFileCount: Int
    /// The bytes of these contents, which were saved.
    public let keptSize: Int64
    /// Files that are removed, or replaced by another content.
    public let removedFileCount: Int
    /// Files that are not of the media, and stay.
    public let foreignFileCount: Int
    /// Files that were not what the manifest on the drive says, and are written anew.
    public let mendedFileCount: Int
}

/// Brings a drive up to date with a plan: writes what changed to free room, then switches over, so that a drive that is
/// pulled at any moment holds all of the old media or all of the new (docs/drives.md).
public struct DriveUpdater: Sendable {
    private let environment: BuildEnvironment
    private let devices: BlockDevices

    /// An updater of drives.
    public init(environment: BuildEnvironment, devices: BlockDevices = BlockDevices()) {
        self.environment = environment
        self.devices = devices
    }

    /// The media on the drive or image at `path` with its manifest; its kind is what it can be updated to.
    ///
    /// - Throws: `MediaFormatError` `.notMedia` when it is no drive of ours.
    static func media(at path: FilePath) throws -> (media: DriveMedia, manifest: MediaManifest) {
        let opened = try MediaOpening.open(path)
        if let disc = opened as? DiscMedia, disc.isHybrid {
            throw MediaFormatError(
                .notMedia, "\(path)", "holds the image of a disc, which is not changed",
                nextStep: "make the image anew with create and \(.hybrid), and write it there")
        }
        guard let media = opened as? DriveMedia, let manifest = try manifest(of: media, path)?.manifest else {
            throw MediaFormatError(
                .notMedia, "\(path)", "is no drive that tsmedia wrote, nor the image of one",
                nextStep: "make it with create \(.usb)")
        }
        guard !manifest.mediaType.isForFactory else {
            throw MediaFormatError(
                .notMedia, "\(path)", "is a prestaged disk, and these are written anew",
                nextStep: "use create prestaged")
        }
        return (media, manifest)
    }

    /// Carries `plan` out on the drive or image at `path`.
    ///
    /// - Parameters:
    ///   - path: the drive that was planned for, or an image.
    ///   - password: that of the request, by which the variables of the plan are read, and those on the drive.
    ///   - formerPassword: what opens those on the drive, where it is another.
    ///   - consent: what may be lost that the media has.
    ///   - verifies: whether what is to stay is read before, and what was written after.
    ///   - isDryRun: whether to stop after planning, with nothing opened for writing.
    /// - Returns: what was done, or would be.
    /// - Throws: `DeviceError`, `DriveImageError`, ``MediaBuilderError`` (`.unsafeOutput` names everything that would be
    ///   lost), and errors of reading and writing.
    public func update(
        _ path: FilePath, to plan: MediaPlan, password: MediaPassword?, formerPassword: MediaPassword? = nil,
        consent: UpdateConsent = UpdateConsent(), verifies: Bool, isDryRun: Bool
    ) throws -> UpdateReport {
        guard let volume = plan.volumes.first, let boot = volume.disk?.fatVolumes.first else {
            fatalError("the plan is for a drive with media")
        }
        defer { try? environment.store.save() }
        let opened = try isDryRun ? nil : plan.drives.first.map { try devices.open($0) }
        defer { try? opened?.close() }
        let image = try isDryRun || opened != nil ? nil : OpenImage(path)

        let reading = try InputFile.open(path, allowsDevices: true)
        defer { try? reading.close() }
        let source = try FileSource(reading, path: path)
        let existing = try existing(
            path, plan, volume, boot, passwords: (formerPassword ?? password, password), consent: consent,
            verifies: verifies)
        guard let fat = try DriveMedia.fatVolume(in: source) else { throw Self.noMedia(path) }
        let update = try DriveUpdate(
            fat,
            UpdateGoal(
                label: boot.label, files: boot.files, digests: volume.files.prefix(boot.files.count).map(\.sha256),
                folders: boot.folders, created: boot.created, known: existing.known,
                erased: Set(MediaDataFile.sealed.map(\.caseFolded))))
        let report = UpdateReport(
            media: path.string, isUpToDate: update.isUpToDate, writtenFileCount: update.writtenFiles.count,
            writtenSize: update.isUpToDate ? 0 : update.writtenContentByteCount + update.writtenStructureByteCount,
            keptFileCount: update.keptFileCount, keptSize: update.keptByteCount,
            removedFileCount: update.removedFileCount,
            foreignFileCount: update.foreignFileCount, mendedFileCount: existing.damagedFileCount)
        guard !isDryRun, !update.isUpToDate else { return report }
        environment.logger.info("updating \(path): \(report.writtenFileCount) files, \(report.writtenSize) bytes")
        try opened?.checkIdentity()
        if plan.holdsOpenSecrets { try image?.keepOthersOut() }
        guard let descriptor = opened?.descriptor ?? image?.descriptor else { return report }
        try Interruption.explaining("\(path) holds what it held before; run it again") {
            try write(update, volume, to: descriptor, path, source)
        }
        if verifies {
            try Interruption.explaining("\(path) is updated, and not verified; verify it") {
                try verify(update, descriptor, path, byteCount: source.byteCount)
            }
        }
        try opened?.flushBuffers()
        return report
    }

    // MARK: Parts

    /// What there is to know of the media on a drive, without the media.
    private struct Existing {
        /// What was made sure that its files hold.
        var known: [CaseFoldedName: SHA256Digest]
        /// The files that are not what its manifest says.
        let damagedFileCount: Int
    }

    /// Looks into the media that is on the drive, and lets go of it: with very many files it is large.
    ///
    /// - Throws: what keeps it from being updated.
    private func existing(
        _ path: FilePath, _ plan: MediaPlan, _ volume: VolumePlan, _ boot: FATVolumeLayout,
        passwords: (old: MediaPassword?, new: MediaPassword?), consent: UpdateConsent, verifies: Bool
    ) throws -> Existing {
        guard let media = try DriveMedia(path), let found = try Self.manifest(of: media, path) else {
            throw Self.noMedia(path)
        }
        let manifest = found.manifest
        try losses(media, manifest, plan, volume, boot, passwords, stated: Set(consent.stated))
            .check(dropped: consent.dropped, media: path.string)
        if let part = try media.damagedPartsBesideTables(manifest).first {
            throw MediaBuilderError(
                .badContent, "the \(part.rawValue) of \(path)",
                "\(DiagnosticText(part.problem)), and an update does not write it",
                nextStep: "write the drive anew, with create")
        }
        let damaged = try verifies ? damaged(media, manifest) : []
        try requireSame(volume.dataFiles, on: media, manifest, damaged, path)
        var known = [MediaManifest.path.caseFolded: found.sha256]
        known.reserveCapacity(manifest.files.count + 1)
        for file in manifest.files { known[file.path.caseFolded] = file.sha256 }
        // One that is damaged is ours all the same, and goes.
        if media.file(ManifestSignature.path) != nil { known[ManifestSignature.path.caseFolded] = signature(media) }
        // What no content has: such a file is ours and is written anew.
        for path in damaged { known[path.caseFolded] = SHA256.digest(of: Array("damaged \(path)".utf8)) }
        return Existing(known: known, damagedFileCount: damaged.count)
    }

    /// The SHA-256 of the signature of the manifest, or what no content has.
    private func signature(_ media: DriveMedia) -> SHA256Digest {
        let bytes = media.file(ManifestSignature.path).flatMap { try? media.contents(of: $0) }
        return SHA256.digest(of: bytes ?? Array("damaged \(ManifestSignature.path)".utf8))
    }

    private static func noMedia(_ path: FilePath) -> MediaFormatError {
        MediaFormatError(.notMedia, "\(path)", "holds no media any more", nextStep: "write it anew")
    }

    /// What is on the drive and would not be there any more, though nobody asked for that.
    private func losses(
        _ media: DriveMedia, _ manifest: MediaManifest, _ plan: MediaPlan, _ volume: VolumePlan,
        _ boot: FATVolumeLayout, _ passwords: (old: MediaPassword?, new: MediaPassword?), stated: Set<MediaFeature>
    ) -> [MediaLoss] {
        var losses = MediaStatement(media, manifest, password: passwords.old)
            .losses(to: MediaStatement(plan, volume, password: passwords.new), manifest: manifest, stated: stated)
        // Somebody may have given the volume another label since.
        let own = FATLabel(fitting: manifest.label).description
        if let label = media.label, label != own, label != boot.label.description, !stated.contains(.label),
            !losses.contains(where: { $0.feature == .label })
        {
            losses.append(MediaLoss(feature: .label, title: "label '\(label)', which was given to the volume"))
        }
        var foreign: [CaseFoldedName: MediaPath] = [:]
        for file in media.files { foreign[file.path.caseFolded] = file.path }
        for file in manifest.files { foreign[file.path.caseFolded] = nil }
        for path in MediaManifest.unlistedPaths { foreign[path.caseFolded] = nil }
        guard !foreign.isEmpty else { return losses }
        for file in boot.files {
            guard let path = foreign[file.path.caseFolded] else { continue }
            losses.append(
                MediaLoss(
                    feature: .file(path.description),
                    title: "file \(path), which is not of the media and whose name it needs now"))
        }
        return losses
    }

    /// Makes sure that the data partition holds what it shall: it is not updated.
    private func requireSame(
        _ files: ArraySlice<PlannedFile>, on media: DriveMedia, _ manifest: MediaManifest, _ damaged: [MediaPath],
        _ path: FilePath
    ) throws {
        func refuse(_ file: MediaPath, _ problem: DiagnosticText) -> MediaBuilderError {
            MediaBuilderError(
                .tooLarge, "drive \(path)",
                "cannot be updated: \(file) \(problem), and a data partition is not updated",
                nextStep: "write the drive anew, with create and \(.dataPartition)")
        }
        let present = Set(media.dataFiles.map(\.path.caseFolded))
        let damaged = Set(damaged.map(\.caseFolded))
        var listed: [CaseFoldedName: MediaManifest.File] = [:]
        for file in manifest.files where present.contains(file.path.caseFolded) { listed[file.path.caseFolded] = file }
        for file in files {
            guard let old = listed.removeValue(forKey: file.path.caseFolded) else {
                throw refuse(file.path, "is too large for FAT32 and is not on the drive")
            }
            guard old.sha256 == file.sha256, old.size == file.byteCount else { throw refuse(file.path, "changed") }
            guard !damaged.contains(file.path.caseFolded) else { throw refuse(file.path, "is damaged") }
        }
        if let old = listed.values.min(by: { $0.path < $1.path }) { throw refuse(old.path, "is not wanted any more") }
    }

    private func write(
        _ update: DriveUpdate, _ volume: VolumePlan, to descriptor: FileDescriptor, _ path: FilePath,
        _ source: FileSource
    ) throws {
        let writer = UpdateWriter(
            update, interruption: environment.interruption, didVerify: environment.didVerify)
        let meter = meter("writing", writer.byteCount)
        try writer.write(
            to: PositionedOutput(descriptor, path: path), source: source, progress: meter,
            content: environment.content(of: volume))
        meter.finish()
    }

    private func verify(
        _ update: DriveUpdate, _ descriptor: FileDescriptor, _ path: FilePath, byteCount: Int64
    ) throws {
        let verifier = UpdateVerifier(update, readsKeptContents: true, interruption: environment.interruption)
        let meter = meter("verifying", verifier.byteCount)
        let result = try verifier.verify(
            PositionedInput(descriptor, path: path), name: path.string, byteCount: byteCount, progress: meter)
        meter.finish()
        if let failure = result.failure { throw failure }
        if let first = result.mismatches.first {
            throw DriveMismatch(name: path.string, first: first, count: result.mismatches.count)
        }
    }

    /// The files of `media` that are not what its manifest says.
    private func damaged(_ media: DriveMedia, _ manifest: MediaManifest) throws -> [MediaPath] {
        let verifier = MediaVerifier(
            workerCount: environment.workerCount, interruption: environment.interruption,
            progress: environment.progress)
        return try verifier.fileFindings(media, manifest).filter { $0.problem != .foreign }.map {
            try MediaPath($0.path)
        }
    }

    private func meter(_ phase: String, _ byteCount: Int64) -> ProgressMeter {
        ProgressMeter(phase: phase, totalByteCount: byteCount, observer: environment.progress)
    }

    private static func manifest(
        of media: DriveMedia, _ path: FilePath
    ) throws -> (manifest: MediaManifest, sha256: SHA256Digest)? {
        guard let file = media.file(MediaManifest.path) else { return nil }
        let bytes = try media.contents(of: file, limit: MediaManifest.byteLimit)
        return (try MediaManifest(decoding: bytes, of: path.string), SHA256.digest(of: bytes))
    }
}

/// The image of a drive, open for writing in place by this program alone.
private final class OpenImage {
    let descriptor: FileDescriptor
    private let path: FilePath

    init(_ path: FilePath) throws {
        self.path = path
        descriptor = try FileError.wrap("opened", path) {
            try FileDescriptor.open(path, .readWrite, options: [.closeOnExec, .noFollow])
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? descriptor.close()
            throw FileError("locked", path, Errno(rawValue: errno))
        }
    }

    /// Takes from everybody but the owner the right to read what will be on it, and what they could do with it.
    func keepOthersOut() throws(FileError) {
        let permissions = try FileError.wrap("changed", path) { try Stat(descriptor).permissions }
        let own = permissions.intersection([.ownerReadWriteExecute])
        guard own != permissions, fchmod(descriptor.rawValue, own.rawValue) != 0 else { return }
        throw FileError("changed", path, Errno(rawValue: errno))
    }

    deinit { try? descriptor.close() }
}
