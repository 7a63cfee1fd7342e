// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Servers
import Site
import Support
import Synchronization
import SystemPackage

/// What is wrong was told; only the exit code is left to say.
struct ToldFailure: Error {
    let exitCode: Int32
}

/// What `tsmedia build` does with the media that it shall build.
struct BuildRun {
    let manifest: FilePath
    let options: ManifestBuild.Options
    let record: FilePath?
    let files: ReportFiles
    let shard: Shard?
    let program: ProgramOptions

    /// Builds `media`, tells what became of it, and ends with the code of the first failure.
    func run(_ media: [ManifestMedia]) throws {
        let entries = try Self.checked(media) { media throws(ManifestEntryError) in try EntryRequest(media) }
        let plan = try BuildPlan(entries, program)
        let requests = try Self.checked(entries) { entry in try plan.request(of: entry) }
        let observer = ConsoleObserver()
        var options = options
        options.part = shard.map { ($0.index, $0.count) }
        let build = ManifestBuild(
            plan.settings, options,
            record: try BuildRecord(record ?? BuildRecord.defaultPath(of: manifest), of: manifest),
            observer: observer, openLog: program.start)
        let jobs = zip(entries, requests).enumerated().map { index, pair in
            ManifestBuild.Entry(
                BuildJob(
                    pair.1, name: pair.0.media.name, title: "media \(pair.0.media.name)", place: pair.0.media.place),
                group: plan.groups[index])
        }
        let reports = BuildReports(
            of: manifest, shard.map { .init($0, mediaCount: media.count) }, media, file: files.reportPath)
        let consequence = "what was told as built is whole, and nothing else was left; run it again for the rest"
        let results = try Interruption.explaining(consequence) {
            try build.run(
                jobs, of: manifest, writing: files.paths, didChoose: reports.choose
            ) { [keepers = entries.map(plan.keeper)] index, built in
                try keepers[index].keep(built)
            } didFinish: { index, result in
                Self.tell(result, media[index])
                reports.finish(index, result)
            }
        }
        var report = reports.report
        report.servers = observer.servers.all
        try files.write(report)
        let done = options.isDryRun ? nil : "what is listed as built is written and whole"
        try StandardOutput.afterWriting(done) { try report.print(asJSON: program.json) }
        if let failure = results.compactMap(\.failure).first {
            throw ToldFailure(exitCode: Self.exitCode(failure))
        }
    }

    /// What `transform` makes of all of `list`; of several that are wrong all are told.
    private static func checked<Element, Result>(
        _ list: [Element], _ transform: (Element) throws -> Result
    ) throws -> [Result] {
        var (results, failures) = ([Result](), [any Error]())
        for element in list {
            do {
                results.append(try transform(element))
            } catch let error as InterruptedError {
                throw error
            } catch {
                failures.append(error)
            }
        }
        guard let first = failures.first else { return results }
        for failure in failures { Console.shared.error(failure) }
        throw ToldFailure(exitCode: exitCode(first))
    }

    static func exitCode(_ failure: any Error) -> Int32 {
        ExitStatus.code(for: (failure as? any DiagnosticError)?.failureClass ?? .io)
    }

    private static func tell(_ result: EntryResult, _ media: ManifestMedia) {
        if let failure = result.failure { return Console.shared.error(ManifestEntryError(failure, in: media)) }
        if result.status == .built { Console.shared.note(DiagnosticText("media \(media.name) is built")) }
    }
}

/// With what settings media is built: whose are the same ask the same servers once.
private struct BuildPlan {
    /// The settings.
    private(set) var settings: [BuildSettings] = []
    /// Those of each media.
    private(set) var groups: [Int] = []
    private var servers: [AskedServers] = []
    private var numbers: [[String]: Int] = [:]

    init(_ entries: [EntryRequest], _ program: ProgramOptions) throws {
        for entry in entries {
            let key = entry.environmentKey
            if let known = numbers[key] {
                groups.append(known)
                continue
            }
            do {
                let content = entry.asked.content
                let access = try content.servers.input().access()
                servers.append(AskedServers(site: try entry.asked.site?.completion(access), access: access))
                settings.append(try content.settings(program, access))
            } catch let error as InterruptedError {
                throw error
            } catch let error as ValidationError {
                throw ManifestEntryError(usage: error.message, in: entry.media)
            } catch {
                throw ManifestEntryError(error, in: entry.media)
            }
            numbers[key] = settings.count - 1
            groups.append(settings.count - 1)
        }
    }

    private func servers(of entry: EntryRequest) -> AskedServers { servers[numbers[entry.environmentKey] ?? 0] }

    /// What is asked for.
    func request(of entry: EntryRequest) throws -> MediaRequest { try entry.request(servers(of: entry)) }

    /// Who is told of media that was built.
    func keeper(of entry: EntryRequest) -> BuiltMediaKeeper {
        BuiltMediaKeeper(
            ledger: entry.asked.ledger.ledger(entry.asked.content), service: servers(of: entry).site?.service)
    }
}

/// Who is told of media that was built: the ledger, and the site where that was asked for.
private struct BuiltMediaKeeper: Sendable {
    let ledger: Ledger?
    let service: AdminService?

    func keep(_ plan: MediaPlan) throws {
        if let ledger {
            LedgerChoice.change(ledger) { try $0.record(plan, at: FileIdentity.Instant.now.timestamp) }
        }
        guard let record = plan.registration, let service else { return }
        let outcome = try CertificateRegistration(service, isDryRun: false)
            .register(record, on: plan.volumes.first?.output.string ?? "")
        if let failure = outcome.failure { throw failure }
    }
}
