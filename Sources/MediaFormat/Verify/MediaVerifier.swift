// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Cryptography
import Support
import Synchronization
import SystemPackage

/// Compares every file of media with the manifest on it.
public struct MediaVerifier: Sendable {
    private let trust: MediaTrust
    private let workerCount: Int
    private let interruption: Interruption
    private let progress: any ProgressObserver
    private let revocations: RevocationList?

    /// A verifier.
    ///
    /// - Parameters:
    ///   - trust: who is believed; by default whoever made the media.
    ///   - revocations: lists of what firmware refuses, against which loaders are held.
    public init(
        trust: MediaTrust = MediaTrust(), workerCount: Int = WorkerThreads.processorCount,
        revocations: RevocationList? = nil, interruption: Interruption, progress: any ProgressObserver
    ) {
        self.trust = trust
        self.workerCount = workerCount
        self.revocations = revocations
        self.interruption = interruption
        self.progress = progress
    }

    /// Verifies the image or folder at `path`.
    ///
    /// - Throws: ``MediaFormatError`` `.notMedia` when there is no manifest; errors of reading the media's structure.
    public func verify(_ path: FilePath) throws -> MediaVerification { try check(path).verification }

    /// Verifies media one after the other, whatever is wrong with one of them, and then what they are to each other.
    ///
    /// - Throws: `InterruptedError`.
    public func verify(_ paths: [FilePath]) throws -> MediaSetVerification {
        let (checked, failures) = try MediaFailure.collect(paths, called: \.string) { try check($0) }
        return MediaSetVerification(checked, failures: failures)
    }

    private func check(_ path: FilePath) throws -> CheckedVolume {
        try check(try MediaOpening.open(path), named: path.string)
    }

    /// Compares the files of `media`, called `name` in messages, with its manifest.
    package func check(_ media: any OpenedMedia, named name: String) throws -> CheckedVolume {
        guard let manifestFile = media.file(MediaManifest.path) else {
            if let damage = try media.damageWithoutManifest() {
                throw MediaFormatError(
                    .verificationFailed, "\(name)",
                    "is damaged: \(MediaManifest.path) is not to be found, and its \(damage.path) \(damage.reason ?? "")",
                    nextStep: "copy it again, or build it again")
            }
            if let damage = media.refusedNames.first(where: \.isDamage) {
                throw MediaFormatError(
                    .verificationFailed, "'\(damage.name)' on \(name)", damage.problem,
                    nextStep: "copy it again, or build it again")
            }
            guard media.file(MediaDataFile.bootstrap) != nil else { throw MediaFormatError.withoutBootstrap(name) }
            throw MediaFormatError(
                .notMedia, "\(name)", "holds no \(MediaManifest.path), so there is nothing to verify it against",
                nextStep: "compare its contents with a distribution point: \(.against)")
        }
        let bytes = try media.contents(of: manifestFile, limit: MediaManifest.byteLimit)
        let manifest = try MediaManifest(decoding: bytes, of: name)
        let digest = SHA256.digest(of: bytes)
        let signature = try FoundSignature(of: media, manifest: digest, key: trust.key)
        var findings =
            try fileFindings(media, manifest) + media.damagedParts(manifest) + trust.findings(signature)
            + trust.findings(name, manifest: digest, interruption: interruption, progress: progress)
        let (loaders, failures) = LoaderInspector(media: media, revocations: revocations).readableLoaders()
        findings += LoaderFindings.findings(of: loaders, failures, besides: findings)
        let verification = MediaVerification(
            media: name, isDrive: media.isDrive, mediaGuid: manifest.mediaGuid, volume: manifest.volume,
            volumeCount: manifest.volumeCount, fileCount: manifest.fileCount, size: manifest.byteCount,
            signature: signature.verdict,
            signedBy: signature.verdict == .signed
                ? trust.key?.fingerprint.description : signature.signature?.statedKeys.first,
            loaders: loaders, findings: findings.sorted { ($0.path.precedesByBytes($1.path)) })
        return CheckedVolume(verification: verification, manifest: manifest)
    }

    /// What is wrong with the files of the operating system image that prestaged media has laid on the disk at `path`.
    ///
    /// - Throws: `FileError`; `InterruptedError`.
    package static func imageFindings(
        onDisk path: FilePath, interruption: Interruption, progress: any ProgressObserver
    ) throws -> [MediaVerification.Finding] {
        guard let media = try DriveMedia(path),
            let manifest = try FoundManifest(of: media, named: path.string).manifest
        else { return [.init(damagedPart: path.string, reason: "is no disk of media any more")] }
        return try ImageTreeVerifier(workerCount: 1, interruption: interruption, progress: progress)
            .findings(media.imageTree, manifest.operatingSystemImage)
    }

    /// What is wrong with the files of `media`, compared with `manifest`, which was read from it; in no order.
    package func fileFindings(
        _ media: any OpenedMedia, _ manifest: MediaManifest
    ) throws -> [MediaVerification.Finding] {
        var (findings, pending) = Self.compareLists(media, manifest)
        findings += try hash(pending, of: media)
        findings += try ImageTreeVerifier(workerCount: workerCount, interruption: interruption, progress: progress)
            .findings(media.imageTree, manifest.operatingSystemImage)
        return findings
    }

