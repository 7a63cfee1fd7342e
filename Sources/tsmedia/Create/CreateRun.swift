// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import BlockDevices
import MediaBuilder
import Support

/// What all `create` commands do once they have a request: plan, write, tell.
struct CreateRun {
    private let content: ContentOptions
    private let output: any OutputChoice
    private let drive: DriveOptions
    private let program: ProgramOptions
    private let devices = BlockDevices()

    init(content: ContentOptions, output: any OutputChoice, drive: DriveOptions, program: ProgramOptions) {
        self.content = content
        self.output = output
        self.drive = drive
        self.program = program
    }

    /// Makes media of `mediaType` as `configure` says.
    ///
    /// The options become a request only here, so that what is wrong with them is told and logged as any error is.
    func run(_ mediaType: MediaType, _ configure: (inout MediaRequest) throws -> Void) throws {
        let staging = content.stagingFolder(beside: output.outputPath)
        var files = content.files(program, staging: staging)
        let made = Result { try makeRequest(mediaType, configure) }
        if case .success(let request) = made { files.add(request) }
        let logger = try program.start("create \(mediaType.title) \(output.name)", files)
        let request = try made.get()
        let drives = request.drive.devices
        let environment = try content.environment(logger, staging: staging)
        if drives.isEmpty {
            try files.check(replacesExisting: request.replacesExisting)
        } else {
            try drive.check(drives, devices, sources: files.protectedPaths, force: output.force)
        }
        var plan = try MediaPlanner(request, environment: environment).plan()
        if drives.isEmpty {
            files.replaceOutputs(by: [(request, plan, nil)])
            try files.check(replacesExisting: request.replacesExisting)
        }
        for warning in plan.warnings { Console.shared.warning(warning) }
        for note in plan.notes { Console.shared.note(note) }
        var outcomes: [DriveOutcome]?
        if !output.dryRun {
            if drives.isEmpty {
                let warningCount = plan.warnings.count
                plan = try MediaWriter(environment: environment, replacesExisting: output.force).write(plan)
                for warning in plan.warnings.dropFirst(warningCount) { Console.shared.warning(warning) }
                for volume in plan.volumes { logger.info("wrote \(volume.output): \(volume.byteCount) bytes") }
            } else {
                try drive.prepare(drives, devices, sources: files.protectedPaths, force: output.force)
                outcomes = try write(plan, environment)
            }
        }
        let report = PlanReport(plan, outcomes: outcomes)
        try program.json ? report.printJSON() : report.printText(isDryRun: output.dryRun)
        try Self.requireSuccess(outcomes ?? [])
    }

    private func makeRequest(
        _ mediaType: MediaType, _ configure: (inout MediaRequest) throws -> Void
    ) throws -> MediaRequest {
        var request = try output.request(mediaType, drives: try drive.drives(output.usb, devices))
        try configure(&request)
        try request.validate(hasDistributionPoint: !content.distributionPoints.isEmpty)
        return request
    }

    private func write(_ plan: MediaPlan, _ environment: BuildEnvironment) throws -> [DriveOutcome] {
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
}
