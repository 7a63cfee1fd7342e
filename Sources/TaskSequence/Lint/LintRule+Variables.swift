// SPDX-License-Identifier: GPL-3.0-or-later

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
            + subject.variableExpressions { expression in
                deprecatedVariables[expression["Variable"]?.lowercased() ?? ""]
                    .map { "asks for \($0.name) in its condition" }
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
        return subject.operators { !operators.contains($0) && operatorsInLowerCase.contains($0.lowercased()) }
    }

    static let unknownOperator = LintRule(
        "condition-operator-unknown", .error, summary: "a condition has an operator that does not exist",
        reason: "the condition cannot be evaluated", remedy: "use one of " + operators.joined(separator: ", ")
    ) { subject in
        subject.operators { !operatorsInLowerCase.contains($0.lowercased()) }
    }
}

extension LintSubject {
    /// A defect for every operator that is `wrong`.
    fileprivate func operators(_ wrong: (String) -> Bool) -> [LintDefect] {
        variableExpressions { expression in
            guard let name = expression["Operator"], wrong(name) else { return nil }
            return "has the operator '\(name)' on \(expression["Variable"] ?? "") in its condition"
        }
    }

    /// A defect for every comparison of a variable about which `problem` says something, in the conditions of steps and
    /// groups.
    fileprivate func variableExpressions(_ problem: (ConditionExpression) -> String?) -> [LintDefect] {
        conditions.flatMap { held -> [LintDefect] in
            var defects: [LintDefect] = []
            held.condition.forEachExpression { expression in
                guard expression.isAboutVariable, let problem = problem(expression) else { return }
                defects.append(LintDefect(held.place, problem))
            }
            return defects
        }
    }
}

extension Condition {
    /// Calls `body` for every expression, those inside operators included.
    func forEachExpression(_ body: (ConditionExpression) -> Void) {
        func walk(_ terms: [ConditionTerm]) {
            for term in terms {
                switch term {
                case .expression(let expression): body(expression)
                case .operator(let operation): walk(operation.terms)
                case .unknown: break
                }
            }
        }
        walk(terms)
    }
}

extension ConditionExpression {
    /// True for a comparison of a variable.
    var isAboutVariable: Bool { type == "SMS_TaskSequence_VariableConditionExpression" }
}
