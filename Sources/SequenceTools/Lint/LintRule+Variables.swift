// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

extension LintRule {
    /// The deprecated variables (task-sequence.md section 5), and the value that every genuine step carries without
    /// anyone having asked for it.
    private static let deprecatedVariables: [String: (name: String, usual: String?)] = [
        "osdallowunsigneddriver": ("OSDAllowUnsignedDriver", "false"),
        "osdbuildstoragedriverlist": ("OSDBuildStorageDriverList", "false"),
        "osddiskpartbioscompatibilitymode": ("OSDDiskpartBiosCompatibilityMode", "false"),
        "osdinstalleditionindex": ("OSDInstallEditionIndex", nil),
        "osdpreservedriveletter": ("OSDPreserveDriveLetter", nil),
    ]

    static let deprecatedVariable = LintRule(
        "deprecated-variable", .warning, summary: "a deprecated variable is set or asked for",
        reason: "newer versions ignore the variable, or will", remedy: "remove it"
    ) { subject in
        let properties = subject.steps.flatMap { step in
            step.assignments.compactMap { assignment in
                deprecatedVariables[assignment.name.lowercased()].map { LintDefect(step, "sets \($0.name)") }
            }
                + (step.step.variables?.variables ?? []).compactMap { variable -> LintDefect? in
                    guard variable.name.hasPrefix("OSD"),
                        let (name, usual) = deprecatedVariables[variable.name.lowercased()], let usual,
                        !variable.value.isEmpty, variable.value.lowercased() != usual
                    else { return nil }
                    return LintDefect(step, "has \(name) \(variable.value)")
                }
        }
        return properties
            + subject.expressions { expression in
                guard expression.isAboutVariable, let variable = expression.operand("Variable") else { return nil }
                return deprecatedVariables[variable.lowercased()].map { "asks for \($0.name) in its condition" }
            }
    }

    static let readOnlyVariable = LintRule(
        "read-only-variable", .warning, summary: "a variable of the task sequence environment is set",
        reason: "variables that begin with _SMSTS are read-only", remedy: "use a name of your own"
    ) { subject in
        subject.steps.flatMap { step in
            step.assignments.filter { $0.name.uppercased().hasPrefix("_SMSTS") }
                .map { LintDefect(step, "sets \($0.name)") }
        }
    }

    /// The operators of variable conditions (task-sequence.md section 1).
    private static let operators = [
        "exists", "notExists", "equals", "notEquals", "less", "lessEqual", "greater", "greaterEqual", "like",
        "notLike",
    ]
    private static let operatorsInLowerCase = Set(operators.map { $0.lowercased() })

    static let operatorSpelling = LintRule(
        "condition-operator-spelling", .warning, summary: "a condition's operator is spelt with other capitals",
        reason: "Configuration Manager writes equals, notEquals and so on; MDT's files have Equals",
        remedy: "spell it as Configuration Manager does"
    ) { subject in
        // In MDT's own files it is real and harmless.
        guard subject.root.format != .deploymentToolkit else { return [] }
        func isMisspelt(_ name: String, _ right: [String]) -> Bool {
            !right.contains(name) && right.contains { $0.lowercased() == name.lowercased() }
        }
        return subject.expressions { expression in
            // Files and registry values are compared by the same words, but by others as well.
            ["Operator", "VersionOperator", "DateTimeOperator"].lazy.compactMap(expression.operand)
                .first { isMisspelt($0, operators) }
                .map { "has the operator '\($0)'\(expression.onVariable) in its condition" }
        }
            + subject.connectives { isMisspelt($0, connectives) }
    }

    static let unknownOperator = LintRule(
        "condition-operator-unknown", .error, summary: "a condition has an operator that does not exist",
        reason: "the condition cannot be evaluated",
        remedy: "use one of \(operators.joined(separator: ", ")), and between conditions "
            + connectives.joined(separator: ", ")
    ) { subject in
        subject.expressions { expression in
            let name = expression.operand("Operator") ?? ""
            guard expression.isAboutVariable, !operatorsInLowerCase.contains(name.lowercased()) else { return nil }
            return
                "has \(name.isEmpty ? "no operator" : "the operator '\(name)'")\(expression.onVariable) in its condition"
        }
            + subject.connectives { !connectives.contains($0.lowercased()) }
    }

    /// What stands between conditions (task-sequence.md section 1).
    private static let connectives = ["and", "or", "not"]
}

extension LintSubject {
    /// A defect for every expression about which `problem` says something, in the conditions of steps and groups.
    fileprivate func expressions(_ problem: (ConditionExpression) -> String?) -> [LintDefect] {
        conditions.flatMap { held -> [LintDefect] in
            var defects: [LintDefect] = []
            held.condition.forEachTerm { term in
                guard case .expression(let expression) = term, let problem = problem(expression) else { return }
                defects.append(LintDefect(held.place, problem))
            }
            return defects
        }
    }

    /// A defect for every operator between conditions that is `wrong`.
    fileprivate func connectives(_ wrong: (String) -> Bool) -> [LintDefect] {
        conditions.flatMap { held -> [LintDefect] in
            var defects: [LintDefect] = []
            held.condition.forEachTerm { term in
                guard case .operator(let operation) = term, wrong(operation.type) else { return }
                defects.append(LintDefect(held.place, "has the operator '\(operation.type)' between its conditions"))
            }
            return defects
        }
    }
}

extension Condition {
    /// Calls `body` for every term, those inside operators included.
    package func forEachTerm(_ body: (ConditionTerm) -> Void) {
        func walk(_ terms: [ConditionTerm]) {
            for term in terms {
                body(term)
                if case .operator(let operation) = term { walk(operation.terms) }
            }
        }
        walk(terms)
    }
}

extension ConditionExpression {
    /// True for a comparison of a variable.
    var isAboutVariable: Bool { ConditionKind(self) == .variable }

    /// Which variable is compared, if one is.
    fileprivate var onVariable: String { isAboutVariable ? " on \(operand("Variable") ?? "")" : "" }
}
