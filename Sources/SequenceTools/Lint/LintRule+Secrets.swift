// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

// Disabled steps count here: a switched-off step lies on the media with all it says.

extension LintRule {
    static let passwordInCommandLine = LintRule(
        "password-in-command-line", .warning, summary: "a command line or script holds a password or another secret",
        reason: "whoever may read the task sequence, its media or its log reads the password; disabled steps too",
        remedy: "keep it in a variable with a hidden value, or run the step as an account of the task sequence"
    ) { subject in
        subject.allSteps.compactMap { step in
            // The other actions are Configuration Manager's own, with a vocabulary of their own: /pwd:AD is a place.
            guard step.hasOwnCommandLine else { return nil }
            let isScript = step.type == "RunPowerShellScriptAction"
            let texts =
                isScript ? [step["Parameters"], step.script ?? ""] : [step["CommandLine"], step.step.action ?? ""]
            // The password itself is never repeated.
            guard texts.contains(where: SecretFinder.holdsPassword) else { return nil }
            return LintDefect(step, "has a password or another secret in its \(isScript ? "script" : "command line")")
        }
    }

    static let passwordInVariable = LintRule(
        "password-in-variable", .warning, summary: "a password or another secret is set as a variable that is shown",
        reason: "the log shows the value of a variable unless the step hides it; disabled steps lie on the media too",
        remedy: "choose \"Do not display this value\" in the step, or \"Secret value\" in its rule"
    ) { subject in
        let globals = subject.taskSequences.enumerated().flatMap { number, package in
            (package.sequence.globalVariables?.variables ?? []).filter {
                SequenceSecrecy.isPassword(name: $0.name) && SequenceSecrecy.isLiteral($0.value)
            }.map { LintDefect(taskSequence: number, "shows the value of the global variable \($0.name)") }
        }
        let steps = subject.allSteps.flatMap { step in
            step.assignments.filter {
                !$0.isSecret && SequenceSecrecy.isPassword(name: $0.name) && SequenceSecrecy.isLiteral($0.value)
            }.map { LintDefect(step, "shows the value of \($0.name)") }
        }
        return globals + steps
    }
}
