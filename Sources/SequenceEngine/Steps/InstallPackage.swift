// SPDX-License-Identifier: GPL-3.0-or-later

import MediaVariables
import Support

/// Install Package: a program of a package, which the new Windows runs when it has set itself up.
struct InstallPackage: StepAction {
    static let stepTypes = ["SMS_TaskSequence_InstallSoftwareAction"]
    static let phase = StepPhase.anyTime

    private let values: StepValues
    private let package: String
    private let program: String

    init(_ values: StepValues) throws {
        self.values = values
        guard let package = values.package("PackageID") else {
            throw EngineError(
                .step, "the step",
                "names no package: a list of packages in variables can only be worked off in Windows",
                nextStep: "choose a package and a program in the step")
        }
        self.package = package
        program = values["ProgramName"]
    }

    /// The command line of the program, as the policies say it.
    private func commandLine(_ session: EngineSession) throws -> String {
        let found = session.policies?.programs.first {
            $0.packageID.caseFolded == package.caseFolded && $0.name.caseFolded == program.caseFolded
        }
        guard let command = found?.commandLine else {
            throw EngineError(
                .step, "program '\(program.onOneLine)' of package \(package.onOneLine)",
                "has no command line in the policies of this media",
                nextStep: "make the media of an export with its packages, or use Run Command Line with the package")
        }
        return command
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        _ = try commandLine(session)
        var findings = try session.content.preflight(package, interruption: session.interruption)
        if !session.isWindowsSetUp {
            findings.append(
                PreflightFinding(
                    "installs a program of Windows, which does not run yet", remedy: "put the step behind Setup Windows"
                ))
        }
        return findings
    }

    func restore(_ session: EngineSession) throws { _ = try run(session) }

    func run(_ session: EngineSession) throws -> StepOutcome {
        guard session.isWindowsSetUp else {
            throw EngineError(
                .step, "the step", "installs a program of Windows, which does not run yet",
                nextStep: "put it behind Setup Windows")
        }
        try session.runLater(try commandLine(session), package: package, of: values)
        return .done
    }
}
