// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support
import SystemPackage

/// What `create prestaged --fleet` does: plan every model, write them, tell.
struct FleetRun {
    let run: CreateRun
    let output: OutputOptions
    let program: ProgramOptions
    let memoryByteCount: Int

    /// Builds the models in the file at `path` as `configure` and the file say.
    func run(_ path: FilePath, _ configure: (inout MediaRequest) throws -> Void) throws {
        let logger = try program.start("create prestaged media of \(path) \(output.output)")
        var common = try output.request(.prestaged)
        try configure(&common)
        let folder = FilePath(output.output)
        guard (try? Stat(folder))?.type == .directory else {
            throw ValidationError("--output '\(folder)' is not a folder; with --fleet the files go into one")
        }
        let environment = try run.environment(logger)
        // Everything is planned before anything is written: a wrong line costs no build.
        let plans = try FleetFile.read(path).map { model in
            try environment.interruption.check()
            let request = try model.request(common, in: folder)
            try OutputSafety.check(request, sources: run.sources)
            let plan = try MediaPlanner(request, environment: environment).plan()
            for warning in plan.warnings { Console.shared.warning("model \(model.name): \(warning)") }
            return (name: model.name, plan: plan)
        }
        for note in plans.first?.plan.notes ?? [] { Console.shared.note(note) }
        guard !output.dryRun else {
            return try report(plans.map { FleetReport.Model(name: $0.name, plan: $0.plan, status: .planned) })
        }
        let builder = FleetBuilder(
            environment: environment, replacesExisting: output.force, memoryByteCount: memoryByteCount)
        let results = try builder.write(plans) { result in
            if let failure = result.failure {
                Console.shared.warning("model \(result.name) was not built: \(ExitStatus.message(of: failure))")
            } else {
                Console.shared.note("model \(result.name) was built")
            }
        }
        try report(
            results.map { result in
                FleetReport.Model(
                    name: result.name, plan: result.plan, status: result.failure == nil ? .written : .failed,
                    error: result.failure.map { ExitStatus.message(of: $0) })
            })
        if let failure = results.compactMap(\.failure).first { throw failure }
    }

    private func report(_ models: [FleetReport.Model]) throws {
        let report = FleetReport(models: models)
        if program.json { return try StandardOutput.printJSON(report) }
        let rows = models.map { [$0.status.rawValue, $0.name, $0.output, String($0.size), String($0.files)] }
        try TextTable(header: ["status", "model", "output", "bytes", "files"], numeric: [3, 4], rows: rows).print()
    }
}

/// The models of a fleet and what became of them.
struct FleetReport: Encodable {
    /// A model.
    struct Model: Encodable {
        /// What became of it.
        enum Status: String, Encodable { case planned, written, failed }

        let name: String
        let status: Status
        let output: String
        let size: Int64
        let sizeIsExact: Bool
        let files: Int
        let mediaGuid: String
        let reuse: ArchiveReuse?
        let error: String?

        init(name: String, plan: MediaPlan, status: Status, error: String? = nil) {
            self.name = name
            self.status = status
            self.error = error
            let volume = plan.volumes.first
            output = volume?.output.string ?? ""
            size = volume?.byteCount ?? 0
            sizeIsExact = volume?.archive?.byteCountIsExact ?? true
            files = volume?.files.count ?? 0
            mediaGuid = plan.mediaGUID
            reuse = volume?.archive?.reuse
        }
    }

    let models: [Model]
}
