// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import TSMediaTestSupport
import TaskSequence
import Testing

@Suite("lint")
struct LintTests {
    private typealias F = LintFixture

    @Test(
        "a condition that rules stand-alone media out guards the step",
        arguments: [
            F.guardExpression, F.condition("_smstsmediatype", "NotEquals", "fullmedia"),
            F.condition("_SMSTSMediaType", "equals", "BootMedia"), F.condition("_SMSTSMediaType", "notExists"),
            F.condition("A", "equals", "1") + F.guardExpression,
            F.operation("and", F.condition("A", "equals", "1"), F.guardExpression),
            F.operation("not", F.condition("_SMSTSMediaType", "equals", "FullMedia")),
            F.operation("or", F.guardExpression, F.condition("_SMSTSMediaType", "equals", "PXE")),
            F.condition("_SMSTSLaunchMode", "equals", "SMS"), F.condition("_SMSTSClientGUID", "exists"),
            F.condition("_SMSTSAdvertID", "equals", "ABC20001"), F.condition("_SMSTSStandAloneMedia", "notExists"),
            F.condition("_SMSTSPackageID", "notEquals", "INMEM_TS"),
        ])
    func guards(condition: String) throws {
        for bare in [false, true] {
            let step = F.step("AutoApplyAction", condition: bare ? condition : "")
            let items = F.applySystem + (bare ? step : F.group(F.group(step), condition: condition))
            #expect(try !F.rules(items).contains("standalone-auto-apply-drivers"), "\(bare)")
        }
    }

    @Test("a guard with an operator in other capitals guards, and its spelling is reported where it stands")
    func guardSpelling() throws {
        let condition = F.condition("_SMSTSMediaType", "NotEquals", "FullMedia")
        let findings = try F.findings(F.applySystem + F.group(F.step("AutoApplyAction"), condition: condition))
        #expect(findings.map(\.rule.id) == ["condition-operator-spelling"])
        #expect(findings.map(\.path) == [["G"]])
        #expect(findings.first?.stepType == nil && findings.first?.location != nil)
        // What never runs is not looked at.
        let inner = F.group(F.group(F.step("AutoApplyAction"), condition: condition), condition: F.guardExpression)
        #expect(try F.rules(F.applySystem + inner).isEmpty)
    }

    @Test(
        "a condition that does not rule it out guards nothing",
        arguments: [
            F.operation("or", F.guardExpression, F.condition("A", "equals", "1")),
            F.operation("not", F.guardExpression), F.condition("_SMSTSMediaType", "equals", "FullMedia"),
            F.condition("_SMSTSMediaType", "notEquals", "OEMMedia"),
            F.condition("_SMSTSLaunchMode", "equals", "CD"), F.condition("_SMSTSLaunchMode", "notEquals", "SMS"),
            F.condition("_SMSTSClientGUID", "notExists"), F.condition("_SMSTSClientGUID", "equals", ""),
            F.condition("_SMSTSStandAloneMedia", "equals", "true"), F.operation("or"), F.operation("not"),
            F.condition("_SMSTSMediaType", "notEquals", "%X%"), F.condition("A", "notEquals", "FullMedia"),
            "<osConditionGroup type=\"or\">\(F.guardExpression)</osConditionGroup>",
        ])
    func guardsNothing(condition: String) throws {
        let items = F.applySystem + F.step("AutoApplyAction", condition: condition)
        #expect(try F.rules(items) == ["standalone-auto-apply-drivers"])
    }

    @Test("stand-alone rules are errors for stand-alone media, notes for nothing in particular, else nothing")
    func purposes() throws {
        let items = F.applySystem + F.step("AutoApplyAction")
        #expect(try F.findings(items).map(\.severity) == [.error])
        #expect(try F.findings(items, for: nil).map(\.severity) == [.note])
        #expect(try F.rules(items, for: .bootable).isEmpty)
    }

