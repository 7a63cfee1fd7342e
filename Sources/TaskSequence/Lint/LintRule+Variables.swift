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
        subject.steps.flatMap { step -> [LintDefect] in
            var defects = step.assignedVariables.compactMap { name in
                deprecatedVariables[name.lowercased()].map { LintDefect(step, "sets \($0.name)") }
            }
            for variable in step.step.variables?.variables ?? [] where variable.name.hasPrefix("OSD") {
                guard let (name, usual) = deprecatedVariables[variable.name.lowercased()], let usual,
                    !variable.value.isEmpty, variable.value.lowercased() != usual
                else { continue }
                defects.append(LintDefect(step, "has \(name) \(variable.value)"))
            }
            step.step.condition?.forEachExpression { expression in
                guard expression.isAboutVariable, let variable = expression["Variable"],
                    let (name, _) = deprecatedVariables[variable.lowercased()]
                else { return }
                defects.append(LintDefect(step, "asks for \(name) in its condition"))
            }
            return defects
        }
    }

    static let readOnlyVariable = LintRule(
        "read-only-variable", .warning, summary: "a variable of the task sequence environment is set",
        reason: "variables that begin with _SMSTS are read-only", remedy: "use a name of your own"
    ) { subject in
        subject.steps.flatMap { step in
            step.assignedVariables.filter { $0.uppercased().hasPrefix("_SMSTS") }
                .map { LintDefect(step, "sets \($0)") }
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
    /// A defect for every operator that is `wrong`, in the conditions of running steps and of the groups above them.
    fileprivate func operators(_ wrong: (String) -> Bool) -> [LintDefect] {
        var reported: Set<[String]> = []
        return steps.flatMap { step -> [LintDefect] in
            var defects: [LintDefect] = []
            for (depth, condition) in step.conditions.enumerated() {
                condition.forEachExpression { expression in
                    guard expression.isAboutVariable, let name = expression["Operator"], wrong(name) else { return }
                    let isOwn = step.step.condition != nil && depth == step.conditions.count - 1
                    let variable = expression["Variable"] ?? ""
                    // A group's condition stands above many steps.
                    guard isOwn || reported.insert(step.groups + ["\u{0}", variable, name]).inserted else { return }
                    defects.append(
                        LintDefect(
                            step,
                            "has the operator '\(name)' on \(variable) in \(isOwn ? "its" : "a group's") condition"))
                }
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
