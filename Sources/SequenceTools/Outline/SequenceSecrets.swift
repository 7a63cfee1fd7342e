// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// Which steps of a task sequence have passwords written out in them, so that whoever reads it has them.
public struct SequenceSecrets: Sendable, Equatable {
    /// The names of the steps, of the task sequence and of those that it runs; disabled ones too.
    public let stepNames: [String]

    /// Looks through `package`.
    public init(_ package: TaskSequencePackage) {
        let subject = LintSubject(package, purpose: nil, hasBootImage: true, catalog: nil)
        stepNames = subject.allSteps.filter(Self.holdsPassword).map(\.step.name)
    }

    private static func holdsPassword(_ step: LintStep) -> Bool {
        let values =
            (step.step.variables?.variables ?? []).map { (name: $0.name, value: $0.value) }
            + step.assignments.map { (name: $0.name, value: $0.value) }
        if values.contains(where: { SequenceSecrecy.isPassword(name: $0.name) && SequenceSecrecy.isLiteral($0.value) })
        {
            return true
        }
        guard step.hasOwnCommandLine else { return false }
        return [step["Parameters"], step.script ?? "", step["CommandLine"], step.step.action ?? ""]
            .contains(where: SecretFinder.holdsPassword)
    }
}
