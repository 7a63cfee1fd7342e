// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Media that is created on a share: made here, and sent.
public struct SharedCreation: BuildWork {
    private let creation: MediaCreation
    private let share: ShareOutput
    private let distributionPoints: [String]
    private let observer: any BuildObserver

    /// `creation` writes to the local path of `share`, from `distributionPoints`.
    public init(
        _ creation: MediaCreation, _ share: ShareOutput, from distributionPoints: [String],
        observer: any BuildObserver
    ) {
        self.creation = creation
        self.share = share
        self.observer = observer
        self.distributionPoints = distributionPoints
    }

    /// What is done, for the log.
    public var title: String { creation.title }
    /// Where it is made.
    public var output: FilePath? { creation.output }

    /// The one request.
    public func jobs() throws -> [BuildJob] { try creation.jobs() }

    /// Checks what can be checked here.
    public func check(_ jobs: [BuildJob], _ files: RunFiles) throws {
        try creation.check(jobs, files)
        try share.check(against: distributionPoints)
    }

    /// Checks the names of all volumes and parts, and the room on the server.
    public func check(_ plans: [PlannedJob], _ files: inout RunFiles) throws {
        try creation.check(plans, &files)
        for plan in plans.map(\.plan) {
            let paths = plan.volumes.map(\.output) + plan.volumes.flatMap { $0.report.parts.map(\.path) }
            try share.check(paths, .ofProcess)
            try share.requireSpace(ByteTotal.clampedSum(plan.volumes.lazy.map(\.byteCount)), .ofProcess)
            if plan.holdsOpenSecrets {
                observer.warning(
                    "\(share.text) holds a private key, or other secrets, that no password protects, and the share decides who can read it: put it"
                        + " where few may read, or add \(.password)")
            }
        }
    }

    /// The plan.
    public func outcome(of plans: [PlannedJob], _ environment: BuildEnvironment) throws -> CreatedMedia {
        creation.outcome(of: plans, environment)
    }

    /// Makes it, and sends it.
    public func write(
        _ plans: [PlannedJob], _ files: RunFiles, _ environment: BuildEnvironment
    ) throws -> CreatedMedia {
        // Whoever may not write there learns it before all of it is made.
        try share.requireRightToWrite(environment.interruption)
        let created: CreatedMedia
        do {
            created = try creation.write(plans, files, environment)
        } catch let error as OutputError where error.code == .noSpace {
            throw ShareOutputError(
                .noSpace, DiagnosticText(share.text),
                "is made on this computer first, where there is too little room: \(error.object) \(error.problem)",
                nextStep: "free some space, or name another folder with \(.stagingFolder)")
        }
        try share.publish(environment.interruption, environment.progress)
        environment.logger.info("sent to \(share.text)")
        return created
    }
}
