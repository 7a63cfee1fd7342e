// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import Support
import TaskSequence

/// What is certain about conditions before the first step: variables that no step before may have changed.
struct CertainVariables {
    /// Whether conditions hold.
    enum Truth {
        case yes, no, unknown
    }

    private let session: EngineSession
    private var uncertain: Set<CaseFoldedName> = [
        "_SMSTSLastActionRetCode", "_SMSTSLastActionSucceeded", "_SMSTSLastActionName",
    ]
    private var isTargetUncertain = false

    init(_ session: EngineSession) { self.session = session }

    /// Takes note of what `step` may change.
    mutating func mayChange(by step: SequenceStep) {
        isTargetUncertain = true
        for name in [
            step[property: "VariableName"], step[property: "OutputVariableName"], step[property: "DestinationVariable"],
        ] {
            if let name, !name.isEmpty { uncertain.insert(name.caseFolded) }
        }
        for variable in step.variables?.variables ?? [] where variable.property?.hasPrefix("Partitions") == true {
            if variable.property?.hasSuffix("VolumeLetterVariable") == true {
                uncertain.insert(variable.value.caseFolded)
            }
        }
        guard let rules = step[property: DynamicRules.property].flatMap({ DynamicRules($0) }) else { return }
        for rule in rules.rules {
            for variable in rule.variables { uncertain.insert(variable.name.caseFolded) }
        }
    }

    /// Whether all of `conditions` hold, and what is wrong with one that can never be asked.
    func evaluate(_ conditions: [Condition]) -> (truth: Truth, problem: (any Error)?) {
        var result = Truth.yes
        for condition in conditions {
            guard isCertain(condition) else {
                result = .unknown
                continue
            }
            do {
                guard try session.evaluator.holds(condition) else { return (.no, nil) }
            } catch {
                return (.unknown, error)
            }
        }
        return (result, nil)
    }

    private func isCertain(_ condition: Condition) -> Bool {
        var certain = true
        condition.forEachTerm { term in
            guard case .expression(let expression) = term else { return }
            switch ConditionKind(expression) {
            case .variable:
                if uncertain.contains((expression.operand("Variable") ?? "").caseFolded) { certain = false }
            case .file, .folder, .registry: if isTargetUncertain { certain = false }
            case .management, .software, nil: break
            }
            for operand in expression.operands where operand.value.contains("%") {
                if ConditionKind(expression) != .management { certain = false }
            }
        }
        return certain
    }
}
