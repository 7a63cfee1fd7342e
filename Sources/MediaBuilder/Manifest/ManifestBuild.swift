// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Logging
import Support
import SystemPackage

/// What became of one media of a manifest.
public struct EntryResult: Sendable {
    /// What became of it.
    public enum Status: String, Sendable, Codable, CaseIterable {
        /// It was written.
        case built
        /// It is there already.
        case unchanged
        /// It is not there, or not as it should be.
        case failed
        /// It would be written.
        case planned
    }

    /// A file or folder of it.
    public struct Output: Sendable, Equatable {
        /// Where it is.
        public let path: FilePath
        /// Its size in bytes.
        public let byteCount: Int64
    }

    /// What became of it.
    public internal(set) var status: Status
    /// Its files or folders; those that would be written, where nothing was.
    public internal(set) var outputs: [Output] = []
    /// The number of files on it; nil where it was not planned.
    public internal(set) var fileCount: Int?
    /// The media GUID; nil where it was not planned.
    public internal(set) var mediaGUID: String?
    /// What decides its bytes; nil where it was not planned.
    public internal(set) var key: SHA256Digest?
    /// What the user must know of it.
    public internal(set) var warnings: [DiagnosticText] = []
    /// How long it took.
    public internal(set) var seconds = 0.0
    /// Why it failed.
    public internal(set) var failure: (any Error)?
}

/// Builds all media of a manifest: distribution points are asked for their lists once, and what is verified for one serves all.
///
/// Each goes the way of ``MediaBuild``; one that fails does not keep the others from being made.
public struct ManifestBuild {
    /// One media.
    public struct Entry: Sendable {
        /// What is asked for.
        let job: BuildJob
        /// Which of the settings it is built with.
        let group: Int

        /// Media of the settings with the number `group`.
        public init(_ job: BuildJob, group: Int) {
            self.job = job
            self.group = group
        }
    }

    /// How a manifest is built.
    public struct Options: Sendable {
        /// How many media are made side by side.
        public var jobCount = 1
        /// About the bytes that files may take that are made side by side.
        public var memoryByteCount = 1_000_000_000
        /// Whether nothing is written.
        public var isDryRun = false
        /// Whether media is made again that is there already.
        public var rebuilds = false
        /// The part that is built, by its number from 1, of so many; nil for all.
        public var part: (number: Int, count: Int)?

        /// What is usual.
        public init() {}
    }

    private let groups: [BuildSettings]
    private let options: Options
    private let record: BuildRecord
    private let observer: any BuildObserver
    private let openLog: (_ title: String, _ files: RunFiles) throws -> Logger

    /// Builds with `groups`, the settings that media can have.
    ///
    /// - Parameter openLog: as in ``MediaBuild``.
    public init(
        _ groups: [BuildSettings], _ options: Options, record: BuildRecord, observer: any BuildObserver,
        openLog: @escaping (_ title: String, _ files: RunFiles) throws -> Logger
    ) {
        self.groups = groups
        self.options = options
        self.record = record
        self.observer = observer
        self.openLog = openLog
    }

    /// Builds `entries`, whose requests are valid, of the manifest at `path`.
    ///
    /// - Parameters:
    ///   - reports: further files that are written, or changed.
    ///   - didChoose: told before anything is built which media are, by their numbers.
    ///   - didBuild: told of media that was written; what it throws is the failure of that media. Called on any thread.
    ///   - didFinish: told what became of each, by its number; called on any thread.
    /// - Returns: what became of each that was chosen, in order.
    /// - Throws: `InterruptedError`; ``MediaBuilderError`` where two write one file, or write what is read.
    public func run(
        _ entries: [Entry], of path: FilePath, writing reports: [FilePath], didChoose: ([Int]) -> Void,
        didBuild: @escaping @Sendable (Int, MediaPlan) throws -> Void,
        didFinish: @escaping @Sendable (Int, EntryResult) -> Void
    ) throws -> [EntryResult] {
        var files = files(entries, path)
        for report in reports + [record.path] { files.change(report) }
        let logger = try openLog("build \(path)", files)
        try files.check()
        let share = EntryShare(
            files, record: record, rebuilds: options.rebuilds, memoryByteCount: options.memoryByteCount)
        let environments = groups.indices.map { number in
            let jobs = entries.filter { $0.group == number }.map(\.job)
            let settings = groups[number].asking(jobs)
            return Result {
                var environment = try settings.environment(
                    logger, staging: settings.staging(beside: jobs.first?.request.output),
                    interruption: observer.interruption, progress: observer.progress)
                environment.contents = ContentMemory()
                return environment
            }
        }
        defer { for case .success(let environment) in environments { tell(of: environment) } }
        let run = EntryRun(
            entries: entries, groups: groups, environments: environments, share: share, options: options,
            observer: observer, logger: logger, didBuild: didBuild, didFinish: didFinish)
        let numbers = try options.part.map { try run.share($0.number, of: $0.count) } ?? Array(entries.indices)
        didChoose(numbers)
        let width = max(1, min(options.jobCount, numbers.count))
        guard width > 1 else { return try numbers.map { try run.build($0, width: 1) } }
        // What the first verifies, hashes and compresses serves all others.
        let first = try run.build(numbers[0], width: 1)
        let rest = try WorkerThreads.map(count: numbers.count - 1, threadCount: width) { index throws in
            try run.build(numbers[index + 1], width: width)
        }
        return [first] + rest
    }

