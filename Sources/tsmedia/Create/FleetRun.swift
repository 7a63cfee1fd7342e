// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import SystemPackage

/// What `create prestaged --fleet` does: create a file for each model, tell what was created.
struct FleetRun {
    let content: ContentOptions
    /// The site that is asked.
    let site: SiteOptions
    /// Whether what was made is noted.
    let ledger: LedgerChoice
    let output: PrestagedOutputOptions
    let program: ProgramOptions

    /// Makes the files of the models in the file at `path` as `request` and the file say.
    func run(_ path: FilePath, memoryByteCount: Int, _ request: @escaping (AskedServers) throws -> FleetRequest)
        throws
    {
        let servers = try content.servers.input().access()
        let completion = try site.completion(servers)
        let hasPoints = !content.distributionPoints.isEmpty
        let creation = FleetCreation(
            path, in: FilePath(output.output ?? ""), replacesExisting: output.force,
            memoryByteCount: memoryByteCount, observer: ConsoleObserver(), site: completion,
            request: { try request(AskedServers(site: completion, access: servers)) },
            complete: { try completion?.complete(&$0, hasDistributionPoints: hasPoints) })
        let results = try content.run(
            creation, try content.settings(program, servers), isDryRun: output.dryRun, program)
        if !output.dryRun {
            for result in results where result.failure == nil { ledger.record(result.plan, nil, content) }
        }
        let registered = try register(results, completion)
        try FleetReport(results, registered.map { $0?.report }, isDryRun: output.dryRun).print(asJSON: program.json)
        if let failure = results.compactMap(\.failure).first { throw failure }
        let unregistered = registered.compactMap { $0?.failure }
        for failure in unregistered.dropLast() { Console.shared.error(failure) }
        if let last = unregistered.last { throw last }
    }

    /// Tells the site of the certificates of files that are whole, where that was asked for.
    private func register(
        _ results: [FleetResult], _ site: SiteCompletion?
    ) throws -> [CertificateRegistration.Outcome?] {
        let registration = site.map { CertificateRegistration($0.service, isDryRun: output.dryRun) }
        return try results.map { result in
            guard result.failure == nil, let registration, let record = result.plan.registration else { return nil }
            return try registration.register(record, on: result.plan.volumes.first?.output.string ?? "")
        }
    }
}
