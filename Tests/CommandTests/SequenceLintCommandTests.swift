// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("tsmedia sequence lint, and what create makes of it")
struct SequenceLintCommandTests {
    private typealias Variation = SequenceVariation

    private let session: CommandSession
    private static let drivers = Variation.step("AutoApplyAction", "Apply Drivers")
    private static let guardedDrivers = Variation.step(
        "AutoApplyAction", "Apply Drivers", condition: Variation.mediaGuard)

    init() throws { session = try CommandSession() }

    private func lint(_ file: FilePath, _ more: String...) throws -> ProgramResult {
        try session.run(["sequence", "lint", file.string] + more)
    }

    // MARK: Findings

    @Test("a good task sequence has no findings, for any media", arguments: ["standalone", "bootable", "prestaged"])
    func clean(purpose: String) throws {
        let result = try lint(session.demo.taskSequenceExport, "--for", purpose)
        // The demo partitions without a guard, which matters to prestaged media only.
        let isPrestaged = purpose == "prestaged"
        #expect(result.status == (isPrestaged ? 65 : 0), "\(result.errorText)")
        #expect(
            result.output.hasSuffix("\(isPrestaged ? 1 : 0) error\(isPrestaged ? "" : "s"), 0 warnings and 0 notes\n"))
        #expect(result.errorText.isEmpty == !isPrestaged)
        #expect(result.output.contains("prestaged-partition-disk") == isPrestaged)
    }

    @Test("an error has its rule, path, place, reason and remedy, and ends with 65")
    func findsErrors() throws {
        let file = try Variation.write(Self.drivers, of: session)
        let result = try lint(file, "--for", "standalone")
        #expect(result.status == 65)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.contains("  error standalone-auto-apply-drivers: Further / Apply Drivers"))
        #expect(lines.contains { $0.hasPrefix("    what: looks for drivers at the site (\(file):1:") })
        #expect(lines.contains { $0.hasPrefix("    why:  the step asks the site's driver catalog") })
        #expect(lines.contains { $0.hasPrefix("    mend: use an Apply Driver Package step") })
        #expect(lines.last == "1 error, 0 warnings and 0 notes")
        #expect(result.errorText == "error: \(file) has 1 error, 0 warnings and 0 notes; mend the errors\n")
    }

    @Test("the same is a note without --for, nothing for other media, and nothing behind a guard")
    func purposes() throws {
        let bare = try Variation.write(Self.drivers, of: session)
        let note = try lint(bare)
        #expect(note.status == 0 && note.output.contains("  note standalone-auto-apply-drivers: Further / Apply"))
        #expect(try lint(bare, "--for", "bootable").output == "0 errors, 0 warnings and 0 notes\n")
        let guarded = try Variation.write(Self.guardedDrivers, of: session, to: "guarded.xml")
        #expect(try lint(guarded, "--for", "standalone").output == "0 errors, 0 warnings and 0 notes\n")
        let capture = try lint(guarded, "--for", "capture")
        #expect(
            capture.status == 65 && capture.output.contains("error capture-without-capture-step: the task sequence"))
    }

    @Test("--json prints one document with the keys of the documentation, with errors too")
    func json() throws {
        let steps = Self.drivers + Variation.step("RunCommandLineAction", "Run", action: "x.exe /password:Secret1")
        let file = try Variation.write(steps, of: session)
        let result = try lint(file, "--for", "standalone", "--json")
        #expect(result.status == 65)
        let report = try JSONValue(parsing: result.output)
        #expect(report.keys == ["file", "for", "findings", "errorCount", "warningCount", "noteCount"])
        #expect(report["for"].text == "standalone" && report["errorCount"].number == 1)
        let finding = try #require(report.findings.elements.first)
        #expect(
            finding.keys == [
                "rule", "severity", "taskSequence", "path", "step", "stepType", "source", "line", "column", "problem",
                "reason", "remedy",
            ])
        #expect(finding.path.elements.map(\.text) == ["Further", "Apply Drivers"])
        #expect(finding.stepType.text == "SMS_TaskSequence_AutoApplyAction" && finding.line.number == 1)
        #expect(
            report.findings.elements.map(\.rule.text) == ["standalone-auto-apply-drivers", "password-in-command-line"])
        #expect(!result.output.contains("Secret1"))
    }

    @Test("--task-sequence-id looks at one of several; without it all are looked at")
    func chooses() throws {
        for (id, type) in [("ABC00031", "AutoApplyAction"), ("ABC00032", "InstallUpdateAction")] {
            let sequence = "<sequence version=\"3.10\">\(Variation.step(type, type))</sequence>"
            let object = """
                <INSTANCE CLASSNAME="SMS_TaskSequencePackage"><PROPERTY NAME="PackageID"><VALUE>\(id)</VALUE></PROPERTY>\
                <PROPERTY NAME="Name"><VALUE>\(id)</VALUE></PROPERTY><PROPERTY NAME="Sequence"><VALUE>\
                <![CDATA[\(sequence)]]></VALUE></PROPERTY></INSTANCE>
                """
            try session.work.write(object.utf8, to: "export/SMS_TaskSequencePackage/\(id)/object.xml")
        }
        let export = session.work.appending("export")
        let all = try lint(export, "--for", "standalone").output
        #expect(all.contains("standalone-auto-apply-drivers") && all.contains("standalone-software-updates"))
        let one = try lint(export, "--for", "standalone", "--task-sequence-id", "ABC00032").output
        #expect(!one.contains("standalone-auto-apply-drivers") && one.contains("standalone-software-updates"))
        #expect(try lint(export, "--task-sequence-id", "ABC00099").status == 66)
    }

    @Test("a catalog tells what is dangling")
    func dangling() throws {
        let catalog = try session.work.write(
            "packages:\n  - {id: ABC00010, name: Windows}\n".utf8, to: "site.yaml")
        let result = try lint(session.demo.taskSequenceExport, "--catalog", catalog.string)
        #expect(result.status == 0 && result.output.contains("warning reference-unknown: "))
        #expect(result.output.contains("names ABC00012, which is not in the catalog"))
        #expect(!result.output.contains("names ABC00010"))
    }

    // MARK: Bad input

    @Test("wrong options end with 64, what is not there with 66, what cannot be read with 65 and its place")
    func badInput() throws {
        let export = session.demo.taskSequenceExport
        #expect(try lint(export, "--for", "usb").status == 64)
        #expect(try session.run(["sequence", "lint"]).status == 64)
        #expect(try lint(session.work.appending("gone.xml")).status == 66)
        #expect(try lint(export, "--catalog", "gone.yaml").status == 66)
        let cut = try session.work.write("<sequence version=\"3.10\">\n  <group name=\"a\">".utf8, to: "cut.xml")
        let result = try lint(cut)
        #expect(result.status == 65 && result.output.isEmpty)
        #expect(result.errorText.contains("cut.xml:2:"), "\(result.errorText)")
    }

    // MARK: create

    private func create(_ file: FilePath, _ more: [String] = []) throws -> ProgramResult {
        try session.run(
            [
                "create", "standalone", "--distribution-point", session.library.string, "--store", session.store.string,
                "--boot-image", DemoSite.bootImage, "--task-sequence", file.string, "--output", "media.iso",
            ] + Variation.catalog(of: session) + more)
    }

    @Test("create standalone stops at errors before anything is written, dry runs too", arguments: [[], ["--dry-run"]])
    func createStops(options: [String]) throws {
        let file = try Variation.write(
            Self.drivers + Variation.step("InstallUpdateAction", "Install Updates"), of: session)
        for json in [[], ["--json"]] {
            let result = try create(file, options + json)
            #expect(result.status == 65, "\(result.errorText)")
            #expect(result.output.isEmpty)
            #expect(result.failure.contains("'Further / Apply Drivers' looks for drivers at the site"))
            #expect(result.failure.contains("(standalone-software-updates)"))
            #expect(result.failure.contains("tsmedia sequence lint --for standalone \(file)"))
            #expect(try session.outputs() == [])
        }
    }

    @Test("create standalone shows warnings, in the plan too, and goes on")
    func createWarns() throws {
        let steps =
            Self.guardedDrivers
            + Variation.step("SetVariableAction", "Assign", ["VariableName": "SMSTSUDAUsers", "VariableValue": "a"])
        let file = try Variation.write(steps, of: session)
        let plan = try create(file, ["--dry-run", "--json"])
        #expect(plan.status == 0, "\(plan.errorText)")
        let warnings = try JSONValue(parsing: plan.output).warnings.elements.compactMap(\.text)
        #expect(warnings.contains { $0.contains("Further / Assign") && $0.contains("standalone-user-device-affinity") })
        #expect(!warnings.contains { $0.contains("standalone-auto-apply-drivers") })
        let made = try create(file)
        #expect(made.status == 0 && made.errorText.contains("standalone-user-device-affinity"))
        #expect(try session.outputs() == ["media.iso"])
    }
}
