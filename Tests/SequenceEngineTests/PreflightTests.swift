// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport
import Testing

@testable import SequenceEngine

private typealias R = RunningSequence

@Suite("what speaks against a task sequence before anything is written")
struct PreflightTests {
    @Test("all that is wrong is told at once, with the step and a remedy")
    func all() throws {
        let run = try R(
            R.step("Users", "CaptureUserState") + R.command("Windows", "cmd.exe /c dir C:\\\\")
                + R.command("Missing", "frobnicate --all")
                + R.set("_SMSTSInWinPE", "false") + R.command("Fine", "echo ok")
                + R.step("Package", "RunCommandLine", [("CommandLine", "sh install.sh"), ("PackageID", "ABC00099")]))
        let findings = try run.findings()
        #expect(findings.map(\.step) == ["Users", "Windows", "Missing", "Set _SMSTSInWinPE", "Package"])
        #expect(findings.allSatisfy { !$0.remedy.description.isEmpty })
        #expect(findings[4].problem.description.contains("ABC00099"))
    }

    @Test("what a certain condition keeps from running is not looked at, and what a variable may still allow is")
    func conditions() throws {
        let run = try R(
            R.command("Never", "cmd.exe", condition: R.variable("_SMSTSInWinPE", "equals", "false"))
                + R.set("Later", "1") + R.command("Maybe", "cmd.exe", condition: R.variable("Later", "exists"))
                + R.command("Guarded", "cmd.exe", condition: R.variable("_TSMediaEngine", "notExists")),
            variables: ["_SMSTSInWinPE": "true", "_TSMediaEngine": "true"])
        #expect(try run.findings().map(\.step) == ["Maybe"])
    }

    @Test("a condition that can never be asked is told")
    func unanswerable() throws {
        let query =
            "<expression type=\"SMS_TaskSequence_WMIConditionExpression\"><variable name=\"Namespace\">root\\cimv2</variable>"
            + "<variable name=\"Query\">SELECT * FROM Win32_Service</variable></expression>"
        let run = try R(R.command("Asks", "echo", condition: query))
        let findings = try run.findings()
        #expect(findings.map(\.step) == ["Asks"])
        #expect(findings.first?.problem.description.contains("Win32_Service") == true)
    }
}
