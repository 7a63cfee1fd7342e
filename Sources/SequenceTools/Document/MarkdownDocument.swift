// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

/// A Markdown page (CommonMark 0.31 with the tables of GitHub Flavored Markdown): the tree as nested lists, the content
/// it needs, the variables it uses.
public enum MarkdownDocument {
    /// The page as UTF-8.
    public static func page(of outlines: [SequenceOutline]) -> [UInt8] {
        var lines: [String] = []
        let places = OutlinePlaces(outlines)
        for outline in outlines { section(outline, places, &lines) }
        return Array(lines.joined(separator: "\n").utf8) + [0x0A]
    }

    private static func section(_ outline: SequenceOutline, _ places: OutlinePlaces, _ lines: inout [String]) {
        let package = outline.package
        if !lines.isEmpty { lines.append("") }
        lines += ["# \(escaped(package.name))", ""]
        if !package.description.isEmpty { lines += [escaped(package.description), ""] }
        if let id = package.packageID { lines.append("- Package ID: \(code(id))") }
        if let id = package.bootImageID {
            lines.append(
                "- Boot image: \(code(id))" + (outline.contentNames[id.uppercased()].map { " \(escaped($0))" } ?? ""))
        }
        lines += ["- Contains: \(outline.countsInWords)", "", "## Steps", ""]
        items(outline.items, indentation: "", &lines)
        content(ContentTable(outline, places), &lines)
        variables(VariableTable(outline), &lines)
    }

    private static func items(_ items: [SequenceOutline.Item], indentation: String, _ lines: inout [String]) {
        let below = indentation + "  "
        for item in items {
            let name = item.kind == .group ? "**\(escaped(item.name))**" : escaped(item.name)
            var line = "\(indentation)- \(item.number) \(name)"
            if item.kind != .group { line += " · \(escaped(item.typeName ?? "no type"))" }
            for mark in item.marks { line += " · *\(escaped(mark.text))*" }
            lines.append(line)
            if !item.description.isEmpty { lines += ["", below + escaped(item.description), ""] }
            if let condition = item.condition { self.condition(condition, below, &lines) }
            for reference in item.references {
                let name = reference.name.map { " \(escaped($0))" } ?? ""
                lines.append("\(below)- needs \(reference.typeInWords) \(code(reference.id))\(name)")
            }
            if let action = item.action, !action.isEmpty { lines.append("\(below)- runs \(code(action))") }
            for property in item.properties where !property.value.isEmpty { self.property(property, below, &lines) }
            self.items(item.items, indentation: below, &lines)
        }
    }

    private static func condition(_ condition: ConditionPhrase, _ indentation: String, _ lines: inout [String]) {
        func statement(_ phrase: ConditionPhrase) -> String {
            guard case .statement(let spans) = phrase else { return "" }
            return spans.reduce(into: "") { text, span in
                let piece =
                    switch span {
                    case .words(let words): escaped(words)
                    case .code(let name): code(name)
                    case .value(let value): "\"\(escaped(value))\""
                    }
                text += (text.isEmpty || piece.hasPrefix(",") ? "" : " ") + piece
            }
        }
        func list(_ head: String, _ prefix: String, _ phrases: [ConditionPhrase], _ indentation: String) {
            lines.append("\(indentation)- \(prefix)\(head)")
            for phrase in phrases { append(phrase, "", indentation + "  ") }
        }
        func append(_ phrase: ConditionPhrase, _ prefix: String, _ indentation: String) {
            switch phrase {
            case .statement: lines.append("\(indentation)- \(prefix)\(statement(phrase))")
            case .all(let phrases): list("all of these hold:", prefix, phrases, indentation)
            case .any(let phrases): list("any of these holds:", prefix, phrases, indentation)
            case .none(let phrases): list("none of these holds:", prefix, phrases, indentation)
            }
        }
        append(condition, "if ", indentation)
    }

    private static func property(_ property: StepProperty, _ indentation: String, _ lines: inout [String]) {
        guard property.isBlock else {
            return lines.append("\(indentation)- \(escaped(property.name)): \(code(property.value))")
        }
        // A fence longer than any in the text (CommonMark 4.5).
        let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: property.value) + 1))
        lines += ["\(indentation)- \(escaped(property.name)):", ""]
        lines.append("\(indentation)  \(fence)\(property.kind == .script ? "powershell" : "text")")
        lines += property.value.split(separator: "\n", omittingEmptySubsequences: false).map {
            "\(indentation)  \(String($0).withoutTabs.onOneLine)"
        }
        lines += ["\(indentation)  \(fence)", ""]
    }

    // MARK: Tables

    private static func content(_ table: ContentTable, _ lines: inout [String]) {
        lines += ["", "## Content", ""]
        guard !table.rows.isEmpty else { return lines.append("It needs none.") }
        lines += ["| Kind | ID | Name | Used by |", "|---|---|---|---|"]
        for row in table.rows {
            let name = [row.name.map(cell), row.note.map { "*\(cell($0))*" }].compactMap(\.self).joined(separator: " ")
            let uses = row.uses.map { use in
                (use.place.map { "\($0.number) " } ?? "") + "\(cell(use.path)) (\(cell(use.property)))"
            }
            lines.append("| \(row.kind) | \(cell(row.id)) | \(name) | \(uses.joined(separator: "<br>")) |")
        }
    }

    private static func variables(_ table: VariableTable, _ lines: inout [String]) {
        lines += ["", "## Variables", ""]
        guard !table.rows.isEmpty else { return lines.append("It uses none.") }
        lines += ["| Name | Set by | Read by |", "|---|---|---|"]
        for row in table.rows {
            let set = row.set.map { "\($0.number) \"\(cell($0.value))\"" }.joined(separator: "<br>")
            lines.append("| \(cell(row.name)) | \(set) | \(row.read.joined(separator: ", ")) |")
        }
    }

    // MARK: Text

    /// The text on one line with every character that Markdown or HTML gives a meaning escaped (CommonMark 2.4).
    private static func escaped(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { String($0).withoutTabs.onOneLine }.joined(separator: " ")
            .unicodeScalars.reduce(into: "") { result, scalar in
                switch scalar {
                case "<": result += "&lt;"
                case ">": result += "&gt;"
                case "&": result += "&amp;"
                // Also what begins a list or a heading, and ":" and "." so that addresses do not become links.
                case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "+", "-", "!", "|", "~", "@":
                    result += "\\\(scalar)"
                default: result.unicodeScalars.append(scalar)
                }
            }
    }

    private static func cell(_ text: String) -> String { escaped(text) }

    /// A code span that holds any text (CommonMark 6.1).
    private static func code(_ text: String) -> String {
        let text = text.split(whereSeparator: \.isNewline).map { String($0).withoutTabs.onOneLine }
            .joined(separator: " ")
        guard !text.isEmpty else { return "(empty)" }
        let fence = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
        let needsSpace = text.hasPrefix("`") || text.hasSuffix("`") || (text.hasPrefix(" ") && text.hasSuffix(" "))
        return needsSpace ? "\(fence) \(text) \(fence)" : fence + text + fence
    }

    private static func longestRun(of character: Character, in text: String) -> Int {
        var longest = 0
        var run = 0
        for other in text {
            run = other == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
