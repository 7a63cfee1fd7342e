// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import MediaFormat
import SystemPackage

/// What all `create` commands do once it is known what is asked for: create it, tell what was created.
struct CreateRun {
    let asked: AskedMedia
    let program: ProgramOptions

    /// Makes the media.
    func run() throws {
        let (content, output, drive) = (asked.content, asked.output, asked.drive)
        if output.usb.isEmpty, drive.unmount {
            throw ValidationError("--unmount is for drives, and no --usb names one; leave it out")
        }
        let servers = try content.servers.input().access()
        let completion = try asked.site?.completion(servers)
        let access = drive.access(overwrites: output.force)
        let observer = ConsoleObserver()
        var settings = try content.settings(program, servers)
        let share = try output.outputPath.flatMap { path in
            try ShareOutput.takes(path)
                ? ShareOutput(
                    path, access: settings.access, staging: settings.stagingFolder, replacesExisting: output.force,
                    verifies: access.verifies) : nil
        }
        let beside = output.besideOutput + (asked.provenance.provenance == nil ? [] : ["--provenance"])
        if share != nil, let option = beside.first {
            throw ValidationError("\(option) is for files of this computer, and --output is on a share; leave it out")
        }
        let path = share?.localPath ?? output.outputPath.map { FilePath($0) }
        if let share { settings.stagingFolder = share.stagingFolder }
        let creation = MediaCreation(
            title: "create \(asked.type.title) \(output.name)", output: path, access: access, observer: observer
        ) {
            try asked.request(AskedServers(site: completion, access: servers), path: path, access)
        }
        let created =
            try share.map {
                try content.run(
                    SharedCreation(creation, $0, from: settings.distributionPoints, observer: observer), settings,
                    isDryRun: output.dryRun, program, observer: observer)
            }
            ?? content.run(creation, settings, isDryRun: output.dryRun, program, observer: observer)
        func name(_ output: FilePath) -> String { share?.name(of: output) ?? output.string }
        if !output.dryRun {
            asked.ledger.record(created.plan, created.outcomes, content, place: share.map { $0.name(of:) })
        }
        let registered = try completion.flatMap { try register(created, at: $0, name) }
        let report = PlanReport(
            created.plan, outcomes: created.outcomes, servers: observer.servers.all, registration: registered?.report,
            name: name)
        try StandardOutput.afterWriting(output.dryRun ? nil : "the media is written and whole") {
            try program.json
                ? report.printJSON() : report.printText(isDryRun: output.dryRun, listsFiles: output.listFiles)
        }
        try Self.requireSuccess(created.outcomes ?? [])
        if let failure = registered?.failure { throw failure }
    }

    /// Tells the site of the certificate of media that is whole, where that was asked for; nil where there is nothing to
    /// tell.
    private func register(
        _ created: CreatedMedia, at site: SiteCompletion, _ name: (FilePath) -> String
    ) throws -> CertificateRegistration.Outcome? {
        guard let record = created.plan.registration else { return nil }
        let drive = created.outcomes?.first { $0.failure == nil }?.drive.node.string
        // Nothing is whole where every drive failed.
        if created.outcomes != nil, drive == nil { return nil }
        return try CertificateRegistration(site.service, isDryRun: asked.output.dryRun)
            .register(record, on: drive ?? created.plan.volumes.first.map { name($0.output) } ?? "")
    }

    /// Tells of each drive that failed; the exit code is that of the first.
    static func requireSuccess(_ outcomes: [DriveOutcome]) throws {
        let failures = outcomes.compactMap(\.failure)
        guard let last = failures.last else { return }
        // What is thrown is told by the program; of several failures all but that one are told here.
        for failure in failures.dropLast() { Console.shared.error(failure) }
        throw last
    }
}
