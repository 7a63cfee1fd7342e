// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
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
    private let program: ProgramOptions

    init(content: ContentOptions, output: OutputOptions, program: ProgramOptions) {
        self.content = content
        self.output = output
        self.program = program
    }

    /// Makes media of `mediaType` as `configure` says.
    ///
    /// The options become a request only here, so that what is wrong with them is told and logged as any error is.
    func run(_ mediaType: MediaType, _ configure: (inout MediaRequest) throws -> Void) throws {
        let logger = try program.start("create \(mediaType.title) \(output.output)")
        var request = try output.request(mediaType)
        try configure(&request)
        try request.validate()
        let environment = try environment(logger)
        try OutputSafety.check(request, sources: sources)
        var plan = try MediaPlanner(request, environment: environment).plan()
        try OutputSafety.check(plan, of: request, sources: sources)
        for warning in plan.warnings { Console.shared.warning(warning) }
        for note in plan.notes { Console.shared.note(note) }
        if !output.dryRun {
            let written = try MediaWriter(environment: environment, replacesExisting: output.force).write(plan)
            for warning in written.warnings.dropFirst(plan.warnings.count) { Console.shared.warning(warning) }
            plan = written
            for volume in plan.volumes { logger.info("wrote \(volume.output): \(volume.byteCount) bytes") }
        }
        let report = PlanReport(plan)
        try program.json ? report.printJSON() : report.printText(isDryRun: output.dryRun)
    }

    /// What must not be overwritten.
    var sources: [FilePath] { content.distributionPoints.map { FilePath($0) } + [storeFolder] }

    private var storeFolder: FilePath { content.store.map { FilePath($0) } ?? ContentStore.defaultFolder }

    /// Beside the output, so that staged files can share their blocks with it, unless the user names another folder.
    private var stagingFolder: FilePath {
        content.stagingFolder.map { FilePath($0) } ?? AtomicFile.parent(of: FilePath(output.output))
    }

    /// What builds work with.
    func environment(_ logger: Logger) throws -> BuildEnvironment {
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