    @Test("build and capture as the wizard makes it has no finding")
    func buildAndCapture() throws {
        let notPrestaged = F.condition("_SMSTSMediaType", "notEquals", "OEMMedia")
        func disk(_ style: String, _ uefi: String, _ first: String) -> String {
            F.step(
                "PartitionDiskAction",
                [
                    ("DiskIndex", "0"), ("PartitionStyle", style), ("GPTBootDisk", style == "GPT" ? "true" : "false"),
                    ("Partitions", "3"), ("Partitions0Type", first), ("Partitions0Size", "500"),
                    ("Partitions0SizeUnits", "MB"), ("Partitions1Type", "PRIMARY"), ("Partitions1Size", "99"),
                    ("Partitions1SizeUnits", "PERCENT"), ("Partitions2Type", "RECOVERY"), ("Partitions2Size", "100"),
                    ("Partitions2SizeUnits", "PERCENT"),
                ], runIn: "WinPE", condition: notPrestaged + F.condition("_SMSTSBootUEFI", uefi, "true"))
        }
        let items =
            F.step("RebootAction", [("Target", "WinPE")], condition: F.condition("_SMSTSInWinPE", "equals", "false"))
            + disk("MBR", "notEquals", "PRIMARY") + disk("GPT", "equals", "EFI") + F.applySystem
            + F.step("ApplyWindowsSettingsAction", runIn: "WinPE")
            + F.step("ApplyNetworkSettingsAction", [("NetworkJoinType", "1")], runIn: "WinPE")
            + F.step(
                "AutoApplyAction", [("UnsignedDriver", "false")], runIn: "WinPE", condition: F.guardExpression)
            + F.setup + F.step("InstallUpdateAction", runIn: "FullOS", condition: F.guardExpression)
            + F.step("PrepareSMSClientAction", runIn: "FullOS") + F.step("PrepareOSAction", runIn: "FullOS")
            + F.step("CaptureSystemImageAction", runIn: "WinPE")
        for purpose in [nil, LintPurpose.standalone, .capture, .bootable, .prestaged] {
            #expect(try F.rules(items, for: purpose).isEmpty, "\(String(describing: purpose))")
        }
    }

