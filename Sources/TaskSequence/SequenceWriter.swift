// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

/// Writes the canonical form of task-sequence.md section 1: a genuine sequence that was read comes out byte for byte.
///
/// Attributes and child elements stand in the genuine order, what is not known after what is; `disable` and
/// `continueOnError` are written only as "true"; every group and step has a description and every step a list of
/// variables, sorted by property. An empty variable is written as `<variable></variable>`, every other empty element as
/// an empty-element tag. Comments stay where the model has them.
public struct SequenceWriter {
    /// The version that is written (task-sequence.md section 1).
    public static let version = "3.10"

    private static let itemAttributes = [
        "type", "name", "description", "disable", "continueOnError", "timeout", "runIn", "successCodeList",
        "retryCount",
        "runFromNet",
    ]
    private static let variableAttributes = ["name", "property", "hidden"]
    private static let sequenceAttributes = ["version", "name", "description"]

    private let layout: SequenceLayout
    private var writer: XMLWriter
    private var depth = 0

    private init(_ layout: SequenceLayout, capacity: Int) {
        self.layout = layout
        writer = XMLWriter(lineEnding: layout.lineEnding, reservingCapacity: capacity)
    }

    /// The `<sequence>` element as UTF-8, without a line end after it.
    public static func write(
        _ sequence: SequenceDefinition, layout: SequenceLayout = .canonical, reservingCapacity capacity: Int = 0
    ) -> [UInt8] {
        var writer = SequenceWriter(layout, capacity: capacity)
        writer.write(sequence)
        return writer.writer.bytes
    }

    private mutating func write(_ sequence: SequenceDefinition) {
        var attributes = sequence.attributes.filter { $0.name != "version" }
        attributes.insert(XMLAttribute("version", Self.version), at: 0)
        let isEmpty = sequence.items.isEmpty && sequence.referenceList == nil && sequence.globalVariables == nil
        open("sequence", attributes, order: Self.sequenceAttributes, isEmpty: isEmpty)
        guard !isEmpty else { return }
        depth += 1
        if let list = sequence.referenceList { write(list) }
        if let list = sequence.globalVariables { write(list, as: "globalVarList", isSorted: false) }
        for item in sequence.items { write(item) }
        depth -= 1
        close("sequence")
    }

    private mutating func write(_ list: ReferenceList) {
        let isEmpty = list.references.isEmpty && list.unknown.isEmpty
        line()
        open("referenceList", list.attributes, order: [], isEmpty: isEmpty)
        guard !isEmpty else { return }
        depth += 1
        for reference in list.references {
            line()
            open("reference", reference.attributes, order: [], isEmpty: reference.unknown.isEmpty)
            guard !reference.unknown.isEmpty else { continue }
            writeUnknown(reference.unknown)
            close("reference")
        }
        writeUnknown(list.unknown, isIndentedHere: true)
        depth -= 1
        close("referenceList")
    }

    private mutating func write(_ item: SequenceItem) {
        switch item {
        case .group(let group): write(group)
        case .step(let step): write(step)
        case .unknown(let node):
            line()
            write(node)
        }
    }

    private mutating func write(_ group: SequenceGroup) {
        let isEmpty = group.items.isEmpty && group.condition == nil
        line()
        open("group", Self.canonical(group.attributes), order: Self.itemAttributes, isEmpty: isEmpty)
        guard !isEmpty else { return }
        depth += 1
        if let condition = group.condition { write(condition) }
        for item in group.items { write(item) }
        depth -= 1
        close("group")
    }

    private mutating func write(_ step: SequenceStep) {
        line()
        open(step.element.rawValue, Self.canonical(step.attributes), order: Self.itemAttributes, isEmpty: false)
        depth += 1
        if let condition = step.condition { write(condition) }
        if let action = step.action {
            line()
            writer.startTag("action")
            writer.text(action)
            writer.endTag("action")
        }
        write(step.variables ?? VariableList(), as: "defaultVarList", isSorted: true)
        writeUnknown(step.unknown, isIndentedHere: true)
        depth -= 1
        close(step.element.rawValue)
    }

    private mutating func write(_ list: VariableList, as name: String, isSorted: Bool) {
        let isEmpty = list.variables.isEmpty && list.unknown.isEmpty
        line()
        open(name, list.attributes, order: [], isEmpty: isEmpty)
        guard !isEmpty else { return }
        depth += 1
        if isSorted, !Self.isSorted(list.variables) {
            for variable in Self.sorted(list.variables) { write(variable) }
        } else {
            for variable in list.variables { write(variable) }
        }
        writeUnknown(list.unknown, isIndentedHere: true)
        depth -= 1
        close(name)
    }

