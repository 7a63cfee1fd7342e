// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

extension SequenceOutline {
    /// The outline as an indented tree, a line each.
    ///
    /// - Parameters:
    ///   - showsDetails: whether descriptions, command lines, properties and scripts are shown too.
    public func lines(showsDetails: Bool = false) -> [String] {
        var lines = heading
        for variable in globalVariables {
            lines += Self.block("global variable \(variable.name.onOneLine)", variable, indentation: "")
        }
        if !globalVariables.isEmpty { lines.append("") }
        append(items, depth: 0, showsDetails, to: &lines)
        return lines
    }

    /// How many groups and steps there are, as "2 groups, 1 step, 0 disabled".
    var countsInWords: String {
        let counts = counts
        return "\(counts.groups) group\(counts.groups == 1 ? "" : "s"), \(counts.steps) "
            + "step\(counts.steps == 1 ? "" : "s"), \(counts.disabledSteps) disabled"
    }

    private var heading: [String] {
        var title = "Task sequence \"\(package.name.onOneLine)\""
        if let id = package.packageID { title += " (\(id.onOneLine))" }
        var lines = [title]
        for line in package.description.withLineFeeds.split(separator: "\n") {
            lines.append("  " + String(line).onOneLine)
        }
        if let bootImage = package.bootImageID {
            let name = contentNames[bootImage.uppercased()].map { " \"\($0.onOneLine)\"" } ?? ""
            lines.append("  boot image \(bootImage.onOneLine)\(name)")
        }
        return lines + ["  " + countsInWords, ""]
    }

    private func append(_ items: [Item], depth: Int, _ showsDetails: Bool, to lines: inout [String]) {
        let indentation = String(repeating: "  ", count: depth)
        for item in items {
            var line = "\(indentation)\(item.number) \(item.name.onOneLine)"
            switch item.kind {
            case .group: line += "  (group)"
            case .step, .childTaskSequence:
                let type = item.typeName ?? "no type"
                line += type == item.name ? "" : "  (\(type.onOneLine))"
            case .unknown: line += "  (not known)"
            }
            for mark in item.marks { line += "  [\(mark.text.onOneLine)]" }
            lines.append(line)
            appendDetails(of: item, indentation + "    ", showsDetails, to: &lines)
            append(item.items, depth: depth + 1, showsDetails, to: &lines)
        }
    }

    private func appendDetails(
        of item: Item, _ indentation: String, _ showsDetails: Bool, to lines: inout [String]
    ) {
        if showsDetails {
            for line in item.description.withLineFeeds.split(separator: "\n") {
                lines.append(indentation + String(line).onOneLine)
            }
        }
        if let condition = item.condition {
            for (number, line) in condition.lines().enumerated() {
                lines.append(indentation + (number == 0 ? "if " : "   ") + line)
            }
        }
        for reference in item.references {
            let name = reference.name.map { " \"\($0.onOneLine)\"" } ?? ""
            lines.append("\(indentation)needs \(reference.typeInWords) \(reference.id.onOneLine)\(name)")
        }
        guard showsDetails else { return }
        if let action = item.action, !action.isEmpty { lines.append("\(indentation)runs \(action.onOneLine)") }
        for property in item.properties where !property.value.isEmpty {
            lines += Self.block(property.name.onOneLine, property, indentation: indentation)
        }
    }

    /// `name = value`, or the name and below it the lines of the value.
    private static func block(_ label: String, _ property: StepProperty, indentation: String) -> [String] {
        guard property.isBlock else { return ["\(indentation)\(label) = \(property.value.onOneLine)"] }
        return ["\(indentation)\(label):"]
            + property.value.split(separator: "\n", omittingEmptySubsequences: false).map {
                "\(indentation)  | \(String($0).withoutTabs.onOneLine)"
            }
    }
}

extension SequenceOutline.StepReference {
    /// The type of content for people.
    var typeInWords: String { type == "task-sequence" ? "task sequence" : type }
}

extension String {
    /// The text with every tab as four spaces, since ``onOneLine`` takes tabs for control characters.
    var withoutTabs: String {
        guard utf8.contains(0x09) else { return self }
        return reduce(into: "") { text, character in
            if character == "\t" { text += "    " } else { text.append(character) }
        }
    }
}
