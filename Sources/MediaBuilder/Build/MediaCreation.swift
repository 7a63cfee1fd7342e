// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Support
import SystemPackage

/// Media that was created, or would be.
public struct CreatedMedia: Sendable {
    /// What was written, or would be.
    public let plan: MediaPlan
    /// What became of each drive; nil for files and folders, and when nothing was written.
    public var outcomes: [DriveOutcome]?
}

/// Creates media: files, folders, or drives.
public struct MediaCreation: BuildWork {
    /// What is done, for the log.
    public let title: String
    /// The file or folder; nil for drives.
    public let output: FilePath?
    private let access: DriveAccess
    private let observer: any BuildObserver
    private let request: () throws -> MediaRequest

    /// Creates what `request` asks for.
    ///
    /// - Parameter access: what may be done to drives.
    public init(
        title: String, output: FilePath?, access: DriveAccess, observer: any BuildObserver,
        request: @escaping () throws -> MediaRequest
    ) {
        self.title = title
        self.output = output
        self.access = access
        self.observer = observer
        self.request = request
    }

    /// The one request.
    public func jobs() throws -> [BuildJob] { [BuildJob(try request())] }

    /// Checks names, or drives.
    public func check(_ jobs: [BuildJob], _ files: RunFiles) throws {
        for request in jobs.map(\.request) {
            if request.listsChecksums { try ChecksumList(of: request).check() }
            let drives = request.format.devices
            if request.provenance != nil, !drives.isEmpty {
                try files.check(replacesExisting: request.replacesExisting)
            }
            if drives.isEmpty {
                try files.check(replacesExisting: request.replacesExisting)
            } else {
                try access.check(drives, protecting: files.protectedPaths)
            }
        }
    }

    /// Checks the names of all volumes and parts.
    public func check(_ plans: [PlannedJob], _ files: inout RunFiles) throws {
        for planned in plans where planned.plan.drives.isEmpty {
            files.replaceOutputs(by: [(planned.job.request, planned.plan, nil)])
            if planned.job.request.listsChecksums { files.change(try ChecksumList(of: planned.job.request).path) }
            try files.check(replacesExisting: planned.job.request.replacesExisting)
            tellStale(planned.job.request, planned.plan)
        }
    }

    /// Tells of what lies beside an output that is replaced, and is of the old one from then on.
    private func tellStale(_ request: MediaRequest, _ plan: MediaPlan) {
        guard request.replacesExisting, request.format.outputKind == .file else { return }
        let list = request.listsChecksums ? nil : try? ChecksumList(of: request)
        for volume in plan.volumes where (try? Stat(volume.output)) != nil {
            if let list, let name = volume.output.lastComponent?.string, list.lists(name) {
                observer.warning("\(list.path) lists \(name), and is not brought up to date: add \(.checksums)")
            }
            if volume.disk != nil, let map = ImagePackaging.staleMap(of: volume.output, except: volume.report.map) {
                observer.warning("\(map) is the map of the image that is replaced: add \(.bmap), or remove it")
            }
        }
    }

    /// The plan.
    public func outcome(of plans: [PlannedJob], _ environment: BuildEnvironment) -> CreatedMedia {
        CreatedMedia(plan: plans[0].plan)
    }

    /// Writes the files, or the drives.
    public func write(
        _ plans: [PlannedJob], _ files: RunFiles, _ environment: BuildEnvironment
    ) throws -> CreatedMedia {
        let (request, plan) = (plans[0].job.request, plans[0].plan)
        guard plan.drives.isEmpty else {
            try access.prepare(plan.drives, protecting: files.protectedPaths)
            let outcomes = try DriveWriter(environment: environment, devices: access.devices)
                .write(plan, verifies: access.verifies)
            for outcome in outcomes { outcome.log(to: environment.logger) }
            if outcomes.contains(where: { $0.failure == nil }) { try describe(plan, request, environment) }
            return CreatedMedia(plan: plan, outcomes: outcomes)
        }
        let written = try MediaWriter(environment: environment, replacesExisting: request.replacesExisting)
            .write(plan)
        for volume in written.volumes { environment.logger.info("wrote \(volume.output): \(volume.byteCount) bytes") }
        try describe(written, request, environment)
        for warning in written.warnings.dropFirst(plan.warnings.count) { observer.warning(warning) }
        return CreatedMedia(plan: written)
    }

    /// Writes what describes the media.
    private func describe(_ plan: MediaPlan, _ request: MediaRequest, _ environment: BuildEnvironment) throws {
        try Interruption.explaining("the media is written and whole; only what describes it is not") {
            try plan.describe(for: request, environment)
        }
    }
}
