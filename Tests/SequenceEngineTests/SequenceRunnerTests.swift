// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TSMediaTestSupport
import Testing

@testable import SequenceEngine

private typealias R = RunningSequence

@Suite("running a task sequence")
struct SequenceRunnerTests {
    @Test("steps run in order, and conditions ask what earlier steps have set")
    func order() throws {
        let run = try R(
            R.set("A", "1") + R.command("Skipped", "exit 9", condition: R.variable("A", "equals", "2"))
                + R.command("Runs", "echo value %A%", condition: R.variable("A", "equals", "1"))
                + "<group name=\"Off\" description=\"\" disable=\"true\">" + R.command("Never", "exit 9") + "</group>"
                + R.command("Off too", "exit 9", attributes: "disable=\"true\"") + R.set("B", "%A%2"))
        #expect(try run.run() == false)
        #expect(run.session.variables["B"] == "12")
        let trace = try run.trace()
        #expect(trace.contains("value 1"))
        #expect(trace.contains("step 3 of 4 begins: 'Runs' (SMS_TaskSequence_RunCommandLineAction)"))
        #expect(trace.contains("step 'Skipped' is skipped: its condition does not hold"))
        #expect(!trace.contains { $0.contains("begins: 'Never'") || $0.contains("begins: 'Off too'") })
    }

    @Test("a failed step ends the sequence, and says step, cause and what to do")
    func failure() throws {
        let run = try R(R.command("Breaks", "exit 7") + R.set("After", "1"))
        let failure = #expect(throws: SequenceRunner.Failure.self) { try run.run() }
        #expect(failure?.step == "Breaks")
        #expect(failure?.description.contains("step 'Breaks' failed: its command ended with 7") == true)
        #expect(failure?.nextStep != nil)
        #expect(run.session.variables["After"] == nil)
        #expect(run.session.variables["_SMSTSLastActionRetCode"] == "7")
        #expect(run.session.variables["_SMSTSLastActionSucceeded"] == "false")
    }

    @Test("codes of the step's list are success")
    func successCodes() throws {
        let run = try R(R.command("Restart wanted", "exit 3", attributes: "successCodeList=\"0 3 3010\""))
        #expect(try run.run() == false)
        #expect(run.session.variables["_SMSTSLastActionRetCode"] == "3")
    }

    @Test("continue on error goes on behind the step, and behind the group without the rest of it")
    func continuing() throws {
        let run = try R(
            R.command("One", "exit 1", attributes: "continueOnError=\"true\"")
                + R.set("AfterStep", "%_SMSTSLastActionRetCode%")
                + "<group name=\"G\" description=\"\" continueOnError=\"true\">" + R.command("Two", "exit 2")
                + R.set("InGroup", "1")
                + "</group>" + R.set("AfterGroup", "%_SMSTSLastActionRetCode%"))
        #expect(try run.run() == false)
        #expect(run.session.variables["AfterStep"] == "1")
        #expect(run.session.variables["InGroup"] == nil)
        #expect(run.session.variables["AfterGroup"] == "2")
    }

    @Test("a step that takes too long is ended with all that it started")
    func timeout() throws {
        let run = try R(R.command("Slow", "sleep 321 &amp; sleep 321", attributes: "timeout=\"1\""))
        let failure = #expect(throws: SequenceRunner.Failure.self) { try run.run() }
        #expect(failure?.description.contains("took longer than the 1 seconds") == true)
        let (code, _) = try run.session.programs.run(
            "ps -e -o args | grep -q '^sleep 32[1]'", in: "/", timeoutSeconds: nil, outputLimit: 100,
            interruption: Interruption())
        #expect(code != 0, "the command's own child still runs")
    }

    @Test("a step is tried again as often as it says")
    func retries() throws {
        let run = try R("")
        let file = run.folder.path.appending("count")
        let line = "echo x &gt;&gt; \(file); test $(wc -l &lt; \(file)) -ge 2"
        let again = try R(R.command("Second time lucky", line, attributes: "retryCount=\"2\""))
        #expect(try again.run() == false)
        #expect(try again.trace().contains { $0.contains("is tried again (1 of 2)") })
    }

    @Test("called task sequences run with their own steps, and a circle ends")
    func children() throws {
        let call =
            "<subtasksequence type=\"SMS_TaskSequence_SubTasksequence\" name=\"Call\" description=\"\"><action>x</action>"
            + "<defaultVarList><variable name=\"OSDSubTasksequencePackageID\" property=\"TsPackageID\">ABC00002</variable>"
            + "</defaultVarList></subtasksequence>"
        let run = try R(call + R.set("After", "%Child%"), children: [("abc00002", R.set("Child", "yes"))])
        #expect(try run.run() == false)
        #expect(run.session.variables["After"] == "yes")
        let circle = try R(call, children: [("ABC00002", call)])
        let failure = #expect(throws: SequenceRunner.Failure.self) { try circle.run() }
        #expect(failure?.description.contains("call each other in a circle") == true)
    }

    @Test("dynamic variables follow the rules whose conditions hold")
    func dynamicVariables() throws {
        let rules =
            "&lt;Rules&gt;&lt;Rule&gt;&lt;condition&gt;&lt;expression type=\"SMS_TaskSequence_VariableConditionExpression\"&gt;"
            + "&lt;variable name=\"Operator\"&gt;like&lt;/variable&gt;&lt;variable name=\"Value\"&gt;*7420*&lt;/variable&gt;"
            + "&lt;variable name=\"Variable\"&gt;Model&lt;/variable&gt;&lt;/expression&gt;&lt;/condition&gt;"
            + "&lt;Variables&gt;&lt;Variable Name=\"Drivers\" IsSecret=\"false\"&gt;For %Model%&lt;/Variable&gt;&lt;/Variables&gt;&lt;/Rule&gt;"
            + "&lt;Rule&gt;&lt;Variables&gt;&lt;Variable Name=\"Always\" IsSecret=\"true\"&gt;hush&lt;/Variable&gt;&lt;/Variables&gt;"
            + "&lt;/Rule&gt;&lt;/Rules&gt;"
        let run = try R(
            R.step("Rules", "SetDynamicVariables", [("Rules", rules)]), variables: ["Model": "Latitude 7420"])
        #expect(try run.run() == false)
        #expect(run.session.variables["Drivers"] == "For Latitude 7420")
        #expect(run.session.variables["Always"] == "hush")
        #expect(try !run.trace().contains { $0.contains("hush") })
    }

    @Test("what a command puts out is a variable's value")
    func output() throws {
        let run = try R(
            R.step("Ask", "RunCommandLine", [("CommandLine", "echo PC-42"), ("OutputVariableName", "OSDComputerName")]))
        #expect(try run.run() == false)
        #expect(run.session.variables["OSDComputerName"] == "PC-42")
    }

    @Test("variables of the whole sequence do not win over those that are set")
    func globals() throws {
        let globals =
            "<globalVarList><variable name=\"A\" property=\"A\">1</variable><variable name=\"B\" property=\"B\">2</variable></globalVarList>"
        let run = try R(R.set("C", "%A%%B%"), variables: ["A": "9"], globals: globals)
        #expect(try run.run() == false)
        #expect(run.session.variables["C"] == "92")
    }

    @Test("a restart ends the run before the steps behind it")
    func restart() throws {
        let run = try R(R.step("Restart", "Reboot", [("Target", "HD"), ("MessageTimeout", "0")]) + R.set("After", "1"))
        #expect(try run.run())
        #expect(run.session.variables["After"] == nil)
    }
}
