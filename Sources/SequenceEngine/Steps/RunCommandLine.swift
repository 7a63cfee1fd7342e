// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support
import SystemPackage

/// Run Command Line: a command of this environment, or behind Setup Windows one that Windows runs when it has set itself up.
struct RunCommandLine: StepAction {
    static let stepTypes = ["SMS_TaskSequence_RunCommandLineAction"]
    static let phase = StepPhase.anyTime

    /// Characters of what a command puts out that its variable holds, as documented for the step.
    private static let outputLength = 1000
    /// Characters of its last line that an error quotes.
    private static let saidLength = 200
    private static let outputByteCountLimit = 1 << 20

    private let values: StepValues
    private let command: String

    init(_ values: StepValues) throws {
        self.values = values
        command = values["CommandLine"].trimming(\.isWhitespace).description
        guard !command.isEmpty else {
            throw EngineError(
                .step, "the step", "has no command line", nextStep: "write one in the task sequence editor")
        }
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        var findings: [PreflightFinding] = []
        if let package = values.package("PackageID") {
            findings += try session.content.preflight(package, interruption: session.interruption)
        }
        guard !session.isWindowsSetUp else { return findings }
        if values.flag("RunAsUser") {
            findings.append(
                PreflightFinding(
                    "runs its command as another user, and there are no users here",
                    remedy: "clear that option of the step"))
        }
        if let program = WindowsCommand.program(of: command) {
            findings.append(
                PreflightFinding(
                    "runs \(program), which is a program of Windows",
                    remedy: "use a command of Linux, or put the step behind Setup Windows"))
        } else if let program = WindowsCommand.firstWord(of: command), !session.programs.has(program),
            values.package("PackageID") == nil
        {
            findings.append(
                PreflightFinding(
                    "runs '\(program.onOneLine)', which is not in this environment",
                    remedy: "include the program when the boot image is built, or use another one"))
        }
        return findings
    }

    func restore(_ session: EngineSession) throws {
        if session.isWindowsSetUp { _ = try run(session) }
    }

    func run(_ session: EngineSession) throws -> StepOutcome {
        if session.isWindowsSetUp {
            try session.runLater(command, package: values.package("PackageID"), of: values)
            return .done
        }
        let folder = try values.package("PackageID").map {
            try session.content.folder(of: $0, interruption: session.interruption)
        }
        let directory = values.optional("WorkingDirectory").map { FilePath($0) } ?? folder ?? FilePath("/")
        session.log.note("runs: \(session.variables.redacted(command))")
        let (code, output) = try session.programs.run(
            command, in: directory, timeoutSeconds: values.timeoutSeconds, outputLimit: Self.outputByteCountLimit,
            interruption: session.interruption)
        if !output.isEmpty { session.log.note(session.variables.redacted(output)) }
        if let variable = values.optional("OutputVariableName") {
            let text = output.trimming(\.isWhitespace).suffix(Self.outputLength)
            try session.variables.setForStep(variable, to: String(text))
        }
        let last = output.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) } ?? ""
        return .exitCode(code, said: String(last.trimming(\.isWhitespace).prefix(Self.saidLength)))
    }
}
