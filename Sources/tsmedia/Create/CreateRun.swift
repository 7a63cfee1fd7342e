// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat
import SystemPackage

/// What all `create` commands do once they know the kind of media: create it, tell what was created.
struct CreateRun {
    let content: ContentOptions
    /// The site that is asked; nil for a kind of media that knows none.
    var site: SiteOptions?
    /// Whether what was made is noted.
    let ledger: LedgerChoice
    let output: any OutputChoice
    let drive: DriveOptions
    let program: ProgramOptions

    /// Makes media of the kind that `kind` says, as `configure` says.
    ///
    /// The options become a request only here, so that what is wrong with them is told and logged as any error is.
    func run(
        _ type: MediaType, _ kind: @escaping (SiteCompletion?) throws -> MediaKind,
        _ configure: @escaping (inout MediaRequest, SiteCompletion?) throws -> Void
    ) throws {
        let servers = try content.servers.input().access()
        let completion = try site?.completion(servers)
        let hasPoints = !content.distributionPoints.isEmpty
        let access = drive.access(overwrites: output.force)
        let observer = ConsoleObserver()
        let creation = MediaCreation(
            title: "create \(type.title) \(output.name)", output: output.outputPath.map { FilePath($0) },
            access: access, observer: observer
        ) {
            var request = try output.request(try kind(completion), drives: try access.drives(output.usb))
            try configure(&request, completion)
            try completion?.complete(&request, hasDistributionPoints: hasPoints)
            return request
        }
        let created = try content.run(creation, isDryRun: output.dryRun, program, servers)
        if !output.dryRun { ledger.record(created.plan, created.outcomes, content) }
        let report = PlanReport(created.plan, outcomes: created.outcomes)
        try program.json ? report.printJSON() : report.printText(isDryRun: output.dryRun, listsFiles: output.listFiles)
        try Self.requireSuccess(created.outcomes ?? [])
    }

    /// Tells of each drive that failed; the exit code is that of the first.
    private static func requireSuccess(_ outcomes: [DriveOutcome]) throws {
        let failures = outcomes.compactMap(\.failure)
        guard let last = failures.last else { return }
        // What is thrown is told by the program; of several failures all but that one are told here.
        for failure in failures.dropLast() { Console.shared.error(failure) }
        throw last
    }
}