    /// What is wrong with `media` as far as can be told without reading its files, and its manifest; of media without one
    /// what it tells itself.
    ///
    /// - Throws: errors of reading.
    package static func quickFindings(
        _ media: any OpenedMedia, named name: String
    ) throws -> (manifest: MediaManifest?, findings: [MediaVerification.Finding]) {
        guard let file = media.file(MediaManifest.path) else {
            return (nil, media.refusedNames.filter(\.isDamage).map { MediaVerification.Finding($0) })
        }
        let manifest = try MediaManifest(
            decoding: try media.contents(of: file, limit: MediaManifest.byteLimit), of: name)
        let findings = try compareLists(media, manifest).findings + media.damagedParts(manifest)
        return (manifest, findings.sorted { $0.path.precedesByBytes($1.path) })
    }

    /// What is wrong with the list of the files of `media`, and the files whose bytes are still to be looked at.
    private static func compareLists(
        _ media: any OpenedMedia, _ manifest: MediaManifest
    ) -> (findings: [MediaVerification.Finding], pending: [(MediaManifest.File, MediaEntry)]) {
        var findings: [MediaVerification.Finding] = []
        var pending: [(MediaManifest.File, MediaEntry)] = []
        // A file stands for one of the manifest: a second one whose name differs in case alone is foreign.
        var listed = Set(MediaManifest.unlistedPaths.compactMap { media.file($0)?.path })
        for file in manifest.files {
            guard let found = media.file(file.path.description), listed.insert(found.path).inserted else {
                findings.append(.init(file.path, .missing))
                continue
            }
            guard found.byteCount == file.size else {
                findings.append(.init(file.path, .damaged))
                continue
            }
            pending.append((file, found))
        }
        // Of a folder that is damaged this is told alone, and not that what was in it is missing.
        let damages = media.refusedNames.filter(\.isDamage).compactMap { try? MediaPath($0.name) }
        if !damages.isEmpty {
            findings.removeAll { finding in
                guard finding.problem == .missing, let path = try? MediaPath(finding.path) else { return false }
                return damages.contains { $0.contains(path) }
            }
        }
        return (findings + foreign(media, listed), pending)
    }

    /// What `media` holds besides the files in `listed`, each of which counts once, and what of it is damaged.
    private static func foreign(_ media: any OpenedMedia, _ listed: Set<MediaPath>) -> [MediaVerification.Finding] {
        var listed = listed
        let others = media.files.filter { listed.remove($0.path) == nil }
        return others.filter { !isOfWindows($0.path.description) }.map { .init($0.path, .foreign) }
            + media.refusedNames.filter { !isOfWindows($0.name) }.map { .init($0) }
    }

    /// True for what Windows puts on every drive that it sees.
    package static func isOfWindows(_ path: String) -> Bool {
        let first = String(Substring(path.utf8.prefix { $0 != UInt8(ascii: "/") }))
        return ["System Volume Information", "$RECYCLE.BIN"].contains(first.caseFolded)
    }

    private func hash(
        _ files: [(MediaManifest.File, MediaEntry)], of media: any OpenedMedia
    ) throws -> [MediaVerification.Finding] {
        let meter = ProgressMeter(
            phase: "verifying", totalByteCount: files.reduce(0) { $0 + $1.0.size }, observer: progress)
        defer { meter.finish() }
        struct State {
            var pending: [(MediaManifest.File, MediaEntry)]
            var findings: [MediaVerification.Finding] = []
        }
        // Taken from the end.
        let state = Mutex(
            State(pending: Self.ordered(files, media)))
        WorkerThreads.run(count: workerCount) { _ in
            let hash = SHA256()
            while !interruption.isRequested, let (listed, file) = state.withLock({ $0.pending.popLast() }) {
                if let problem = check(file, listed.sha256, of: media, hash, meter) {
                    state.withLock { $0.findings.append(.init(listed.path, problem)) }
                }
            }
        }
        try interruption.check()
        return state.withLock { $0.findings }
    }

    /// The files, the one to be read first last: the largest, so that the threads end together, unless the media is read
    /// fastest in its own order.
    private static func ordered(
        _ files: [(MediaManifest.File, MediaEntry)], _ media: any OpenedMedia
    ) -> [(MediaManifest.File, MediaEntry)] {
        guard media.prefersOrder else { return files.sorted { $0.0.size < $1.0.size } }
        let places = Dictionary(zip(media.files.lazy.map(\.path), media.files.indices)) { first, _ in first }
        return files.sorted { (places[$0.1.path] ?? 0) > (places[$1.1.path] ?? 0) }
    }

    private func check(
        _ file: MediaEntry, _ expected: SHA256Digest, of media: any OpenedMedia, _ hash: SHA256, _ meter: ProgressMeter
    ) -> MediaVerification.Problem? {
        hash.reset()
        var byteCount: Int64 = 0
        do {
            try media.readUnchecked(file) { bytes in
                try interruption.check()
                hash.update(bytes)
                byteCount += Int64(bytes.count)
                meter.advance(by: bytes.count)
            }
        } catch is InterruptedError {
            return nil
        } catch {
            return .unreadable
        }
        return byteCount == file.byteCount && hash.finalize() == expected ? nil : .damaged
    }
}