    private func files(_ entries: [Entry], _ path: FilePath) -> RunFiles {
        var files = RunFiles.ofMedia
        files.log = groups.lazy.compactMap(\.log).first
        files.read([path])
        for (number, settings) in groups.enumerated() {
            let jobs = entries.filter { $0.group == number }.map(\.job)
            files.read(settings.asking(jobs).sources)
            files.use([settings.staging(beside: jobs.first?.request.output)])
        }
        for entry in entries { files.add(entry.job.request, for: entry.job.owner) }
        return files
    }

    private func tell(of environment: BuildEnvironment) {
        for warning in environment.distributionPoints.takeWarnings() { observer.warning(warning) }
        let served = environment.distributionPoints.served
        for server in served { environment.logger.info("\(server.text)") }
        observer.ended(served)
    }
}

/// The media of a run, each of which goes the way of ``MediaBuild``.
private struct EntryRun: Sendable {
    let entries: [ManifestBuild.Entry]
    let groups: [BuildSettings]
    let environments: [Result<BuildEnvironment, any Error>]
    let share: EntryShare
    let options: ManifestBuild.Options
    let observer: any BuildObserver
    let logger: Logger
    let didBuild: @Sendable (Int, MediaPlan) throws -> Void
    let didFinish: @Sendable (Int, EntryResult) -> Void

    /// Builds the media with the number `index`, beside `width` - 1 others.
    ///
    /// - Throws: `InterruptedError`.
    func build(_ index: Int, width: Int) throws -> EntryResult {
        try observer.interruption.check()
        let began = ContinuousClock.now
        var result = EntryResult(status: .failed)
        do {
            result = try make(index, width)
        } catch let error as InterruptedError {
            throw error
        } catch {
            result.failure = error
        }
        let time = (ContinuousClock.now - began).components
        result.seconds = Double(time.seconds) + Double(time.attoseconds) / 1e18
        didFinish(index, result)
        return result
    }

    /// The media of part `number` of `count`: the largest first, each to the part that has least.
    ///
    /// All computers that have the same content say the same.
    func share(_ number: Int, of count: Int) throws -> [Int] {
        let sizes = try entries.map { entry -> Int64 in
            try observer.interruption.check()
            // What cannot be planned is told by whoever builds it.
            guard let environment = try? environments[entry.group].get(),
                let draft = try? MediaPlanner(entry.job.request, environment: environment).draft()
            else { return 0 }
            return draft.byteCount
        }
        var loads = [Int64](repeating: 0, count: count)
        var own: [Int] = []
        for index in entries.indices.sorted(by: { (sizes[$1], $0) < (sizes[$0], $1) }) {
            let part = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
            // Media of no size is work too.
            loads[part] = ByteTotal.clampedSum([loads[part], sizes[index], 1])
            if part == number - 1 { own.append(index) }
        }
        return own.sorted()
    }

    private func make(_ index: Int, _ width: Int) throws -> EntryResult {
        let entry = entries[index]
        let environment = try environments[entry.group].get()
        let media = MediaBuild(
            groups[entry.group], observer: QuietObserver(observer: observer), isDryRun: options.isDryRun
        ) { [logger] _, _ in logger }
        let work = EntryCreation(job: entry.job, share: share, observer: observer)
        var files = RunFiles.ofMedia
        // Lists are read by one at a time: what one has asked for the next knows.
        let prepared = try share.planning { try media.prepare(work, [entry.job], &files, environment) }
        let outcome = try media.finish(
            work, prepared, files,
            width == 1
                ? environment
                : environment.sharing(
                    workerCount: max(1, environment.workerCount / width), progress: SilentProgress()))
        guard case .built(let plan) = outcome else { return EntryResult(outcome) }
        var result = EntryResult(outcome)
        do {
            try didBuild(index, plan)
        } catch {
            // The media is whole, and what goes with it is not.
            (result.status, result.failure) = (.failed, error)
        }
        return result
    }
}

extension EntryResult {
    fileprivate init(_ outcome: EntryCreation.Outcome) {
        switch outcome {
        case .unchanged(let files, let draft):
            self.init(status: .unchanged)
            outputs = files.map { path in
                // Of a folder all that is in it; of a link what it leads to.
                let size = RecordedFile(path, named: path.string)?.size ?? (try? Stat(path))?.size
                return Output(path: path, byteCount: size ?? 0)
            }
            (fileCount, mediaGUID, key) = (nil, draft.manifest.mediaGUID, draft.key)
            warnings = draft.parts.warnings
        case .planned(let plan): self.init(.planned, plan)
        case .built(let plan): self.init(.built, plan)
        }
    }

    private init(_ status: Status, _ plan: MediaPlan) {
        self.init(status: status)
        outputs = plan.volumes.flatMap { volume in
            volume.report.parts.isEmpty
                ? [Output(path: volume.output, byteCount: volume.byteCount)]
                : volume.report.parts.map { Output(path: $0.path, byteCount: $0.byteCount) }
        }
        fileCount = plan.volumes.reduce(0) { $0 + $1.files.count }
        (mediaGUID, key, warnings) = (plan.mediaGUID, plan.key, plan.warnings)
    }
}

/// Passes on what somebody must know, and no notes: of many media they would be the same line many times.
private struct QuietObserver: BuildObserver {
    let observer: any BuildObserver

    var progress: any ProgressObserver { observer.progress }
    var interruption: Interruption { observer.interruption }

    func warning(_ text: DiagnosticText) { observer.warning(text) }
    func note(_ text: DiagnosticText) {}
}
