// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// What is known about a condition before the task sequence runs.
enum Truth: Sendable, Equatable {
    case yes, no, unknown
}

/// What is certain about variables, by their names in lower case: task sequences compare without case
/// (task-sequence.md section 4).
struct KnownVariables: Sendable {
    /// What is certain about one variable.
    private enum Knowledge {
        /// It is set to one of these, in lower case.
        case oneOf(Set<String>)
        /// It is set, to whatever.
        case set
        /// It is not set.
        case unset
    }

    private var variables: [String: Knowledge] = [:]

    /// What is certain on media for `purpose` (task-sequence.md section 5, media.md section 1); nothing without one.
    init(_ purpose: LintPurpose?) {
        let removable: Set = ["ufd", "ufd+format", "cd", "dvd"]
        switch purpose {
        case nil, .capture: return
        case .standalone, .tsengine:
            variables["_smstsmediatype"] = .oneOf(["fullmedia"])
            variables["_smstslaunchmode"] = .oneOf(removable)
            variables["_smstspackageid"] = .oneOf(["inmem_ts"])
            variables["_smstsstandalonemedia"] = .set
            variables["_smstsadvertid"] = .unset
            variables["_smstsclientguid"] = .unset
        case .bootable:
            variables["_smstsmediatype"] = .oneOf(["bootmedia"])
            variables["_smstslaunchmode"] = .oneOf(removable)
        case .prestaged, .prestagedTSEngine:
            variables["_smstsmediatype"] = .oneOf(["oemmedia"])
            variables["_smstslaunchmode"] = .oneOf(["hd"])
        }
        if purpose.map(LintPurpose.engine.contains) == true {
            variables[EngineSupport.variable.lowercased()] = .oneOf(["true"])
        }
    }

    /// The same with Windows PE running, or not.
    func inWindowsPE(_ isInWindowsPE: Bool) -> KnownVariables {
        var known = self
        known.variables["_smstsinwinpe"] = .oneOf([isInWindowsPE ? "true" : "false"])
        return known
    }

    /// Whether all of `conditions` hold: those of a step and of the groups above it.
    ///
    /// A single `no` decides: this is what makes a step "guarded". Under `or` a guard decides only when no other term
    /// could hold.
    func evaluate(_ conditions: [Condition]) -> Truth {
        all(conditions.lazy.map { self.all($0.terms.lazy.map(self.evaluate)) })
    }

    private func evaluate(_ term: ConditionTerm) -> Truth {
        switch term {
        case .expression(let expression): return evaluate(expression)
        case .operator(let operation):
            let terms = operation.terms.lazy.map(evaluate)
            switch operation.type.lowercased() {
            case "and": return all(terms)
            case "or": return any(terms)
            case "not": return any(terms).negated  // None of them holds.
            default: return .unknown
            }
        case .unknown: return .unknown
        }
    }

    private func evaluate(_ expression: ConditionExpression) -> Truth {
        guard expression.isAboutVariable, let variable = expression.operand("Variable"),
            let known = variables[variable.lowercased()], let comparison = expression.operand("Operator")?.lowercased()
        else { return .unknown }
        switch (comparison, known) {
        case ("exists", .unset), ("notexists", .set), ("notexists", .oneOf): return .no
        case ("exists", _), ("notexists", _): return .yes
        case ("equals", .oneOf(let values)), ("notequals", .oneOf(let values)):
            let value = (expression.operand("Value") ?? "").lowercased()
            // A value with variables in it is known to the running task sequence only.
            guard !value.contains("%") else { return .unknown }
            guard values.contains(value) else { return comparison == "equals" ? .no : .yes }
            guard values.count == 1 else { return .unknown }
            return comparison == "equals" ? .yes : .no
        case ("equals", .unset): return (expression.operand("Value") ?? "").isEmpty ? .unknown : .no
        default: return .unknown
        }
    }

    private func all(_ truths: some Sequence<Truth>) -> Truth {
        var result = Truth.yes
        for truth in truths {
            if truth == .no { return .no }
            if truth == .unknown { result = .unknown }
        }
        return result
    }

    /// Nothing at all is not known to hold or not to.
    private func any(_ truths: some Sequence<Truth>) -> Truth {
        var result: Truth?
        for truth in truths {
            if truth == .yes { return .yes }
            result = truth == .unknown || result == .unknown ? .unknown : .no
        }
        return result ?? .unknown
    }
}

extension Truth {
    fileprivate var negated: Truth {
        switch self {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }
}
