// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BlockDevices
import DistributionPoints
import Glibc
import Logging
import MediaBuilder
import Support
import SystemPackage

/// What all `create` commands do once they have a request: plan, write, tell.
struct CreateRun {
    private let content: ContentOptions
    private let output: OutputOptions
    private let drive: DriveOptions
    private let program: ProgramOptions
    private let devices = BlockDevices()

    init(content: ContentOptions, output: OutputOptions, drive: DriveOptions, program: ProgramOptions) {
        self.content = content
        self.output = output
        self.drive = drive
        self.program = program
    }

    /// Makes media of `mediaType` as `configure` says.
    ///
    /// The options become a request only here, so that what is wrong with them is told and logged as any error is.
    func run(_ mediaType: MediaType, _ configure: (inout MediaRequest) throws -> Void) throws {
        let logger = try program.start("create \(mediaType.title) \(output.name)")
        let drives = try drive.drives(output.usb, devices)
        var request = output.request(mediaType, drives: drives)
        request.drive.scheme = drive.partitionScheme
        try configure(&request)
        try request.validate()
        let environment = try environment(logger)
        let sources = content.distributionPoints.map { FilePath($0) } + [storeFolder]
        if drives.isEmpty {
            try OutputSafety.check(request, sources: sources)
        } else {
            try drive.check(
                drives, devices, sources: sources + request.sources + [stagingFolder], force: output.force)
        }
        let plan = try MediaPlanner(request, environment: environment).plan()
        if drives.isEmpty { try OutputSafety.check(plan, of: request, sources: sources) }
        for warning in plan.warnings { Console.shared.warning(warning) }
        for note in plan.notes { Console.shared.note(note) }
        var outcomes: [DriveOutcome]?
        if !output.dryRun {
            if drives.isEmpty {
                try MediaWriter(environment: environment, replacesExisting: output.force).write(plan)
                for volume in plan.volumes { logger.info("wrote \(volume.output): \(volume.byteCount) bytes") }
            } else {
                outcomes = try write(plan, environment)
            }
        }
        let report = PlanReport(plan, outcomes: outcomes)
        try program.json ? report.printJSON() : report.printText(isDryRun: output.dryRun)
        try Self.requireSuccess(outcomes ?? [])
    }

    private func write(_ plan: MediaPlan, _ environment: BuildEnvironment) throws -> [DriveOutcome] {
        if drive.unmount { for device in plan.drives { try devices.unmount(device) } }
        let outcomes = try DriveWriter(environment: environment, devices: devices)
            .write(plan, verifies: !drive.noVerify)
        for outcome in outcomes {
            let node = outcome.drive.node
            if let failure = outcome.failure {
                environment.logger.error("\(node): \(failure)")
            } else {
                environment.logger.info("wrote \(node)\(outcome.isVerified ? " and verified it" : "")")
            }
        }
        return outcomes
    }

    /// Tells of each drive that failed; the exit code is that of the first.
    private static func requireSuccess(_ outcomes: [DriveOutcome]) throws {
        let failures = outcomes.compactMap(\.failure)
        guard let last = failures.last else { return }
        // What is thrown is told by the program; of several failures all but that one are told here.
        for failure in failures.dropLast() { Console.shared.error(String(describing: failure)) }
        throw last
    }

    private var storeFolder: FilePath { content.store.map { FilePath($0) } ?? ContentStore.defaultFolder }

    /// Beside the output, so that staged files can share their blocks with it, unless the user names another folder; for
    /// drives where temporary files may be large (hier(7)).
    private var stagingFolder: FilePath {
        if let folder = content.stagingFolder { return FilePath(folder) }
        guard let output = output.output else {
            return FilePath(getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp")
        }
        return AtomicFile.parent(of: FilePath(output))
    }

    private func environment(_ logger: Logger) throws -> BuildEnvironment {
        let store = ContentStore(folder: storeFolder, rehash: content.rehash)
        return BuildEnvironment(
            distributionPoints: try DistributionPoints.open(locations: content.distributionPoints, store: store),
            store: store, staging: StagingArea(in: stagingFolder), interruption: Signals.interruption,
            progress: Console.shared,
            workerCount: content.jobs ?? WorkerThreads.processorCount, sourceDate: try Self.sourceDate(),
            logger: logger)
    }

    /// SOURCE_DATE_EPOCH: seconds since 1970, in decimal (reproducible-builds.org specification).
    private static func sourceDate() throws -> Timestamp? {
        guard let text = getenv("SOURCE_DATE_EPOCH").map({ String(cString: $0) }), !text.isEmpty else { return nil }
        // Directory records of ISO 9660 end with the year 2155 (ECMA-119 9.1.5).
        guard let seconds = Int64(text), (0...CivilTime.unixSeconds(year: 2155, month: 12, day: 31)).contains(seconds)
        else {
            throw ValidationError("SOURCE_DATE_EPOCH '\(text)' is not a number of seconds from 1970 to 2155")
        }
        return Timestamp(unixSeconds: seconds)
    }
}
