// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import TaskSequence

/// The rules of a step Set Dynamic Variables: `<Rules>` as text of one property (task-sequence.md section 1).
package struct DynamicRules {
    /// When variables are set, and to what.
    package struct Rule {
        package let condition: Condition?
        package let variables: [(name: String, value: String, isSecret: Bool)]
    }

    /// The property that holds them.
    package static let property = "Rules"

    package let rules: [Rule]

    /// Reads `text`; nil when it is no rules.
    package init?(_ text: String) {
        guard text.utf8.contains(UInt8(ascii: "<")),
            let document = try? XMLReader.read(text, source: "rules"), document.root.name == "Rules"
        else { return nil }
        rules = document.root.elements.filter { $0.name == "Rule" }.map { rule in
            let variables = rule.elements.filter { $0.name == "Variables" }.flatMap { list in
                list.elements.filter { $0.name == "Variable" }.map { variable in
                    (
                        name: variable[attribute: "Name"] ?? "", value: variable.text,
                        isSecret: variable[attribute: "IsSecret"]?.lowercased() == "true"
                    )
                }
            }
            return Rule(condition: rule.first("condition").map(Condition.init), variables: variables)
        }
    }

    /// The rules in words, a line each.
    func text(_ secrecy: SequenceSecrecy) -> String {
        var lines: [String] = []
        for rule in rules {
            if let condition = rule.condition {
                lines += ["if \(ConditionPhrase(condition, secrecy: secrecy).oneLine):"]
            } else {
                lines.append("always:")
            }
            for variable in rule.variables {
                let value =
                    variable.isSecret && secrecy == .redacted
                    ? SequenceSecrecy.hiddenValue : secrecy.value(variable.value, of: variable.name)
                lines.append("  \(variable.name) = \"\(value)\"")
            }
        }
        return lines.joined(separator: "\n")
    }
}
