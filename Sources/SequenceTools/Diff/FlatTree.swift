// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import TaskSequence

/// The groups and steps of a sequence in document order, each with its parent.
struct FlatTree {
    /// A group or step.
    struct Item {
        /// The item itself; a group's items are not looked at.
        let item: SequenceItem
        /// The index of the group it is in, -1 for the sequence.
        let parent: Int
        /// The place among the items of its group.
        let position: Int
        /// The place as `sequence show` numbers it.
        let number: String
        let name: ExactText
        /// The step's type; empty for a group, and for what is not known the element's name.
        let type: ExactText
        let isGroup: Bool
        /// A hash of all but the name, and of nothing below a group; it only guides the matching.
        let content: Int
    }

    private(set) var items: [Item] = []
    /// The children of each item, and of the sequence at index 0: shifted by one.
    private(set) var children: [[Int]] = [[]]

    init(_ sequence: SequenceDefinition) {
        items.reserveCapacity(1_000)
        append(sequence.items, parent: -1, number: "")
    }

    /// The children of the item `index`, or of the sequence for -1.
    func children(of index: Int) -> [Int] { children[index + 1] }

    /// The names from the outermost group to the item.
    func path(of index: Int) -> [String] {
        var path: [String] = []
        var index = index
        while index >= 0 {
            path.append(items[index].name.description)
            index = items[index].parent
        }
        return path.reversed()
    }

    private mutating func append(_ list: [SequenceItem], parent: Int, number: String) {
        var position = 0
        for item in list {
            guard let (name, type, isGroup) = Self.identity(of: item) else { continue }
            let place = number.isEmpty ? "\(position + 1)" : "\(number).\(position + 1)"
            let index = items.count
            items.append(
                Item(
                    item: item, parent: parent, position: position, number: place, name: ExactText(name),
                    type: ExactText(type),
                    isGroup: isGroup, content: Self.content(of: item)))
            children.append([])
            children[parent + 1].append(index)
            position += 1
            if case .group(let group) = item { append(group.items, parent: index, number: place) }
        }
    }

    /// Nil for comments, and for the empty action that MDT writes into groups.
    private static func identity(of item: SequenceItem) -> (name: String, type: String, isGroup: Bool)? {
        switch item {
        case .group(let group): return (group.name, "", true)
        case .step(let step): return (step.name, "\(step.element.rawValue) \(step.type ?? "")", false)
        case .unknown(.element(let element)):
            if element.name == "action", element.attributes.isEmpty, element.children.isEmpty { return nil }
            return ("<\(element.name)>", "<\(element.name)>", false)
        case .unknown: return nil
        }
    }

    private static func content(of item: SequenceItem) -> Int {
        var hasher = Hasher()
        switch item {
        case .group(let group):
            hash(group.attributes, &hasher)
            hash(group.condition, &hasher)
        case .step(let step):
            hash(step.attributes, &hasher)
            hash(step.condition, &hasher)
            hasher.combine(step.action.map { ExactText($0) })
            for variable in step.variables?.variables ?? [] { hash(variable, &hasher) }
            hasher.combine(step.unknown)
        case .unknown(let node): hasher.combine(node)
        }
        return hasher.finalize()
    }

    private static func hash(_ attributes: [XMLAttribute], _ hasher: inout Hasher) {
        for attribute in attributes where attribute.name != "name" { hasher.combine(attribute) }
    }

    private static func hash(_ condition: Condition?, _ hasher: inout Hasher) {
        guard let condition else { return hasher.combine(0) }
        for term in condition.terms { hash(term, &hasher) }
    }

    private static func hash(_ term: ConditionTerm, _ hasher: inout Hasher) {
        switch term {
        case .expression(let expression):
            hasher.combine(expression.attributes)
            for operand in expression.operands { hash(operand, &hasher) }
        case .operator(let group):
            hasher.combine(group.attributes)
            hasher.combine(group.terms.count)
            for term in group.terms { hash(term, &hasher) }
        case .unknown(let node): hasher.combine(node)
        }
    }

    private static func hash(_ variable: StepVariable, _ hasher: inout Hasher) {
        hasher.combine(ExactText(variable.property ?? variable.name))
        hasher.combine(ExactText(variable.value))
    }
}
