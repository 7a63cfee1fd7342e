// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Markup
import Support
import TaskSequence

/// Compares two items that belong together.
struct ItemComparison {
    typealias Change = SequenceDifference.Change
    typealias ItemChange = SequenceDifference.ItemChange

    let secrecy: SequenceSecrecy

    // MARK: Items

    func removal(_ item: FlatTree.Item, _ tree: FlatTree) -> ItemChange {
        ItemChange(
            kinds: [.removed], isGroup: item.isGroup, stepType: item.stepType, oldPath: tree.path(of: item),
            newPath: nil,
            oldNumber: item.number, newNumber: nil, changes: [])
    }

    func addition(_ item: FlatTree.Item, _ tree: FlatTree) -> ItemChange {
        ItemChange(
            kinds: [.added], isGroup: item.isGroup, stepType: item.stepType, oldPath: nil, newPath: tree.path(of: item),
            oldNumber: nil, newNumber: item.number, changes: [])
    }

    /// What changed, or nil when nothing did.
    func change(
        _ old: FlatTree.Item, _ new: FlatTree.Item, _ oldTree: FlatTree, _ newTree: FlatTree, isMoved: Bool
    ) -> ItemChange? {
        let changes = old.content == new.content ? [] : self.changes(old.item, new.item)
        var kinds: [ItemChange.Kind] = []
        if isMoved { kinds.append(.moved) }
        if old.name != new.name { kinds.append(.renamed) }
        if !changes.isEmpty { kinds.append(.changed) }
        guard !kinds.isEmpty else { return nil }
        return ItemChange(
            kinds: kinds, isGroup: new.isGroup, stepType: new.stepType, oldPath: oldTree.path(of: old),
            newPath: newTree.path(of: new), oldNumber: old.number, newNumber: new.number, changes: changes)
    }

    private func changes(_ old: SequenceItem, _ new: SequenceItem) -> [Change] {
        switch (old, new) {
        case (.group(let old), .group(let new)):
            return attributes(old.attributes, new.attributes) + condition(old.condition, new.condition)
        case (.step(let old), .step(let new)):
            var changes = attributes(old.attributes, new.attributes) + condition(old.condition, new.condition)
            if !(old.action ?? "").isExactly(new.action ?? "") {
                changes.append(
                    change(
                        "action", old.action, new.action, old.readableAction(secrecy: secrecy),
                        new.readableAction(secrecy: secrecy)))
            }
            changes += variables(
                old.variables?.variables ?? [], new.variables?.variables ?? [],
                oldSetsSecret: old.setsSecretVariable, newSetsSecret: new.setsSecretVariable)
            if Self.joined(old.unknown) != Self.joined(new.unknown) { changes.append(unknown()) }
            return changes
        case (.unknown(let old), .unknown(let new)) where old == new: return []
        default: return [unknown()]
        }
    }

    /// The nodes with neighbouring texts as one: without the element that stood between them they read as one.
    private static func joined(_ nodes: [XMLNode]) -> [XMLNode] {
        nodes.reduce(into: []) { result, node in
            if case .text(let text) = node, case .text(let before)? = result.last {
                result[result.count - 1] = .text(before + text)
            } else {
                result.append(node)
            }
        }
    }

    private func unknown() -> Change {
        Change(field: "other content", old: nil, new: nil, lines: nil, hashes: nil, isSecret: false)
    }

    // MARK: Fields

    func properties(_ old: TaskSequencePackage, _ new: TaskSequencePackage) -> [Change] {
        // A bare sequence is named after its file, which is not part of it.
        let isNamed = [old, new].allSatisfy { $0.format == .wrapper || $0.format == .instance }
        let fields: [(String, String?, String?)] = [
            ("name", isNamed ? old.name : old.sequence.name, isNamed ? new.name : new.sequence.name),
            ("description", old.description, new.description),
            ("bootImage", old.bootImageID, new.bootImageID),
            ("type", old.type.map { String($0.rawValue) }, new.type.map { String($0.rawValue) }),
        ]
        return fields.filter { !($0.1 ?? "").isExactly($0.2 ?? "") }.map { change($0.0, $0.1, $0.2, $0.1, $0.2) }
    }

    /// Flags that are not set mean the same as no flag, and an empty description the same as none.
    private func attributes(_ old: [XMLAttribute], _ new: [XMLAttribute]) -> [Change] {
        func values(_ list: [XMLAttribute]) -> [ExactText: String] {
            var values: [ExactText: String] = [:]
            for attribute in list where attribute.name != "name" && attribute.name != "type" {
                switch attribute.name {
                case "disable", "continueOnError":
                    if attribute.value.lowercased() == "true" { values[ExactText(attribute.name)] = "true" }
                case "description" where attribute.value.isEmpty: break
                default: values[ExactText(attribute.name)] = attribute.value
                }
            }
            return values
        }
        let oldValues = values(old)
        let newValues = values(new)
        return Set(oldValues.keys).union(newValues.keys).sorted().compactMap { name in
            let (before, after) = (oldValues[name], newValues[name])
            return before.isExactly(after)
                ? nil
                : change(name.description, before, after, before.map(secrecy.text), after.map(secrecy.text))
        }
    }