    private mutating func write(_ variable: StepVariable) {
        line()
        open("variable", variable.attributes, order: Self.variableAttributes, isEmpty: false)
        writer.text(variable.value)
        for node in variable.unknown { writer.node(node) }
        writer.endTag("variable")
    }

    // MARK: Conditions

    private mutating func write(_ condition: Condition) {
        line()
        open("condition", condition.attributes, order: [], isEmpty: condition.terms.isEmpty)
        guard !condition.terms.isEmpty else { return }
        depth += 1
        for term in condition.terms { write(term) }
        depth -= 1
        close("condition")
    }

    private mutating func write(_ term: ConditionTerm) {
        line()
        switch term {
        case .unknown(let node): write(node)
        case .expression(let expression):
            let isEmpty = expression.operands.isEmpty && expression.unknown.isEmpty
            open("expression", expression.attributes, order: [], isEmpty: isEmpty)
            guard !isEmpty else { return }
            depth += 1
            for operand in expression.operands { write(operand) }
            writeUnknown(expression.unknown, isIndentedHere: true)
            depth -= 1
            close("expression")
        case .operator(let `operator`):
            open("operator", `operator`.attributes, order: [], isEmpty: `operator`.terms.isEmpty)
            guard !`operator`.terms.isEmpty else { return }
            depth += 1
            for term in `operator`.terms { write(term) }
            depth -= 1
            close("operator")
        }
    }

    // MARK: What is not known

    private mutating func writeUnknown(_ nodes: [XMLNode], isIndentedHere: Bool = false) {
        if !isIndentedHere { depth += 1 }
        for node in nodes {
            line()
            write(node)
        }
        if !isIndentedHere { depth -= 1 }
    }

    /// Lays out elements that contain only elements; text stays as it is.
    private mutating func write(_ node: XMLNode) {
        guard case .element(let element) = node else { return writer.node(node) }
        let content = Array(element.contentNodes)
        let hasText = content.contains { node in
            switch node {
            case .text, .cdata: true
            case .element, .comment, .processingInstruction: false
            }
        }
        open(element.name, element.attributes, order: [], isEmpty: element.children.isEmpty || content.isEmpty)
        if hasText {
            for child in element.children { writer.node(child) }
            writer.endTag(element.name)
        } else if !content.isEmpty {
            depth += 1
            for child in content {
                line()
                write(child)
            }
            depth -= 1
            close(element.name)
        }
    }

    // MARK: Tags and lines

    private mutating func line() {
        guard let indentation = layout.indentation else { return }
        writer.newline()
        writer.raw(layout.margin)
        for _ in 0..<depth { writer.raw(indentation) }
    }

    /// Writes a start tag with the attributes named in `order` first.
    private mutating func open(_ name: String, _ attributes: [XMLAttribute], order: [String], isEmpty: Bool) {
        writer.openTag(name)
        for known in order {
            if let attribute = attributes.first(where: { $0.name == known }) {
                writer.attribute(attribute)
            }
        }
        for attribute in attributes where !order.contains(attribute.name) {
            writer.attribute(attribute)
        }
        if isEmpty, layout.hasSpaceInEmptyTags { writer.raw(" ") }
        writer.closeTag(isEmpty: isEmpty)
    }

    private mutating func close(_ name: String) {
        line()
        writer.endTag(name)
    }

    // MARK: Canonical values

    /// Leaves flags out that are not set, and adds a missing description.
    private static func canonical(_ attributes: [XMLAttribute]) -> [XMLAttribute] {
        var result: [XMLAttribute] = []
        result.reserveCapacity(attributes.count + 1)
        var hasDescription = false
        for attribute in attributes {
            switch attribute.name {
            case "disable", "continueOnError":
                if attribute.value.lowercased() == "true" { result.append(XMLAttribute(attribute.name, "true")) }
            default:
                if attribute.name == "description" { hasDescription = true }
                result.append(attribute)
            }
        }
        if !hasDescription { result.append(XMLAttribute("description", "")) }
        return result
    }

    private static func isSorted(_ variables: [StepVariable]) -> Bool {
        zip(variables, variables.dropFirst()).allSatisfy { !precedes($1, $0) }
    }

    private static func sorted(_ variables: [StepVariable]) -> [StepVariable] {
        variables.enumerated().sorted { left, right in
            precedes(left.element, right.element)
                || (!precedes(right.element, left.element) && left.offset < right.offset)
        }.map(\.element)
    }

    /// Ordinal order of the properties, as .NET compares: by UTF-16 units.
    private static func precedes(_ left: StepVariable, _ right: StepVariable) -> Bool {
        let left = left.property ?? left.name
        let right = right.property ?? right.name
        return left.utf16.lexicographicallyPrecedes(right.utf16)
    }
}
