// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Synchronization
import SystemPackage

/// Brings files of media, genuine media included, into a new folder, which appears whole or not at all.
public struct MediaExtractor: Sendable {
    private let workerCount: Int
    private let interruption: Interruption
    private let progress: any ProgressObserver

    /// An extractor.
    public init(
        workerCount: Int = WorkerThreads.processorCount, interruption: Interruption, progress: any ProgressObserver
    ) {
        self.workerCount = workerCount
        self.interruption = interruption
        self.progress = progress
    }

    /// What of `choice` is on the media at `path`.
    ///
    /// - Throws: ``ExtractionError`` `.notFound`; errors of reading.
    public func list(_ path: FilePath, _ choice: ExtractionChoice) throws -> MediaListing {
        let media = try MediaOpening.open(path, separatesImage: false)
        let selection = try ExtractionSelection(choice, of: media, named: path.string)
        let folders = selection.folders.map { ($0.path, true, Int64(0), $0.modified) }
        let files = selection.files.map { ($0.path, false, $0.byteCount, $0.modified) }
        let unsuitable = selection.refused.filter { !$0.isLink }.map { MediaExtraction.LeftOut($0) }
        return MediaListing(
            media: path.string, fileSystems: media.fileSystems,
            entries: (folders + files).sorted { $0.0 < $1.0 }.map { path, isFolder, size, modified in
                .init(
                    path: path.description, isFolder: isFolder, size: size,
                    modifiedAt: modified.map { CivilTime($0).text })
            }, leftOut: (selection.leftOut + unsuitable).sorted { $0.path.precedesByBytes($1.path) })
    }

    /// Extracts what `choice` names of the media at `path` to the new folder `output`.
    ///
    /// Files that a manifest on the media lists are hashed on the way. When one is not what it says, or cannot be read, no
    /// folder is left.
    ///
    /// - Throws: ``ExtractionError``, `OutputError`, `FileError`; errors of reading; `InterruptedError`.
    public func extract(
        _ path: FilePath, _ choice: ExtractionChoice, to output: FilePath, replacesExisting: Bool
    ) throws -> MediaExtraction {
        try extract(
            try MediaOpening.open(path, separatesImage: false), named: path.string, choice, to: output,
            replacesExisting: replacesExisting, isSecret: try Self.keepsOthersOut(path))
    }

    /// True for an image, a folder or a drive that others may not read: what comes out of it is not for them either.
    private static func keepsOthersOut(_ path: FilePath) throws(FileError) -> Bool {
        !(try FileError.wrap("opened", path) { try Stat(path).permissions }).contains(.otherRead)
    }

    /// The same of `media`, which is called `name` in messages; with `isSecret` the folder is for nobody else.
    package func extract(
        _ media: any OpenedMedia, named name: String, _ choice: ExtractionChoice, to output: FilePath,
        replacesExisting: Bool, isSecret: Bool = false
    ) throws -> MediaExtraction {
        let selection = try ExtractionSelection(choice, of: media, named: name)
        try selection.requireSuitableNames(on: name)
        let target = ExtractionTarget(
            output: try PendingOutput.check(
                output, kind: .folder, replacesExisting: replacesExisting))
        try target.requireNames(selection)
        if replacesExisting { try target.requireReplaceable(by: selection) }
        let found = try FoundManifest(of: media, named: name)
        let manifestProblem = try Self.requireManifest(found, of: media, selection)
        let manifest = found.manifest
        let listed = Listed(manifest, of: media, selection)
        let pending = try PendingOutput(
            target.output, kind: .folder, replacesExisting: replacesExisting, isSecret: isSecret)
        try PendingOutput.requireSpace(target.neededByteCount(for: selection), for: target.output)
        try ExtractionTarget.makeFolders(selection, in: pending.temporaryPath)
        let findings = try listed.findings + write(selection.files, listed, of: media, to: pending.temporaryPath)
        ExtractionTarget.setTimes(of: selection, in: pending.temporaryPath)
        if findings.isEmpty { try pending.publish() }
        return MediaExtraction(
            media: name, output: output.string, mediaGuid: manifest?.mediaGuid,
            manifestProblem: manifestProblem, fileCount: selection.files.count, folderCount: selection.folders.count,
            size: selection.files.reduce(0) { $0 + $1.byteCount }, verifiedFileCount: listed.digests.count,
            leftOut: selection.leftOut.sorted { $0.path.precedesByBytes($1.path) },
            findings: findings.sorted { $0.path.precedesByBytes($1.path) })
    }

