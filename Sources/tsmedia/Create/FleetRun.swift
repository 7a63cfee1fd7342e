// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SystemPackage

/// What `create prestaged --fleet` does: create a file for each model, tell what was created.
struct FleetRun {
    let content: ContentOptions
    let output: PrestagedChoice
    let program: ProgramOptions

    /// Makes the files of the models in the file at `path` as `kind`, `configure` and the file say.
    func run(
        _ path: FilePath, memoryByteCount: Int, _ kind: @escaping () throws -> MediaKind,
        _ configure: @escaping (inout MediaRequest) throws -> Void
    ) throws {
        let creation = FleetCreation(
            path, in: FilePath(output.outputPath ?? ""), replacesExisting: output.force,
            memoryByteCount: memoryByteCount, observer: ConsoleObserver(), message: ExitStatus.message
        ) {
            var request = try output.request(try kind(), drives: [])
            try configure(&request)
            return request
        }
        let results = try content.run(creation, isDryRun: output.dryRun, program)
        try FleetReport(results, isDryRun: output.dryRun).print(asJSON: program.json)
        if let failure = results.compactMap(\.failure).first { throw failure }
    }
}
