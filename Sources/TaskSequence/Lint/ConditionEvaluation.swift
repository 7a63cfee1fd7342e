// SPDX-License-Identifier: GPL-3.0-or-later

/// What is known about a condition before the task sequence runs.
enum Truth: Sendable, Equatable {
    case yes, no, unknown
}

/// The variables whose values are certain, in lower case: task sequences compare without case
/// (task-sequence.md section 4).
struct KnownVariables: Sendable {
    private var values: [String: String] = [:]

    init(mediaType: String? = nil) {
        if let mediaType { values["_smstsmediatype"] = mediaType.lowercased() }
    }

    /// The same with Windows PE running, or not.
    func inWindowsPE(_ isInWindowsPE: Bool) -> KnownVariables {
        var known = self
        known.values["_smstsinwinpe"] = isInWindowsPE ? "true" : "false"
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
        guard expression.type == "SMS_TaskSequence_VariableConditionExpression",
            let variable = expression["Variable"], let known = values[variable.lowercased()],
            let comparison = expression["Operator"]?.lowercased()
        else { return .unknown }
        switch comparison {
        case "exists": return .yes
        case "notexists": return .no
        case "equals", "notequals":
            let value = (expression["Value"] ?? "").lowercased()
            // A value with variables in it is known to the running task sequence only.
            guard !value.contains("%") else { return .unknown }
            return (value == known) == (comparison == "equals") ? .yes : .no
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
