// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SequenceTools
import Support
import SystemPackage
import TaskSequence

/// `tsmedia sequence lint`.
struct SequenceLint: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "lint",
        abstract: "Look for what a task sequence should not do.",
        discussion: """
            Exits 65 when it finds errors. Without --for, what concerns stand-alone media only is shown as a note.
            docs/linting.md explains every rule.
            """,
        required: "<file>",
        examples: [
            #"tsmedia sequence lint "Windows 11.zip" --for standalone"#
        ])

    @Argument(
        help: "Task sequence: the console's export zip, its unzipped folder, or an XML file.", completion: .file())
    var file: String

    @Option(name: .customLong("for"), help: "What the task sequence is to be used for.")
    var purpose: LintPurpose?

    @Option(
        name: .customLong("task-sequence-id"),
        help: "ID or name of the task sequence to look at, with its children (default: all in the file).")
    var taskSequenceID: String?

    @Option(
        help: ArgumentHelp("What the site knows about packages and applications.", valueName: "site.yaml"),
        completion: .file(extensions: ["yaml", "yml"]))
    var catalog: String?

    @OptionGroup(title: "Messages") var program: ProgramOptions

    func run() throws {
        let logger = try program.start("sequence lint \(file)")
        let packages = try TaskSequenceFile.read(FilePath(file))
        let linter = SequenceLinter(
            purpose: purpose, catalog: try catalog.map { try SiteCatalogFile.read(FilePath($0)) })
        let findings =
            try taskSequenceID.map { try linter.lint(packages.chosen(id: $0)) } ?? linter.lint(packages)
        let report = LintReport(file: file, purpose: purpose, findings)
        logger.info("\(file): \(report.summary)")
        if program.json {
            try StandardOutput.printJSON(report)
        } else {
            for line in report.lines { try StandardOutput.print(line) }
        }
        guard report.errorCount == 0 else { throw LintFailure(file: file, summary: report.summary) }
    }

    /// Ends the command with 65 when there are errors.
    private struct LintFailure: DiagnosticError {
        let file: String
        let summary: String
        var failureClass: FailureClass { .malformed }
        var object: DiagnosticText { DiagnosticText(file) }
        var problem: DiagnosticText { "has \(summary)" }
        var nextStep: DiagnosticText? { "mend the errors" }
    }
}

extension LintPurpose: ExpressibleByArgument {}

/// What `sequence lint` reports.
private struct LintReport: Encodable {
    struct Finding: Encodable {
        let rule: String
        let severity: String
        let taskSequence: NamedSequence
        let path: [String]
        let step: String?
        let stepType: String?
        let source: String
        let line: Int?
        let column: Int?
        let problem: String
        let reason: String
        let remedy: String

        init(_ finding: LintFinding) {
            rule = finding.rule.id
            severity = finding.severity.rawValue
            taskSequence = NamedSequence(id: finding.taskSequenceID, name: finding.taskSequenceName)
            path = finding.path
            step = finding.path.last
            stepType = finding.stepType
            source = finding.source
            line = finding.location?.line
            column = finding.location?.column
            problem = finding.problem
            reason = finding.rule.reason
            remedy = finding.rule.remedy
        }
    }

    let file: String
    let purpose: String?
    let findings: [Finding]
    let errorCount: Int
    let warningCount: Int
    let noteCount: Int

    private enum CodingKeys: String, CodingKey {
        case file, findings, errorCount, warningCount, noteCount
        case purpose = "for"
    }

    init(file: String, purpose: LintPurpose?, _ findings: [LintFinding]) {
        self.file = file
        self.purpose = purpose?.rawValue
        self.findings = findings.map(Finding.init)
        func count(_ severity: LintSeverity) -> Int { findings.count { $0.severity == severity } }
        errorCount = count(.error)
        warningCount = count(.warning)
        noteCount = count(.note)
    }

    /// `1 error, 2 warnings and 0 notes`.
    var summary: String {
        func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        return "\(count(errorCount, "error")), \(count(warningCount, "warning")) and \(count(noteCount, "note"))"
    }

    /// The findings in words, each task sequence under its name, then how many there are.
    var lines: [String] {
        var lines: [String] = []
        var current: NamedSequence?
        for finding in findings {
            if finding.taskSequence != current {
                if current != nil { lines.append("") }
                current = finding.taskSequence
                lines.append("\(finding.taskSequence.id.map { "\($0) " } ?? "")\(finding.taskSequence.name)".onOneLine)
            }
            let subject = finding.path.isEmpty ? "the task sequence" : finding.path.joined(separator: " / ")
            lines.append("  \(finding.severity) \(finding.rule): \(subject)".onOneLine)
            let place = finding.line.map { " (\(finding.source):\($0):\(finding.column ?? 1))" } ?? ""
            lines.append("    what: \(finding.problem)\(place)".onOneLine)
            lines.append("    why:  \(finding.reason)")
            lines.append("    mend: \(finding.remedy)")
        }
        return lines + (lines.isEmpty ? [] : [""]) + [summary]
    }
}
