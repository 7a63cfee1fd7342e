// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Synchronization
import SystemPackage

/// What all media of a manifest have in common while they are made.
final class EntryShare: Sendable {
    /// Every file of the run: that of one media may not be another's.
    private let files: Mutex<RunFiles>
    /// What the manifest has made.
    let record: BuildRecord
    /// Whether media is made again that is there already.
    let rebuilds: Bool
    let memory: MemoryBudget
    /// An archive that was written: what it holds compressed serves others.
    private let base = Mutex<VolumePlan?>(nil)

    init(_ files: RunFiles, record: BuildRecord, rebuilds: Bool, memoryByteCount: Int) {
        self.files = Mutex(files)
        self.record = record
        self.rebuilds = rebuilds
        memory = MemoryBudget(byteCount: memoryByteCount)
    }

    private let lock = Mutex<Void>(())

    /// Does `body` while nobody else plans.
    func planning<Result>(_ body: () throws -> Result) rethrows -> Result { try lock.withLock { _ in try body() } }

    /// Takes the names of the volumes of `planned` for the output that was known so far.
    ///
    /// - Throws: ``MediaBuilderError``: another media has one of them.
    func take(_ planned: PlannedJob) throws {
        try take(of: planned.job) { $0.replaceOutput(of: planned.job.request, by: planned.plan, for: $1) }
    }

    /// Takes the names of media that is there already, for that output.
    ///
    /// - Throws: ``MediaBuilderError``: another media has one of them.
    func take(_ found: [FilePath], of job: BuildJob) throws {
        try take(of: job) { $0.replaceOutput(of: job.request, by: found, for: $1) }
    }

    private func take(of job: BuildJob, _ change: (inout RunFiles, String?) -> Void) throws {
        try files.withLock { files in
            // Names that two want are of both: neither gets them.
            change(&files, job.owner)
            try files.check(for: job.owner)
        }
    }

    var baseVolume: VolumePlan? { base.withLock { $0 } }

    /// Keeps what was written first, for the others.
    func keep(_ plan: MediaPlan) {
        guard let volume = plan.volumes.first, volume.layout.workingByteCount != nil else { return }
        base.withLock { if $0 == nil { $0 = volume } }
    }
}

/// Memory that is divided among media that is written side by side.
final class MemoryBudget: Sendable {
    private let monitor = Monitor()
    private let free: Mutex<Int>
    private let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
        free = Mutex(byteCount)
    }

    /// Does `body` as soon as there are `wanted` bytes for it; who wants more than there is waits for all of it.
    func with<Result>(_ wanted: Int, _ body: () throws -> Result) rethrows -> Result {
        let taken = min(max(0, wanted), byteCount)
        monitor.withLock {
            monitor.wait(while: { free.withLock { $0 < taken } })
            free.withLock { $0 -= taken }
        }
        defer {
            monitor.withLock {
                free.withLock { $0 += taken }
                monitor.notifyAll()
            }
        }
        return try body()
    }
}

/// Creates one media of a manifest: as ``MediaCreation`` does, but what is there already is left, and what the manifest made
/// before is replaced.
struct EntryCreation: BuildWork, Sendable {
    /// What came of it.
    enum Outcome {
        /// The media is there already, in these files.
        case unchanged([FilePath], MediaDraft)
        /// It would be written.
        case planned(MediaPlan)
        /// It was written.
        case built(MediaPlan)
    }

    let job: BuildJob
    let share: EntryShare
    let observer: any BuildObserver

    var title: String { "build \(job.name ?? "media")" }
    var output: FilePath? { job.request.output }

    func jobs() -> [BuildJob] { [job] }

    /// What is there is looked at when it is known whether it is the same.
    func check(_ jobs: [BuildJob], _ files: RunFiles) throws {
        let path = try PendingOutput.check(
            job.request.output, kind: job.request.format.outputKind, replacesExisting: true)
        try WriteAccess.requireFolder(of: path)
        if job.request.listsChecksums { try ChecksumList(of: job.request).check() }
        if let provenance = ProvenanceFiles(of: job.request) {
            for path in provenance.paths { try WriteAccess.requireFolder(of: path) }
            if !job.request.replacesExisting { try provenance.requireReplaceable() }
        }
    }