    @Test("a condition on Windows PE is followed through restarts")
    func followsRestarts() throws {
        let inFull = F.condition("_SMSTSInWinPE", "equals", "false")
        let winPE = F.step("ApplyWindowsSettingsAction", runIn: "WinPE")
        let restart = [("Target", "WinPE")]
        // Certain to restart: the step is at its place.
        #expect(
            try F.rules(F.applySystem + F.setup + F.step("RebootAction", restart, condition: inFull) + winPE).isEmpty)
        // May restart: not certain to be misplaced.
        let perhaps = F.condition("A", "exists")
        #expect(
            try F.rules(F.applySystem + F.setup + F.step("RebootAction", restart, condition: perhaps) + winPE).isEmpty)
        // Never restarts.
        let never = F.condition("_SMSTSInWinPE", "equals", "True")
        #expect(
            try F.rules(F.applySystem + F.setup + F.step("RebootAction", restart, condition: never) + winPE)
                == ["winpe-step-in-full-os"])
        // Runs in Windows PE only when that is running.
        let guarded = F.step("ApplyWindowsSettingsAction", runIn: "WinPE", condition: never)
        #expect(try F.rules(F.applySystem + F.setup + guarded).isEmpty)
    }

    @Test("a child that is called again, or is not in the file, may restart: what follows is not certain")
    func childrenThatRestart() throws {
        let folder = try TestFolder()
        let winPE = F.step("ApplyWindowsSettingsAction", runIn: "WinPE")
        func export(_ calls: String...) throws -> [String] {
            let path = try SequenceFixture.writeExport(
                [
                    (
                        "ABC00031",
                        SequenceFixture.object("ABC00031", try F.sequence(calls.joined()), bootImage: "ABC00005")
                    ),
                    (
                        "ABC00032",
                        SequenceFixture.object(
                            "ABC00032", try F.sequence(F.step("RebootAction", [("Target", "WinPE")])), name: "Restart")
                    ),
                ], in: folder)
            return SequenceLinter(purpose: nil).lint(try TaskSequenceFile.read(path)).map(\.rule.id)
        }
        func call(_ id: String) -> String { F.step("SubTasksequence", [("TsPackageID", id)]) }
        let system = F.applySystem + F.setup
        #expect(try export(call("ABC00032"), system, winPE) == ["winpe-step-in-full-os"])
        #expect(try export(call("ABC00032"), system, call("ABC00032"), winPE).isEmpty)
        #expect(try export(call("ABC00032"), system, call("ABC00099"), winPE) == ["reference-child-missing"])
    }

    @Test("a child that is called behind a guard and then without one is looked at where it runs")
    func childBehindGuard() throws {
        let folder = try TestFolder()
        let secret = F.step("SetVariableAction", [("VariableName", "Password"), ("VariableValue", "Secret1")])
        func lint(_ calls: String...) throws -> [String] {
            let path = try SequenceFixture.writeExport(
                [
                    ("ABC00051", SequenceFixture.object("ABC00051", try F.sequence(F.applySystem + calls.joined()))),
                    (
                        "ABC00052",
                        SequenceFixture.object(
                            "ABC00052", try F.sequence(F.step("AutoApplyAction") + secret), name: "Child")
                    ),
                ], in: folder)
            return SequenceLinter(purpose: .standalone).lint(try TaskSequenceFile.read(path)).map(\.rule.id)
        }
        func call(_ condition: String = "") -> String {
            F.step("SubTasksequence", [("TsPackageID", "ABC00052")], condition: condition)
        }
        #expect(try lint(call(F.guardExpression), call()) == ["standalone-auto-apply-drivers", "password-in-variable"])
        #expect(try lint(call(), call(F.guardExpression)) == ["standalone-auto-apply-drivers", "password-in-variable"])
        #expect(try lint(call(F.guardExpression), call(F.guardExpression)) == ["password-in-variable"])
    }

    @Test("a child that names a boot image is reported, the root is not")
    func childBootImage() throws {
        let folder = try TestFolder()
        func lint(_ bootImage: String) throws -> [LintFinding] {
            let root = try F.sequence(F.step("SubTasksequence", [("TsPackageID", "ABC00042")]))
            let path = try SequenceFixture.writeExport(
                [
                    ("ABC00041", SequenceFixture.object("ABC00041", root, bootImage: "ABC00005")),
                    (
                        "ABC00042",
                        SequenceFixture.object(
                            "ABC00042", try F.sequence(F.step("RunCommandLineAction")), name: "Child",
                            bootImage: bootImage)
                    ),
                ], in: folder)
            return SequenceLinter(purpose: .bootable).lint(try TaskSequenceFile.read(path))
        }
        let findings = try lint("ABC00006")
        #expect(findings.map(\.rule.id) == ["child-boot-image"])
        #expect(findings.first?.taskSequenceName == "Child" && findings.first?.path == [])
        #expect(try lint("").isEmpty && lint("00000000").isEmpty)
    }

    @Test("children are looked at where they run, with the conditions of the call; those in circles end")
    func children() throws {
        let folder = try TestFolder()
        func call(_ id: String, condition: String = "") -> String {
            F.step("SubTasksequence", [("TsPackageID", id)], name: "Call \(id)", condition: condition)
        }
        func export(_ condition: String) throws -> [LintFinding] {
            let path = try SequenceFixture.writeExport(
                [
                    (
                        "ABC00031",
                        SequenceFixture.object(
                            "ABC00031", try F.sequence(F.applySystem + call("ABC00032", condition: condition)))
                    ),
                    (
                        "ABC00032",
                        SequenceFixture.object(
                            "ABC00032", try F.sequence(F.step("AutoApplyAction") + call("ABC00031")), name: "Child")
                    ),
                ], in: folder)
            return SequenceLinter(purpose: .standalone).lint(try TaskSequenceFile.read(path))
        }
        let findings = try export("")
        #expect(findings.map(\.rule.id) == ["standalone-auto-apply-drivers"])
        #expect(findings.first?.taskSequenceName == "Child")
        #expect(try export(F.guardExpression).isEmpty)
    }

    @Test("a finding knows its path and its place")
    func place() throws {
        let found = try #require(try F.findings(F.applySystem + F.group(F.step("AutoApplyAction"))).first)
        #expect(found.path == ["G", "S"])
        #expect(found.pathDescription == "G / S")
        #expect(found.location != nil && found.taskSequenceID == "ABC00020")
    }

    @Test(
        "real task sequences have the findings that an administrator would agree with, and no others",
        .enabled(if: Samples.folder != nil, "there are no samples beside the repository"),
        arguments: [
            ("02-ModularOSD.zip", []), ("06-OSDCloudTaskSequence.zip", []),
            ("12-hub-GatherLight.sequence.xml", ["standalone-not-os-deployment"]),
            ("13-hub-SimpleTS2.sequence.xml", ["standalone-not-os-deployment"]),
            ("20-mdt-PSDClient.xml", ["toolkit-sequence"]), ("22-mdt-erikpt-001-ts.xml", ["toolkit-sequence"]),
        ] as [(String, [String])])
    func samples(name: String, rules: [String]) throws {
        let packages = try TaskSequenceFile.read(try Samples.path(name))
        for purpose in [nil] + LintPurpose.allCases.filter({ ![.tsengine, .prestagedTSEngine].contains($0) }) {
            let findings = SequenceLinter(purpose: purpose).lint(packages)
            let isStandalone = purpose == .standalone
            let expected = rules.filter { rule in
                rule == "toolkit-sequence" ? purpose != nil : isStandalone || purpose == nil
            }
            // None of them captures anything.
            let capture = purpose == .capture ? ["capture-without-capture-step"] : []
            #expect(findings.map(\.rule.id) == capture + expected, "\(String(describing: purpose))")
            #expect(findings.filter { $0.severity == .error }.map(\.rule.id) == capture)
        }
    }

    @Test("MDT's file is called what it is, once")
    func toolkit() throws {
        let xml =
            "<sequence version=\"3.00\" name=\"T\" description=\"\"><step name=\"x\"><condition>"
            + F.condition("A", "Equals", "1") + "</condition><action>x</action></step></sequence>"
        let package = try TaskSequencePackage(xml: Array(xml.utf8), source: "ts.xml", stem: "ts")
        #expect(SequenceLinter(purpose: .standalone).lint(package).map(\.rule.id) == ["toolkit-sequence"])
        #expect(SequenceLinter(purpose: nil).lint(package).isEmpty)
    }
}
