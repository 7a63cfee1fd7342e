// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// The task sequence variables that steps set and read, for a page.
///
/// Set: by Set Task Sequence Variable, Set Dynamic Variables and the output variables of scripts. Read: in conditions,
/// and as `%name%` in command lines and properties. What scripts do is not looked into.
struct VariableTable {
    /// A variable.
    struct Row {
        /// The name, in the spelling met first.
        let name: String
        /// The numbers of the steps that set it, each with the value.
        var set: [(number: String, value: String)] = []
        /// The numbers of the groups and steps that read it.
        var read: [String] = []
    }

    /// The variables, by name without case.
    let rows: [Row]

    init(_ outline: SequenceOutline) {
        var builder = VariableTableBuilder(secrecy: outline.secrecy)
        for variable in outline.globalVariables { builder.set(variable.name, variable.value, "global") }
        var number = 0
        var numbers: [String] = []
        outline.forEach { if $0.kind != .unknown { numbers.append($0.number) } }
        builder.walk(outline.package.sequence.items) {
            defer { number += 1 }
            return number < numbers.count ? numbers[number] : ""
        }
        rows = builder.rows.values.sorted { $0.name.lowercased() < $1.name.lowercased() }
    }
}

private struct VariableTableBuilder {
    let secrecy: SequenceSecrecy
    var rows: [CaseFoldedName: VariableTable.Row] = [:]

    mutating func set(_ name: String, _ value: String, _ number: String) {
        guard !name.isEmpty else { return }
        rows[name.caseFolded, default: .init(name: name)].set.append((number, value))
    }

    mutating func read(_ name: String, _ number: String) {
        guard !name.isEmpty else { return }
        let key = name.caseFolded
        if rows[key]?.read.last == number { return }
        rows[key, default: .init(name: name)].read.append(number)
    }

    /// Goes through groups and steps; `next` gives the number of each, in document order.
    mutating func walk(_ items: [SequenceItem], _ next: () -> String) {
        for item in items {
            switch item {
            case .group(let group):
                let number = next()
                if let condition = group.condition { read(condition.terms, number) }
                walk(group.items, next)
            case .step(let step): visit(step, next())
            case .unknown: break
            }
        }
    }

    private mutating func visit(_ step: SequenceStep, _ number: String) {
        if let condition = step.condition { read(condition.terms, number) }
        readReferences(in: step.action ?? "", number)
        let readable = step.readableProperties(secrecy: secrecy)
        for (variable, shown) in zip(step.variables?.variables ?? [], readable) {
            switch variable.property {
            case "VariableName": set(variable.value, readable.first { $0.name == "VariableValue" }?.value ?? "", number)
            case "OutputVariableName": set(variable.value, "what the script puts out", number)
            case DynamicRules.property: visit(DynamicRules(variable.value), number)
            case InlineScript.property: break
            default: if !shown.isRedacted { readReferences(in: variable.value, number) }
            }
        }
    }

    private mutating func visit(_ rules: DynamicRules?, _ number: String) {
        for rule in rules?.rules ?? [] {
            if let condition = rule.condition { read(condition.terms, number) }
            for variable in rule.variables {
                let isHidden = variable.isSecret && secrecy == .redacted
                set(
                    variable.name,
                    isHidden ? SequenceSecrecy.hiddenValue : secrecy.value(variable.value, of: variable.name), number)
                if !isHidden { readReferences(in: variable.value, number) }
            }
        }
    }

    private mutating func read(_ terms: [ConditionTerm], _ number: String) {
        for term in terms {
            switch term {
            case .expression(let expression):
                if StepTypeName.short(expression.type) == "VariableConditionExpression" {
                    read(expression["Variable"] ?? "", number)
                }
                for operand in expression.operands { readReferences(in: operand.value, number) }
            case .operator(let group): read(group.terms, number)
            case .unknown: break
            }
        }
    }

    /// Finds `%name%`: letters, digits, `_` and `-` between two percent signs.
    private mutating func readReferences(in text: String, _ number: String) {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return }
        let parts = text.utf8.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        var index = 1
        while index < parts.count - 1 {
            let name = parts[index]
            let isName = !name.isEmpty && name.allSatisfy { $0.isASCIILetterOrDigit || $0 == 0x5F || $0 == 0x2D }
            if isName { read(String(decoding: name, as: UTF8.self), number) }
            index += isName ? 2 : 1
        }
    }
}
