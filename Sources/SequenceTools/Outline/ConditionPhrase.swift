// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import TaskSequence

/// A condition in words.
public indirect enum ConditionPhrase: Sendable, Equatable {
    /// One statement: words, names and values.
    case statement([Span])
    /// All of these hold.
    case all([ConditionPhrase])
    /// At least one of these holds.
    case any([ConditionPhrase])
    /// None of these holds.
    case none([ConditionPhrase])

    /// A piece of a statement.
    public enum Span: Sendable, Equatable {
        /// Words of ours.
        case words(String)
        /// A name or query out of the file.
        case code(String)
        /// A value out of the file.
        case value(String)

        /// Compares bytes, as a task sequence does.
        public static func == (left: Span, right: Span) -> Bool {
            switch (left, right) {
            case (.words(let left), .words(let right)), (.code(let left), .code(let right)),
                (.value(let left), .value(let right)):
                left.isExactly(right)
            default: false
            }
        }
    }

    /// `condition` in words.
    public init(_ condition: Condition, secrecy: SequenceSecrecy = .redacted) {
        let phrases = condition.terms.compactMap { Self.phrase($0, secrecy) }
        self = phrases.count == 1 ? phrases[0] : .all(phrases)
    }

    /// The statements below, this one included.
    public var statementCount: Int {
        switch self {
        case .statement: 1
        case .all(let phrases), .any(let phrases), .none(let phrases): phrases.reduce(0) { $0 + $1.statementCount }
        }
    }

    private static func phrase(_ term: ConditionTerm, _ secrecy: SequenceSecrecy) -> ConditionPhrase? {
        switch term {
        case .expression(let expression): .statement(ExpressionWords(expression, secrecy).spans)
        case .operator(let group): combined(group, secrecy)
        case .unknown(.element(let element)) where element.name == "osConditionGroup": operatingSystems(element)
        case .unknown(.comment), .unknown(.processingInstruction): nil
        case .unknown(.element(let element)):
            .statement([.words("something not known,"), .code("<\(element.name)>"), .words(", holds")])
        case .unknown(.text(let text)): .statement([.words("text not known,"), .value(text), .words(", holds")])
        case .unknown(.cdata(let data)): .statement([.words("text not known,"), .value(data.text), .words(", holds")])
        }
    }

    private static func combined(_ group: ConditionOperator, _ secrecy: SequenceSecrecy) -> ConditionPhrase {
        let phrases = group.terms.compactMap { phrase($0, secrecy) }
        switch group.type.lowercased() {
        case "and": return phrases.count == 1 ? phrases[0] : .all(phrases)
        case "or": return phrases.count == 1 ? phrases[0] : .any(phrases)
        // "not" means none of them (task-sequence.md section 1).
        case "not": return .none(phrases)
        default:
            return .all([.statement([.words("the operator"), .code(group.type), .words("is not known")])] + phrases)
        }
    }

    /// `<osConditionGroup type="or"><osExpressionGroup Name="All Windows 10 (64-bit)">`.
    private static func operatingSystems(_ element: XMLElement) -> ConditionPhrase {
        let names = element.elements.filter { $0.name == "osExpressionGroup" }.map { group in
            ConditionPhrase.statement([
                .words("the operating system is"),
                .value(group.attributes.first { $0.name.lowercased() == "name" }?.value ?? ""),
            ])
        }
        switch element[attribute: "type"]?.lowercased() ?? "or" {
        case "and": return names.count == 1 ? names[0] : .all(names)
        case "not": return .none(names)
        default: return names.count == 1 ? names[0] : .any(names)
        }
    }
}

/// The words for one comparison.
private struct ExpressionWords {
    private let expression: ConditionExpression
    private let secrecy: SequenceSecrecy

    init(_ expression: ConditionExpression, _ secrecy: SequenceSecrecy) {
        self.expression = expression
        self.secrecy = secrecy
    }

    private func operand(_ name: String) -> String? { expression.operand(name) }

    var spans: [ConditionPhrase.Span] {
        switch StepTypeName.short(expression.type) {
        case "VariableConditionExpression": variable
        case "WMIConditionExpression": query
        case "FileConditionExpression": fileOrFolder("the file", isFile: true)
        case "FolderConditionExpression": fileOrFolder("the folder", isFile: false)
        case "RegistryConditionExpression": registry
        case "SoftwareConditionExpression": software
        default: unknown
        }
    }

    /// task-sequence.md section 1; spelt with a capital in MDT.
    private static let comparisons = [
        "equals": "equals", "notequals": "does not equal", "less": "is less than", "lessequal": "is at most",
        "greater": "is greater than", "greaterequal": "is at least", "like": "is like", "notlike": "is not like",
    ]

    /// The comparison `name` with `value`, or that the thing exists.
    private func comparison(_ name: String, _ value: String) -> [ConditionPhrase.Span] {
        switch name.lowercased() {
        case "exists": [.words("exists")]
        case "notexists": [.words("does not exist")]
        case let lower where Self.comparisons[lower] != nil: [.words(Self.comparisons[lower] ?? name), .value(value)]
        default: [.words("compared by"), .code(name), .words("with"), .value(value)]
        }
    }

    private var variable: [ConditionPhrase.Span] {
        let name = operand("Variable") ?? ""
        let value = secrecy.value(operand("Value") ?? "", of: name)
        return [.code(name)] + comparison(operand("Operator") ?? "", value)
    }

    private var query: [ConditionPhrase.Span] {
        [
            .words("the WMI query"), .code(operand("Query") ?? ""), .words("in"), .code(operand("Namespace") ?? ""),
            .words("finds something"),
        ]
    }

    private func fileOrFolder(_ kind: String, isFile: Bool) -> [ConditionPhrase.Span] {
        var spans: [ConditionPhrase.Span] = [.words(kind), .code(operand("Path") ?? ""), .words("exists")]
        if isFile, let version = operand("Version"), !version.isEmpty {
            spans += [.words("and its version")] + comparison(operand("VersionOperator") ?? "equals", version)
        }
        if let time = operand("DateTime"), !time.isEmpty {
            spans += [.words("and its time")] + comparison(operand("DateTimeOperator") ?? "equals", time)
        }
        return spans
    }

    private var registry: [ConditionPhrase.Span] {
        let name = operand("Value") ?? ""
        var spans: [ConditionPhrase.Span] = [.words("the registry key"), .code(operand("KeyPath") ?? "")]
        if !name.isEmpty { spans = [.words("the registry value"), .code(name), .words("of"), spans[1]] }
        spans += comparison(operand("Operator") ?? "", secrecy.value(operand("Data") ?? "", of: name))
        if let type = operand("Type"), !type.isEmpty { spans.append(.words("(\(type))")) }
        return spans
    }

    private var software: [ConditionPhrase.Span] {
        let name = operand("ProductName") ?? ""
        let product: ConditionPhrase.Span = name.isEmpty ? .code(operand("ProductCode") ?? "") : .value(name)
        guard operand("Operator")?.lowercased() == "anyversion" else {
            return [.words("version"), .value(operand("Version") ?? ""), .words("of"), product, .words("is installed")]
        }
        return [.words("any version of"), product, .words("is installed")]
    }

    private var unknown: [ConditionPhrase.Span] {
        var spans: [ConditionPhrase.Span] = [.words("a condition of type"), .code(expression.type)]
        for operand in expression.operands {
            spans += [
                .words("with"), .code(operand.name), .value(secrecy.value(operand.value, of: operand.name)),
            ]
        }
        return spans + [.words("holds")]
    }
}
