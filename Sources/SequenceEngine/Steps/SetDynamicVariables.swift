// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support

/// Set Dynamic Variables: the first rules whose conditions hold set their variables, in the order of the rules.
struct SetDynamicVariables: StepAction {
    static let stepTypes = ["SMS_TaskSequence_SetDynamicVariablesAction"]
    static let phase = StepPhase.anyTime
    static let changesTarget = false

    private let rules: DynamicRules

    init(_ values: StepValues) throws {
        // As it is written: what stands in it is expanded when its turn comes.
        let text = values.step[property: DynamicRules.property] ?? ""
        guard let rules = DynamicRules(text) else {
            throw EngineError(
                .step, "the step", "has rules that cannot be read",
                nextStep: "write them anew in the task sequence editor")
        }
        self.rules = rules
    }

    func preflight(_ session: EngineSession) throws -> [PreflightFinding] {
        var variables = session.variables
        for rule in rules.rules {
            for variable in rule.variables { try variables.setForStep(variable.name, to: variable.value) }
        }
        return []
    }

    func restore(_ session: EngineSession) throws { _ = try run(session) }

    func run(_ session: EngineSession) throws -> StepOutcome {
        for (number, rule) in rules.rules.enumerated() {
            guard try session.evaluator.holds(rule.condition) else { continue }
            for variable in rule.variables {
                let value = session.variables.expand(variable.value)
                try session.variables.setForStep(variable.name, to: value, isSecret: variable.isSecret)
                session.log.note(
                    "rule \(number + 1): \(variable.name) = \(variable.isSecret ? "(hidden)" : "'\(value)'")")
            }
        }
        return .done
    }
}