    private func condition(_ old: Condition?, _ new: Condition?) -> [Change] {
        let old = old.flatMap { $0.terms.isEmpty ? nil : $0 }
        let new = new.flatMap { $0.terms.isEmpty ? nil : $0 }
        let before = old.map { ConditionPhrase($0, secrecy: .shown) }
        let after = new.map { ConditionPhrase($0, secrecy: .shown) }
        // Compared as words, by their bytes: attributes that are not known, or operands in another order, tell nothing.
        guard before != after else { return [] }
        let shownBefore = old.map { ConditionPhrase($0, secrecy: secrecy) }
        let shownAfter = new.map { ConditionPhrase($0, secrecy: secrecy) }
        let isLong = max(shownBefore?.statementCount ?? 0, shownAfter?.statementCount ?? 0) > 4
        let lines = LineDifference.unified(
            shownBefore?.lines(width: 0).joined(separator: "\n") ?? "",
            shownAfter?.lines(width: 0).joined(separator: "\n") ?? "")
        return [
            Change(
                field: "condition", old: shownBefore?.oneLine, new: shownAfter?.oneLine,
                lines: isLong && old != nil && new != nil ? lines : nil, hashes: nil,
                isSecret: shownBefore == shownAfter)
        ]
    }

    /// Variables by property, the n-th of a name beside the n-th.
    func variables(
        _ old: [StepVariable], _ new: [StepVariable], oldSetsSecret: Bool = false, newSetsSecret: Bool = false
    ) -> [Change] {
        struct Key: Hashable {
            let name: ExactText
            let number: Int
        }
        func keyed(_ list: [StepVariable]) -> [(Key, StepVariable)] {
            var counts: [ExactText: Int] = [:]
            return list.map { variable in
                let name = ExactText(variable.property ?? variable.name)
                counts[name, default: 0] += 1
                return (Key(name: name, number: counts[name] ?? 0), variable)
            }
        }
        func readable(_ variable: StepVariable, _ setsSecret: Bool) -> StepProperty {
            variable.readable(
                secrecy, isSecret: secrecy == .redacted && setsSecret && variable.property == "VariableValue")
        }
        let newByKey = Dictionary(keyed(new)) { first, _ in first }
        var found: Set<Key> = []
        var changes: [Change] = []
        for (key, variable) in keyed(old) {
            guard let match = newByKey[key] else {
                changes.append(change(key.name.description, readable(variable, oldSetsSecret), nil))
                continue
            }
            found.insert(key)
            guard !variable.value.isExactly(match.value) || variable.unknown != match.unknown else { continue }
            changes.append(
                change(key.name.description, readable(variable, oldSetsSecret), readable(match, newSetsSecret)))
        }
        for (key, variable) in keyed(new) where !found.contains(key) {
            changes.append(change(key.name.description, nil, readable(variable, newSetsSecret)))
        }
        return changes
    }

    // MARK: Values

    private func change(_ field: String, _ old: StepProperty?, _ new: StepProperty?) -> Change {
        let isSecret = (old?.value).isExactly(new?.value) && (old?.isRedacted == true || new?.isRedacted == true)
        let isScript = old?.kind == .script || new?.kind == .script
        let isRedacted = old?.isRedacted == true || new?.isRedacted == true
        let hasLines = old?.isBlock == true || new?.isBlock == true
        return Change(
            field: field, old: old?.value, new: new?.value,
            lines: hasLines ? LineDifference.unified(old?.value ?? "", new?.value ?? "") : nil,
            hashes: isScript && !isRedacted
                ? .init(old: old.map { Self.hash($0.value) }, new: new.map { Self.hash($0.value) }) : nil,
            isSecret: isSecret)
    }

    private func change(
        _ field: String, _ old: String?, _ new: String?, _ shownOld: String?, _ shownNew: String?
    ) -> Change {
        let hasLines = [shownOld, shownNew].contains { $0?.utf8.contains(UInt8(ascii: "\n")) == true }
        return Change(
            field: field, old: shownOld, new: shownNew,
            lines: hasLines
                ? LineDifference.unified((shownOld ?? "").withLineFeeds, (shownNew ?? "").withLineFeeds) : nil,
            hashes: nil, isSecret: !old.isExactly(new) && shownOld.isExactly(shownNew))
    }

    private static func hash(_ text: String) -> String { SHA256.digest(of: text.utf8).description }
}

extension FlatTree.Item {
    /// The type of a step as written.
    var stepType: String? {
        guard case .step(let step) = item else { return nil }
        return step.type
    }
}

extension FlatTree {
    /// The names from the outermost group to `item`.
    func path(of item: Item) -> [String] { (item.parent < 0 ? [] : path(of: item.parent)) + [item.name.description] }
}
