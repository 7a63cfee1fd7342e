// SPDX-License-Identifier: GPL-3.0-or-later

import SequenceTools
import TaskSequence

/// A sequence as plain lines, so that a table of facts can be held beside it.
///
/// Every group, step, condition, action line and variable has its line; texts for people are left out.
enum SequenceFacts {
    static func lines(of sequence: SequenceDefinition) -> [String] {
        var lines = (sequence.referenceList?.references ?? []).map { reference in
            "reference \(reference.package ?? reference.application ?? "?")"
        }
        for variable in sequence.globalVariables?.variables ?? [] { lines.append("global" + fact(variable)) }
        add(sequence.items, to: &lines)
        return lines
    }

    private static func add(_ items: [SequenceItem], to lines: inout [String]) {
        for item in items {
            switch item {
            case .group(let group):
                lines.append("group \(group.name)")
                add(group.condition, to: &lines)
                add(group.items, to: &lines)
                lines.append("end")
            case .step(let step):
                lines.append("step \(step.name)")
                let type = step.type ?? ""
                let rest = step.attributes.filter { !["type", "name", "description"].contains($0.name) }
                lines.append(
                    "  \(type.replacing("SMS_TaskSequence_", with: "")) "
                        + rest.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
                add(step.condition, to: &lines)
                lines.append("  runs \(step.action ?? "nothing")")
                lines += partitions(of: step)
                for variable in step.variables?.variables ?? [] where !isElsewhere(variable) {
                    lines.append(" " + fact(variable))
                }
            case .unknown: lines.append("something unknown")
            }
        }
    }

    private static func add(_ condition: Condition?, to lines: inout [String]) {
        for term in condition?.terms ?? [] {
            guard case .expression(let expression) = term else {
                lines.append("  if something else")
                continue
            }
            let parts = ["Variable", "KeyPath", "Value", "Operator", "Type"].compactMap { name in
                name == "Value" && expression["Variable"] != nil ? nil : expression[name]
            }
            let value = expression["Variable"] == nil ? nil : expression["Value"]
            lines.append("  if " + (parts + [value].compactMap(\.self)).joined(separator: " "))
        }
    }

    /// ` name property=value`, marked when it is hidden.
    private static func fact(_ variable: StepVariable) -> String {
        " \(variable.isHidden ? "hidden " : "")\(variable.name) \(variable.property ?? "?")=\(variable.value)"
    }

    /// A message's text is ours, and partitions have lines of their own.
    private static func isElsewhere(_ variable: StepVariable) -> Bool {
        let property = variable.property ?? ""
        return property == "Message" || property.hasPrefix("Partitions")
    }

    private static func partitions(of step: SequenceStep) -> [String] {
        guard let count = step[property: "Partitions"].flatMap({ Int($0) }) else { return [] }
        let isCountHidden = step.variables?.variables.contains { $0.property == "Partitions" && $0.isHidden } == true
        return ["  \(count) partitions\(isCountHidden ? "" : ", the count not hidden")"]
            + (0..<count).map { number in
                func value(_ name: String) -> String? { step[property: "Partitions\(number)\(name)"] }
                let words = [
                    value("Type"), value("VolumeName").map { "\"\($0)\"" }, value("Size"), value("SizeUnits"),
                    value("FileSystem") ?? "unformatted", value("Bootable") == "true" ? "bootable" : nil,
                    value("AssignVolumeLetter") == "true" ? "with letter" : nil,
                ]
                return "  - " + words.compactMap(\.self).joined(separator: " ")
            }
    }
}
