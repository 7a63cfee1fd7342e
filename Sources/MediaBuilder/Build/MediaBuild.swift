// SPDX-License-Identifier: GPL-3.0-or-later

import DistributionPoints
import Logging
import Support
import SystemPackage

/// Something that is asked for in a run.
public struct BuildJob: Sendable {
    /// What is asked for.
    public let request: MediaRequest
    /// Its name, when the run has several.
    public var name: String?
    /// What its messages begin with then: "model A".
    public var title: String?
    /// Where it is asked for, for messages: "models.csv:3".
    public var place: String?

    /// A job.
    public init(_ request: MediaRequest, name: String? = nil, title: String? = nil, place: String? = nil) {
        self.request = request
        self.name = name
        self.title = title
        self.place = place
    }
}

/// Whoever is told how a build goes; called on any thread.
public protocol BuildObserver: Sendable {
    /// Shown the progress.
    var progress: any ProgressObserver { get }
    /// Set to stop the build.
    var interruption: Interruption { get }
    /// Told a fact that may keep the media from working as expected.
    func warning(_ text: DiagnosticText)
    /// Told another fact.
    func note(_ text: DiagnosticText)
    /// Told what came from each server, when the build ends in whatever way.
    func ended(_ served: [ServedContent])
}

extension BuildObserver {
    /// Nothing is done.
    public func ended(_ served: [ServedContent]) {}
}

/// What is different when media is created, when many files are, and when a drive is updated.
public protocol BuildWork {
    /// What comes of it.
    associatedtype Outcome

    /// What is done, for the log.
    var title: String { get }
    /// The file or folder that is written; nil for drives.
    var output: FilePath? { get }
    /// Adds what is known of its files before its requests are.
    func addFiles(to files: inout RunFiles)
    /// What is asked for.
    func jobs() throws -> [BuildJob]
    /// Refuses outputs that must not be written, before anything is planned.
    func check(_ jobs: [BuildJob], _ files: RunFiles) throws
    /// Refuses outputs that must not be written, now that all names are known.
    func check(_ plans: [PlannedJob], _ files: inout RunFiles) throws
    /// What comes of it when nothing needs to be written, now that it is known what media is made of; nil when that is to be
    /// planned.
    ///
    /// - Parameter plan: plans it.
    func settled(_ draft: MediaDraft, _ job: BuildJob, plan: () throws -> MediaPlan) throws -> Outcome?
    /// What comes of it when nothing is written.
    func outcome(of plans: [PlannedJob], _ environment: BuildEnvironment) throws -> Outcome
    /// Writes, verifies and tells what came of it.
    func write(_ plans: [PlannedJob], _ files: RunFiles, _ environment: BuildEnvironment) throws -> Outcome
}

extension BuildWork {
    /// Nothing is known.
    public func addFiles(to files: inout RunFiles) {}

    /// Everything is planned.
    public func settled(_ draft: MediaDraft, _ job: BuildJob, plan: () throws -> MediaPlan) throws -> Outcome? { nil }
}

/// A job with its plan.
public struct PlannedJob: Sendable {
    /// What was asked for.
    public let job: BuildJob
    /// What will be written.
    public let plan: MediaPlan
}

/// The one way through a build: what is asked for is validated, what would be written over is checked, everything is
/// planned, checked again, written and verified, and what was verified is remembered.
public struct MediaBuild {
    private let settings: BuildSettings
    private let observer: any BuildObserver
    private let isDryRun: Bool
    private let openLog: (_ title: String, _ files: RunFiles) throws -> Logger

    /// A build that stops after planning when `isDryRun`.
    ///
    /// - Parameter openLog: opens the log; what is read and written is known by then, because the log must be none of it.
    public init(
        _ settings: BuildSettings, observer: any BuildObserver, isDryRun: Bool,
        openLog: @escaping (_ title: String, _ files: RunFiles) throws -> Logger
    ) {
        self.settings = settings
        self.observer = observer
        self.isDryRun = isDryRun
        self.openLog = openLog
    }

    /// Does `work`.
    ///
    /// - Throws: any `DiagnosticError`; `InterruptedError`.
    public func run<Work: BuildWork>(_ work: Work) throws -> Work.Outcome {
        let staging = settings.staging(beside: work.output)
        var files = settings.files(staging: staging)
        work.addFiles(to: &files)
        // What is wrong with what is asked for is told only when there is a log, which must be none of the files.
        let asked = Result { try validJobs(of: work) }
        for job in (try? asked.get()) ?? [] { files.add(job.request, for: job.place) }
        let logger = try openLog(work.title, files)
        let jobs = try asked.get()
        let environment = try settings.asking(jobs).environment(
            logger, staging: staging, interruption: observer.interruption, progress: observer.progress)
        // Whatever comes of the run: what happened to distribution points meanwhile may explain it.
        defer {
            for warning in environment.distributionPoints.takeWarnings() { observer.warning(warning) }
            let served = environment.distributionPoints.served
            for server in served { logger.info("\(server.text)") }
            observer.ended(served)
        }
        return try finish(work, try prepare(work, jobs, &files, environment), files, environment)
    }

    /// What is known of work before anything is written.
    enum Prepared<Outcome> {
        /// Nothing needs to be.
        case settled(Outcome)
        /// This is to be.
        case planned([PlannedJob])
    }

    /// Checks what `jobs`, which are valid, would write over, and plans them.
    func prepare<Work: BuildWork>(
        _ work: Work, _ jobs: [BuildJob], _ files: inout RunFiles, _ environment: BuildEnvironment
    ) throws -> Prepared<Work.Outcome> {
        try work.check(jobs, files)
        var plans: [PlannedJob] = []
        // Everything is planned before anything is written: a wrong line of a list costs no build.
        for job in jobs {
            try environment.interruption.check()
            let planner = MediaPlanner(job.request, environment: environment)
            let draft = try planner.draft()
            if let outcome = try work.settled(draft, job, plan: { try planner.plan(draft) }) {
                return .settled(outcome)
            }
            let plan = try planner.plan(draft)
            for warning in plan.warnings { observer.warning(job.told(warning)) }
            plans.append(PlannedJob(job: job, plan: plan))
        }
        try work.check(plans, &files)
        for note in plans.first?.plan.notes ?? [] { observer.note(note) }
        return .planned(plans)
    }

    /// Writes what is `prepared`.
    func finish<Work: BuildWork>(
        _ work: Work, _ prepared: Prepared<Work.Outcome>, _ files: RunFiles, _ environment: BuildEnvironment
    ) throws -> Work.Outcome {
        switch prepared {
        case .settled(let outcome): return outcome
        case .planned(let plans):
            guard !isDryRun else { return try work.outcome(of: plans, environment) }
            return try work.write(plans, files, environment)
        }
    }

    private func validJobs(of work: some BuildWork) throws -> [BuildJob] {
        let jobs = try work.jobs()
        let hasPoint = !settings.asking(jobs).distributionPoints.isEmpty
        for job in jobs { try job.request.validate(hasDistributionPoint: hasPoint) }
        return jobs
    }
}

extension BuildJob {
    /// `text` as a message of this job.
    func told(_ text: DiagnosticText) -> DiagnosticText { title.map { "\($0): \(text)" } ?? text }
}