    /// What tells the media `key` from other media in a record.
    ///
    /// The image of a drive has one key whatever size the drive has, and says its size itself but when it is compressed.
    private func recordKey(_ key: SHA256Digest) -> SHA256Digest {
        guard ImagePackaging.isCompressed(job.request.output) else { return key }
        let size = job.request.capacity.byteCount.map { String($0) } ?? "as large as needed"
        return SHA256.digest(of: "\(key) \(size)".utf8)
    }

    /// The media that is there already, if it is the same.
    func settled(_ draft: MediaDraft, _ job: BuildJob, plan: () throws -> MediaPlan) throws -> Outcome? {
        guard !share.rebuilds, ProvenanceFiles(of: job.request)?.exist ?? true else { return nil }
        let output = job.request.output
        guard
            let found = share.record.files(of: output, recordKey(draft.key))
                ?? PresentMedia.volumes(at: output, of: draft.key)
        else { return nil }
        if job.request.isUpdatedInPlace {
            let layout = try plan().volumes.first?.layout
            guard try layout?.hasStructures(at: output) == true else { return nil }
        }
        // As the output was named, and not as the record has it.
        let paths = found.map { path in
            path.lastComponent.map { output.removingLastComponent().appending($0) } ?? path
        }
        try share.take(paths, of: job)
        return .unchanged(paths, draft)
    }

    func check(_ plans: [PlannedJob], _ files: inout RunFiles) throws {
        for planned in plans {
            try share.take(planned)
            try requireOwn(planned)
        }
    }

    /// Refuses to write over what the manifest did not make, or what was changed since.
    private func requireOwn(_ planned: PlannedJob) throws {
        guard !planned.job.request.replacesExisting else { return }
        for volume in planned.plan.volumes {
            var part = 1
            var path = volume.output
            while (try? Stat(path, followTargetSymlink: false)) != nil {
                guard share.record.owns(path) else { throw Self.foreign(path) }
                part += 1
                guard part <= volume.layout.partLimit, let next = volume.output.part(part) else { break }
                path = next
            }
            if let map = volume.report.map, (try? Stat(map, followTargetSymlink: false)) != nil,
                !share.record.owns(map)
            {
                throw Self.foreign(map)
            }
        }
    }

    /// Whether a file or folder is there that was made before.
    private static func replaces(_ planned: PlannedJob) -> Bool {
        planned.job.request.replacesExisting
            || planned.plan.volumes.contains { volume in
                ([volume.output] + [volume.report.map].compactMap { $0 }).contains {
                    (try? Stat($0, followTargetSymlink: false)) != nil
                }
            }
    }

    private static func foreign(_ path: FilePath) -> OutputError {
        OutputError(
            .exists, path, "exists, and is not as this manifest made it",
            nextStep: "move it away, or choose another name")
    }

    func outcome(of plans: [PlannedJob], _ environment: BuildEnvironment) -> Outcome { .planned(plans[0].plan) }

    func write(_ plans: [PlannedJob], _ files: RunFiles, _ environment: BuildEnvironment) throws -> Outcome {
        let (planned, output) = (plans[0], job.request.output)
        let plan = try planned.plan.sharing(share.baseVolume)
        let working = plan.volumes.compactMap(\.layout.workingByteCount).max() ?? 0
        let written = try share.memory.with(working) {
            // What was not there is made, and not replaced: somebody else may be as fast.
            try MediaWriter(environment: environment, replacesExisting: Self.replaces(planned)) { outputs in
                // Long after it was planned.
                try requireOwn(planned)
                try share.record.announce(outputs, of: output, recordKey(plan.key))
            }.write(plan)
        }
        try share.record.settle(output)
        try written.describe(for: job.request, environment, alone: share.planning)
        share.keep(written)
        for volume in written.volumes { environment.logger.info("wrote \(volume.output): \(volume.byteCount) bytes") }
        for warning in written.warnings.dropFirst(plan.warnings.count) { observer.warning(job.told(warning)) }
        return .built(written)
    }
}

extension BuildJob {
    /// Who asks for its output: several media of a matrix stand in one place.
    var owner: String? { place.map { place in name.map { "\(place) (\($0))" } ?? place } }
}

extension FilePath {
    /// Part `number` of the file, from 2: `NAME2.swm`.
    fileprivate func part(_ number: Int) -> FilePath? {
        guard let name = lastComponent else { return nil }
        let text = name.stem + String(number) + (name.extension.map { ".\($0)" } ?? "")
        return removingLastComponent().appending(text)
    }
}
