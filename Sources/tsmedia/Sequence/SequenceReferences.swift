// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import DistributionPoints
import MediaBuilder
import Support
import SystemPackage
import TaskSequence

/// `tsmedia sequence references`.
struct SequenceReferences: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "references",
        abstract: "List what stand-alone media with a task sequence needs, why, and what is missing.",
        discussion: "Exits 66 when something is missing. create standalone needs exactly the same.",
        required: "<file>",
        examples: [
            #"tsmedia sequence references "Windows 11.zip" \"#,
            #"    --distribution-point /srv/SCCMContentLib"#,
        ])

    @Argument(
        help: "Task sequence: the console's export zip, its unzipped folder, or an XML file.", completion: .file())
    var file: String

    @OptionGroup var choice: TaskSequenceChoice

    @Option(
        name: .customLong("distribution-point"),
        help: ArgumentHelp(
            "Distribution point to look for the content on: the path of an SCCMContentLib folder, http://host or https://host"
                + " (repeatable).",
            valueName: "location"), completion: .directory)
    var distributionPoints: [String] = []

    @OptionGroup(title: "Further content") var further: FurtherContentOptions
    @OptionGroup(title: "Servers") var servers: ServerOptions
    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        let logger = try program.start("sequence references \(file)", RunFiles(reading: servers.files.map(\.string)))
        let root = try TaskSequenceFile.read(FilePath(file)).chosen(id: choice.taskSequenceID)
        let content = try further.sequence()
        let required = RequiredContent(
            of: root, catalog: content.catalog,
            request: RequiredContent.Request(
                applications: content.applications, packages: content.additionalPackages.map(\.description),
                includesApplicationDependencies: content.includesApplicationDependencies))
        let points =
            try distributionPoints.isEmpty
            ? nil
            : DistributionPoints.ofProgram(servers).open(
                locations: distributionPoints, store: ContentStore(folder: ContentStore.defaultFolder),
                interruption: Signals.interruption, progress: Console.shared)
        defer { for warning in points?.takeWarnings() ?? [] { Console.shared.warning(warning) } }
        let report = try ReferencesReport(file: file, root, required) { item in
            try points.map { try ContentAvailability(of: item, on: $0) }
        }
        logger.info("\(file): \(report.items.count) packages and applications, \(report.missing.count) missing")
        if program.json {
            try StandardOutput.printJSON(report)
        } else {
            for line in report.lines { try StandardOutput.print(line) }
            for problem in report.problems where !problem.isError { Console.shared.warning(problem.text) }
            for problem in report.problems where problem.isError { Console.shared.error(problem.text) }
        }
        guard report.missing.isEmpty else {
            let isMalformed = required.problems.contains { $0.code == .malformedIdentifier }
            throw MissingContent(
                file: file, missing: report.missing, failureClass: isMalformed ? .malformed : .notFound)
        }
    }

    /// Ends the command with 66 when something is missing.
    private struct MissingContent: DiagnosticError {
        let file: String
        let missing: [String]
        let failureClass: FailureClass
        var object: DiagnosticText { DiagnosticText(file) }
        var problem: DiagnosticText { "needs \(missing.count) that are missing: \(missing.joined(separator: ", "))" }
        var nextStep: DiagnosticText? { "distribute or export them, or add --distribution-point or --catalog" }
    }
}
