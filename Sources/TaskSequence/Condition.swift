// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

/// When a group or step runs: all of ``terms`` must hold.
public struct Condition: Sendable, Equatable {
    /// All attributes, of which none is known.
    public var attributes: [XMLAttribute]
    /// The terms, which are ANDed.
    public var terms: [ConditionTerm]

    /// Makes a condition.
    public init(terms: [ConditionTerm], attributes: [XMLAttribute] = []) {
        self.attributes = attributes
        self.terms = terms
    }
}

/// A part of a condition.
public enum ConditionTerm: Sendable, Equatable {
    /// A comparison of a variable, file, folder, registry value, WMI query or installed program.
    case expression(ConditionExpression)
    /// and, or, not of further terms; "not" means that none of them holds.
    case `operator`(ConditionOperator)
    /// The choice of operating systems, or anything that is not known.
    case unknown(XMLNode)
}

/// A comparison.
public struct ConditionExpression: Sendable, Equatable {
    /// All attributes, in document order: type.
    public var attributes: [XMLAttribute]
    /// The operands in document order: Operator, Value, Variable and their like.
    public var operands: [StepVariable]
    /// Child elements that are not known.
    public var unknown: [XMLNode]

    /// Makes an expression.
    public init(attributes: [XMLAttribute], operands: [StepVariable], unknown: [XMLNode] = []) {
        self.attributes = attributes
        self.operands = operands
        self.unknown = unknown
    }

    /// The type, such as `SMS_TaskSequence_VariableConditionExpression`.
    public var type: String { attributes.value("type") ?? "" }

    /// The operand `name`, or nil.
    public subscript(name: String) -> String? { operands.first { $0.name == name }?.value }

    /// The operand `name`, compared without case: MDT and other tools do not agree on it.
    package func operand(_ name: String) -> String? {
        self[name] ?? operands.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// and, or, not of terms.
public struct ConditionOperator: Sendable, Equatable {
    /// All attributes, in document order: type.
    public var attributes: [XMLAttribute]
    /// The terms in document order.
    public var terms: [ConditionTerm]

    /// Makes an operator.
    public init(attributes: [XMLAttribute], terms: [ConditionTerm]) {
        self.attributes = attributes
        self.terms = terms
    }

    /// and, or, not.
    public var type: String { attributes.value("type") ?? "" }
}
