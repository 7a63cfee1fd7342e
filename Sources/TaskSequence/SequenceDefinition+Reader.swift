// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

extension SequenceDefinition {
    /// Reads a `<sequence>` element.
    ///
    /// Recursion is bounded by the depth that ``XMLReader`` accepts.
    ///
    /// - Parameters:
    ///   - source: the file, for messages.
    /// - Throws: ``TaskSequenceError`` `.malformed`.
    public init(_ element: XMLElement, source: String) throws(TaskSequenceError) {
        guard element.name == "sequence" else {
            throw .malformed(source, element.location, "holds <\(element.name)> where <sequence> belongs")
        }
        self.init(attributes: element.attributes)
        for node in element.contentNodes {
            switch node {
            case .element(let child) where child.name == "referenceList" && referenceList == nil:
                referenceList = ReferenceList(child)
            case .element(let child) where child.name == "globalVarList" && globalVariables == nil:
                globalVariables = VariableList(child)
            default:
                items.append(SequenceItem(node))
            }
        }
    }
}

extension SequenceItem {
    init(_ node: XMLNode) {
        switch node {
        case .element(let element) where element.name == "group": self = .group(SequenceGroup(element))
        case .element(let element):
            self =
                SequenceStep.Element(rawValue: element.name).map { .step(SequenceStep(element, as: $0)) }
                ?? .unknown(node.withoutLayout)
        default: self = .unknown(node.withoutLayout)
        }
    }
}

extension SequenceGroup {
    init(_ element: XMLElement) {
        self.init(attributes: element.attributes, location: element.location)
        items.reserveCapacity(element.children.count)
        for node in element.contentNodes {
            if condition == nil, case .element(let child) = node, child.name == "condition" {
                condition = Condition(child)
            } else {
                items.append(SequenceItem(node))
            }
        }
    }
}

extension SequenceStep {
    init(_ element: XMLElement, as kind: Element) {
        self.init(element: kind, attributes: element.attributes, variables: nil, location: element.location)
        for node in element.contentNodes {
            switch node {
            case .element(let child) where child.name == "condition" && condition == nil:
                condition = Condition(child)
            case .element(let child) where child.name == "defaultVarList" && variables == nil:
                variables = VariableList(child)
            case .element(let child) where child.name == "action" && action == nil && child.isPlainText:
                action = child.text
            default:
                unknown.append(node.withoutLayout)
            }
        }
    }
}

extension VariableList {
    init(_ element: XMLElement) {
        self.init(attributes: element.attributes)
        variables.reserveCapacity(element.children.count)
        for node in element.contentNodes {
            if case .element(let child) = node, child.name == "variable" {
                variables.append(StepVariable(child))
            } else {
                unknown.append(node.withoutLayout)
            }
        }
    }
}

extension StepVariable {
    init(_ element: XMLElement) {
        self.init(attributes: element.attributes, value: element.text)
        for case .element(let child) in element.children { unknown.append(XMLNode.element(child).withoutLayout) }
    }
}

extension ReferenceList {
    init(_ element: XMLElement) {
        self.init(references: [], attributes: element.attributes)
        for node in element.contentNodes {
            if case .element(let child) = node, child.name == "reference" {
                references.append(
                    WrittenReference(attributes: child.attributes, unknown: child.contentNodes.map(\.withoutLayout)))
            } else {
                unknown.append(node.withoutLayout)
            }
        }
    }
}

extension Condition {
    package init(_ element: XMLElement) {
        self.init(terms: element.contentNodes.map(ConditionTerm.init), attributes: element.attributes)
    }
}

extension ConditionTerm {
    init(_ node: XMLNode) {
        switch node {
        case .element(let element) where element.name == "expression": self = .expression(ConditionExpression(element))
        case .element(let element) where element.name == "operator":
            self = .operator(
                ConditionOperator(
                    attributes: element.attributes, terms: element.contentNodes.map(ConditionTerm.init)))
        default: self = .unknown(node.withoutLayout)
        }
    }
}

extension ConditionExpression {
    init(_ element: XMLElement) {
        self.init(attributes: element.attributes, operands: [])
        for node in element.contentNodes {
            if case .element(let child) = node, child.name == "variable" {
                operands.append(StepVariable(child))
            } else {
                unknown.append(node.withoutLayout)
            }
        }
    }
}

extension XMLElement {
    /// The children without the white space between elements.
    var contentNodes: some Sequence<XMLNode> {
        children.lazy.filter { node in
            switch node {
            case .element, .cdata, .comment, .processingInstruction: true
            case .text(let text): !text.utf8.allSatisfy { $0 == 0x20 || (0x9...0xD).contains($0) }
            }
        }
    }

    /// True when there is nothing but characters and comments, and no attribute.
    var isPlainText: Bool {
        attributes.isEmpty
            && children.allSatisfy { node in
                switch node {
                case .text, .cdata, .comment: true
                case .element, .processingInstruction: false
                }
            }
    }
}

extension XMLNode {
    /// The node without white space between elements, unless there is text beside it.
    var withoutLayout: XMLNode {
        guard case .element(var element) = self else { return self }
        let content = Array(element.contentNodes)
        let hasText = content.contains { node in
            switch node {
            case .text, .cdata: true
            case .element, .comment, .processingInstruction: false
            }
        }
        if !hasText { element.children = content.map(\.withoutLayout) }
        return .element(element)
    }
}