    // MARK: The manifest

    /// Refuses a manifest that cannot be used unless it is left out; what is wrong with it then, for a warning.
    private static func requireManifest(
        _ found: FoundManifest, of media: any OpenedMedia, _ selection: ExtractionSelection
    ) throws -> String? {
        guard case .unusable(let error) = found else { return nil }
        let path = media.file(MediaManifest.path)?.path.description ?? MediaManifest.path
        guard !selection.isChosen(path) else {
            throw MediaFormatError(
                .verificationFailed, error.object, error.problem,
                nextStep: "copy the media again, or leave it out with \(.skip, path): no file is compared with it then")
        }
        return DiagnosticText("\(error.object) \(error.problem)").description
    }

    /// What a manifest says of the files that are extracted.
    private struct Listed {
        /// The SHA-256 of those that are there in their size.
        private(set) var digests: [MediaPath: SHA256Digest] = [:]
        /// The others.
        private(set) var findings: [MediaVerification.Finding] = []
        /// The files that have another size.
        private(set) var damaged: Set<MediaPath> = []

        init(_ manifest: MediaManifest?, of media: any OpenedMedia, _ selection: ExtractionSelection) {
            guard let manifest else { return }
            let chosen = Set(selection.files.lazy.map(\.path))
            // As in verifying: a file stands for one of the manifest.
            var taken: Set<MediaPath> = []
            for file in manifest.files {
                guard let found = media.file(file.path.description), taken.insert(found.path).inserted else {
                    if selection.isChosen(file.path.description) { findings.append(.init(file.path, .missing)) }
                    continue
                }
                guard chosen.contains(found.path) else { continue }
                if found.byteCount == file.size {
                    digests[found.path] = file.sha256
                } else {
                    findings.append(.init(found.path, .damaged))
                    damaged.insert(found.path)
                }
            }
        }
    }

    // MARK: Writing

    private func write(
        _ files: [MediaEntry], _ listed: Listed, of media: any OpenedMedia, to root: FilePath
    ) throws -> [MediaVerification.Finding] {
        struct State {
            var next = 0
            var findings: [MediaVerification.Finding] = []
            var failure: (any Error)?
        }
        let jobs = files.filter { !listed.damaged.contains($0.path) }
            .map { FileExtraction.Job(file: $0, sha256: listed.digests[$0.path]) }
        let units = Self.units(jobs)
        let meter = ProgressMeter(
            phase: "extracting", totalByteCount: jobs.reduce(0) { $0 + $1.file.byteCount }, observer: progress)
        defer { meter.finish() }
        let state = Mutex(State())
        let interruption = interruption
        WorkerThreads.run(count: min(workerCount, max(1, units.count))) { _ in
            let extraction = FileExtraction(media, to: root, interruption: interruption, meter: meter)
            func isWanted() -> Bool { state.withLock { $0.failure == nil } && !interruption.isRequested }
            func next() -> Range<Int>? {
                state.withLock { state in
                    guard state.failure == nil, state.next < units.count, !interruption.isRequested else { return nil }
                    defer { state.next += 1 }
                    return units[state.next]
                }
            }
            while let unit = next() {
                for job in jobs[unit] where isWanted() {
                    do {
                        guard let finding = try extraction.extract(job) else { continue }
                        state.withLock { $0.findings.append(finding) }
                    } catch {
                        state.withLock { $0.failure = $0.failure ?? error }
                    }
                }
            }
        }
        try interruption.check()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.findings
        }
    }

    /// So much of one folder is a thread's alone: several that make files in one folder stand in line for it.
    private static let (unitFileCount, unitByteCount) = (2_000, Int64(64 << 20))

    /// The runs of `jobs` that a thread takes, each of files of one folder that follow each other.
    private static func units(_ jobs: [FileExtraction.Job]) -> [Range<Int>] {
        var units: [Range<Int>] = []
        var (start, byteCount) = (0, Int64(0))
        for (index, job) in jobs.enumerated() {
            let begins =
                index - start >= unitFileCount || byteCount + job.file.byteCount > unitByteCount
                || job.file.path.parent != jobs[start].file.path.parent
            if begins, index > start {
                units.append(start..<index)
                (start, byteCount) = (index, 0)
            }
            byteCount += job.file.byteCount
        }
        return units + (start < jobs.count ? [start..<jobs.count] : [])
    }
}
