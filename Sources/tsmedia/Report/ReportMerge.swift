// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import FoundationEssentials
import MediaBuilder
import Support
import SystemPackage

/// `tsmedia report`: reports of builds.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Put reports of builds together.", subcommands: [ReportMerge.self])
}

/// `tsmedia report merge`: one report of those of many computers.
struct ReportMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "merge",
        abstract: "Make one report of those of all parts of a manifest, and tell what is missing.",
        discussion: """
            Of media that several reports have the last one counts. It ends as the build of all would: with the code of the first \
            failure, and with 65 where media is in none of the reports.
            """,
        required: "reports of tsmedia build --report",
        examples: ["tsmedia report merge reports/*.json --junit results.xml"])

    @Argument(
        help: ArgumentHelp("Reports that tsmedia build wrote.", valueName: "report.json"),
        completion: .file(extensions: ["json"]))
    var reports: [String]

    @OptionGroup var files: ReportFiles

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func validate() throws {
        for path in reports { try ForeignPath.refuse(path, "the report") }
    }

    func run() throws {
        var run = RunFiles(reading: reports)
        for path in files.paths { run.write(path) }
        _ = try program.start("report merge", run)
        try run.check()
        try files.prepare()
        let merged = try BuildReport(merging: reports.map { (FilePath($0), try BuildReport(FilePath($0))) })
        try files.write(merged)
        try merged.print(asJSON: program.json)
        if merged.counts.missing > 0 {
            throw ReportError(
                object: "the reports", problem: "lack \(merged.counts.missing) of \(merged.mediaCount) media",
                nextStep: "build the parts whose reports are missing, or which were ended, again")
        }
        if let code = merged.media.compactMap(\.exitCode).first { throw ToldFailure(exitCode: code) }
    }
}

/// Why reports cannot be put together.
struct ReportError: DiagnosticError {
    let object: DiagnosticText
    let problem: DiagnosticText
    let nextStep: DiagnosticText?

    var failureClass: FailureClass { .malformed }
}

extension BuildReport {
    /// The most bytes of a report: ten thousand media with warnings.
    private static let byteLimit = 256 << 20

    /// Reads the report at `path`.
    ///
    /// - Throws: `FileError`; ``ReportError``.
    init(_ path: FilePath) throws {
        let bytes = try SmallFile.read(path, limit: Self.byteLimit)
        guard let report = try? JSONDecoder().decode(BuildReport.self, from: Data(bytes)) else {
            throw ReportError(
                object: "report \(path)", problem: "is none of tsmedia build",
                nextStep: "name files that --report or --json of a build wrote")
        }
        self = report
    }

    /// One report of `reports`, which are of one manifest.
    ///
    /// - Throws: ``ReportError``.
    init(merging reports: [(path: FilePath, report: BuildReport)]) throws {
        guard let first = reports.first else {
            throw ReportError(object: "the reports", problem: "are none", nextStep: "name some")
        }
        func total(_ report: BuildReport) -> Int { report.shard?.mediaCount ?? report.mediaCount }
        for other in reports.dropFirst() where total(other.report) != total(first.report) {
            throw ReportError(
                object: "report \(other.path)",
                problem: "is of \(total(other.report)) media, and \(first.path) of \(total(first.report))",
                nextStep: "name reports of one manifest, all of them after it was changed last")
        }
        var media: [String: Media] = [:]
        for one in reports.flatMap(\.report.media) { media[one.name] = one }
        var servers: [ServerReport] = []
        for server in reports.flatMap(\.report.servers) {
            if let index = servers.firstIndex(where: { $0.location == server.location }) {
                servers[index] = servers[index].adding(server)
            } else {
                servers.append(server)
            }
        }
        self.init(
            manifest: first.report.manifest, shard: nil, mediaCount: total(first.report),
            media: media.values.sorted { ($0.number, $0.name) < ($1.number, $1.name) }, servers: servers)
    }
}
