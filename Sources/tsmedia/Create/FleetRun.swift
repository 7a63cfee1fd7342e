// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Logging
import MediaBuilder
import Support
import SystemPackage

/// What `create prestaged --fleet` does: plan, write, tell; for each model of a fleet.
struct FleetRun {
    let content: ContentOptions
    let output: PrestagedOutputOptions
    let program: ProgramOptions

    private func environment(_ logger: Logger, _ folder: FilePath) throws -> BuildEnvironment {
        try content.environment(logger, staging: content.stagingFolder(beside: folder.string))
    }

    private func plan(_ request: MediaRequest, _ environment: BuildEnvironment) throws -> MediaPlan {
        try OutputSafety.check(request, sources: content.sources)
        return try MediaPlanner(request, environment: environment).plan()
    }

    /// Makes the files of the models in the file at `path` as `configure` and the file say.
    func run(
        _ path: FilePath, memoryByteCount: Int, _ configure: (inout MediaRequest) throws -> Void
    ) throws {
        let folder = FilePath(output.output ?? "")
        let logger = try program.start("create prestaged media of \(path) in \(folder)")
        var common = try output.request(.prestaged, drives: [])
        try configure(&common)
        guard (try? Stat(folder))?.type == .directory else {
            throw ValidationError("--output '\(folder)' is not a folder; with --fleet the files go into one")
        }
        let environment = try environment(logger, folder)
        // Everything is planned before anything is written: a wrong line costs no build.
        let plans = try FleetFile.read(path).map { model in
            try environment.interruption.check()
            let plan = try plan(try model.request(common, in: folder), environment)
            for warning in plan.warnings { Console.shared.warning("model \(model.name): \(warning)") }
            return (name: model.name, plan: plan)
        }
        for note in plans.first?.plan.notes ?? [] { Console.shared.note(note) }
        guard !output.dryRun else {
            return try FleetReport(models: plans.map { .init(name: $0.name, plan: $0.plan, status: .planned) })
                .print(asJSON: program.json)
        }
        let results = try FleetBuilder(
            environment: environment, replacesExisting: output.force, memoryByteCount: memoryByteCount
        ).write(plans) { result in
            if let failure = result.failure {
                Console.shared.warning("model \(result.name) was not built: \(ExitStatus.message(of: failure))")
            } else {
                Console.shared.note("model \(result.name) was built")
            }
        }
        for result in results {
            for warning in result.plan.warnings.dropFirst(
                plans.first { $0.name == result.name }?.plan.warnings.count ?? 0)
            {
                Console.shared.warning("model \(result.name): \(warning)")
            }
        }
        try FleetReport(
            models: results.map { result in
                .init(
                    name: result.name, plan: result.plan, status: result.failure == nil ? .written : .failed,
                    error: result.failure.map { ExitStatus.message(of: $0) })
            }
        ).print(asJSON: program.json)
        if let failure = results.compactMap(\.failure).first { throw failure }
    }
}
