// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import TaskSequence

extension SequenceDifference {
    /// The difference as lines for people: `+` added, `-` removed, `~` moved, renamed or changed.
    public var lines: [String] {
        var lines = ["--- \(Self.title(old))", "+++ \(Self.title(new))"]
        guard !isEmpty else { return lines + ["no difference in meaning"] }
        let counts: [(ItemChange.Kind, Int)] = [.added, .removed, .moved, .renamed, .changed].map { ($0, count($0)) }
        let summary = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ")
        lines.append(summary.isEmpty ? "no group or step changed" : "groups and steps: \(summary)")
        if !properties.isEmpty { lines += ["", "task sequence"] + properties.flatMap { Self.lines(of: $0) } }
        if !references.added.isEmpty || !references.removed.isEmpty {
            lines += ["", "content it needs"]
            lines += references.removed.map { "  - \($0.onOneLine)" } + references.added.map { "  + \($0.onOneLine)" }
        }
        if !globalVariables.isEmpty {
            lines += ["", "global variables"] + globalVariables.flatMap { Self.lines(of: $0) }
        }
        if !items.isEmpty { lines.append("") }
        for item in items { lines += Self.lines(of: item) }
        return lines
    }

    private static func title(_ side: Side) -> String {
        var title = "\(side.source.onOneLine) \"\(side.name.onOneLine)\""
        if let id = side.id { title += " (\(id.onOneLine))" }
        return title
    }

    private static func joined(_ path: [String]) -> String { path.joined(separator: " / ").onOneLine }

    private static func lines(of item: ItemChange) -> [String] {
        let sign = item.kinds == [.added] ? "+" : item.kinds == [.removed] ? "-" : "~"
        let path = item.newPath ?? item.oldPath ?? []
        let type = item.isGroup ? "group" : item.stepType.map(StepTypeName.readable) ?? "no type"
        var lines = [
            "\(sign) \(item.newNumber ?? item.oldNumber ?? "") \(joined(path))  (\(type.onOneLine))"
                + "  \(item.kinds.map(\.rawValue).joined(separator: ", "))"
        ]
        if item.kinds.contains(.renamed), let name = item.oldPath?.last {
            lines.append("    name was \"\(name.onOneLine)\"")
        }
        if item.kinds.contains(.moved), let number = item.oldNumber, let old = item.oldPath {
            lines.append("    was \(number) \(joined(old))")
        }
        return lines + item.changes.flatMap { Self.lines(of: $0).map { "  " + $0 } }
    }

    private static func lines(of change: Change) -> [String] {
        if change.isSecret { return ["  \(change.field.onOneLine): changed, \(SequenceSecrecy.hiddenValue)"] }
        if let lines = change.lines, !lines.isEmpty {
            return ["  \(change.field.onOneLine):"] + lines.map { "    " + $0.withoutTabs.onOneLine }
        }
        guard change.old != nil || change.new != nil else { return ["  \(change.field.onOneLine): changed"] }
        var lines = ["  \(change.field.onOneLine):"]
        if let old = change.old { lines.append("    - \(old.onOneLine)") }
        if let new = change.new { lines.append("    + \(new.onOneLine)") }
        return lines
    }
}
