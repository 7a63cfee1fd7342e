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

    /// A model and what is asked for it.
    private struct Entry {
        let model: FleetModel
        let request: MediaRequest
    }

    /// Makes the files of the models in the file at `path` as `configure` and the file say.
    func run(
        _ path: FilePath, memoryByteCount: Int, _ configure: (inout MediaRequest) throws -> Void
    ) throws {
        let folder = FilePath(output.output ?? "")
        let staging = content.stagingFolder(beside: folder.string)
        var files = content.files(program, staging: staging)
        files.read([path])
        let made = Result { try readEntries(of: path, in: folder, configure) }
        if case .success(let entries) = made {
            for entry in entries { files.add(entry.request, for: entry.model.place) }
        }
        let logger = try program.start("create prestaged media of \(path) in \(folder)", files)
        let entries = try made.get()
        let environment = try content.environment(logger, staging: staging)
        try files.check(replacesExisting: output.force)
        let plans = try plan(entries, environment)
        files.replaceOutputs(by: zip(entries, plans).map { ($0.request, $1, $0.model.place) })
        try files.check(replacesExisting: output.force)
        for note in plans.first?.notes ?? [] { Console.shared.note(note) }
        guard !output.dryRun else {
            return try FleetReport(
                models: zip(entries, plans).map { .init(name: $0.model.name, plan: $1, status: .planned) }
            ).print(asJSON: program.json)
        }
        let results = try FleetBuilder(
            environment: environment, replacesExisting: output.force, memoryByteCount: memoryByteCount
        ).write(zip(entries, plans).map { (name: $0.model.name, plan: $1) }) { result in
            if let failure = result.failure {
                Console.shared.warning("model \(result.name) was not built: \(ExitStatus.message(of: failure))")
            } else {
                Console.shared.note("model \(result.name) was built")
            }
        }
        for result in results {
            for warning in result.warnings { Console.shared.warning("model \(result.name): \(warning)") }
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

    /// The models that the file at `path` lists, with what is asked for each.
    private func readEntries(
        of path: FilePath, in folder: FilePath, _ configure: (inout MediaRequest) throws -> Void
    ) throws -> [Entry] {
        var common = try output.request(.prestaged, drives: [])
        try configure(&common)
        guard (try? Stat(folder))?.type == .directory else {
            throw ValidationError("--output '\(folder)' is not a folder; with --fleet the files go into one")
        }
        return try FleetFile.read(path).map { Entry(model: $0, request: try $0.request(common, in: folder)) }
    }

    /// Everything is planned before anything is written: a wrong line costs no build.
    private func plan(_ entries: [Entry], _ environment: BuildEnvironment) throws -> [MediaPlan] {
        try entries.map { entry in
            try environment.interruption.check()
            let plan = try MediaPlanner(entry.request, environment: environment).plan()
            for warning in plan.warnings { Console.shared.warning("model \(entry.model.name): \(warning)") }
            return plan
        }
    }
}
