// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import Glibc
import MediaBuilder
import Servers
import Support
import SystemPackage

extension ContentOptions {
    /// Where content comes from, and what this machine gives.
    ///
    /// - Parameter access: how servers are asked; read from the options where nobody did yet, once: a password may come from
    ///   standard input.
    func settings(_ program: ProgramOptions, _ access: ServerAccess? = nil) throws -> BuildSettings {
        let access = try access ?? servers.input().access()
        var settings = BuildSettings(
            DistributionPoints.ofProgram(access, prefersOrder: servers.preferOrder), access: access)
        settings.otherSources = servers.files
        settings.distributionPoints = distributionPoints
        if let store { settings.store = FilePath(store) }
        settings.rehashes = rehash
        settings.stagingFolder = stagingFolder.map { FilePath($0) }
        if let jobs { settings.workerCount = try FieldValue.threadCount(jobs) }
        settings.sourceDate = getenv("SOURCE_DATE_EPOCH").map { String(cString: $0) }
        settings.log = program.log
        return settings
    }

    /// Does `work`, and tells how it goes.
    func run<Work: BuildWork>(
        _ work: Work, isDryRun: Bool, _ program: ProgramOptions, observer: ConsoleObserver = ConsoleObserver()
    ) throws -> Work.Outcome {
        try run(work, try settings(program), isDryRun: isDryRun, program, observer: observer)
    }

    /// Does `work` with `settings`, and tells how it goes.
    func run<Work: BuildWork>(
        _ work: Work, _ settings: BuildSettings, isDryRun: Bool, _ program: ProgramOptions,
        observer: ConsoleObserver = ConsoleObserver()
    ) throws -> Work.Outcome {
        try MediaBuild(settings, observer: observer, isDryRun: isDryRun, openLog: program.start).run(work)
    }
}

/// Tells how a build goes on the console.
struct ConsoleObserver: BuildObserver {
    /// What came from servers.
    let servers = ServerReports()

    var progress: any ProgressObserver { Console.shared }
    var interruption: Interruption { Signals.interruption }

    func warning(_ text: DiagnosticText) { Console.shared.warning(text) }
    func note(_ text: DiagnosticText) { Console.shared.note(text) }
    func ended(_ served: [ServedContent]) { servers.add(served) }
}
