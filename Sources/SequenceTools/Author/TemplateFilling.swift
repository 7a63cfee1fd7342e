// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support
import TaskSequence

extension SequenceTemplate {
    /// The template's root with every placeholder replaced; comments are left out.
    ///
    /// - Throws: ``TaskSequenceError`` `.badRequest` for a placeholder without a value, `.malformed` for one that cannot
    ///   have any.
    func filled(with values: TemplateValues) throws(TaskSequenceError) -> XMLElement {
        var root = root
        root.children = try TemplateFilling(source: source, values: values).children(of: root)
        return root
    }
}

/// Replaces placeholders; recursion is bounded by the depth that ``XMLReader`` accepts.
private struct TemplateFilling {
    /// The entry of a list that is being repeated.
    struct Entry {
        let list: String
        let index: Int
        let fields: [String: String]
    }

    let source: String
    let values: TemplateValues
    var entry: Entry?

    func children(of element: XMLElement) throws(TaskSequenceError) -> [XMLNode] {
        var nodes: [XMLNode] = []
        for child in element.children {
            switch child {
            case .element(let child): nodes += try fill(child).map(XMLNode.element)
            case .text(let text): nodes.append(.text(try fill(text, element)))
            // CDATA or escaped means the same; the canonical form escapes.
            case .cdata(let data): nodes.append(.text(try fill(data.text, element)))
            case .comment, .processingInstruction: break
            }
        }
        return nodes
    }

    /// `element` filled: not at all, once, or once for each entry of a list.
    private func fill(_ element: XMLElement) throws(TaskSequenceError) -> [XMLElement] {
        if let condition = element[attribute: SequenceTemplate.conditionAttribute] {
            for term in try TemplateCondition(condition, source, element.location).terms {
                guard try holds(term, element) else { return [] }
            }
        }
        guard let list = element[attribute: SequenceTemplate.repetitionAttribute] else { return try once(element) }
        guard entry == nil else { throw error(element, "repeats inside a repetition") }
        guard case .list(let entries) = try value(list, element) else {
            throw error(element, "repeats by '\(list)', which is no list")
        }
        var elements: [XMLElement] = []
        for (index, fields) in entries.enumerated() {
            var inner = self
            inner.entry = Entry(list: list, index: index, fields: fields)
            elements += try inner.once(element)
        }
        return elements
    }

    private func once(_ element: XMLElement) throws(TaskSequenceError) -> [XMLElement] {
        var result = element
        result.attributes = []
        for attribute in element.attributes
        where attribute.name != SequenceTemplate.conditionAttribute
            && attribute.name != SequenceTemplate.repetitionAttribute
        {
            var filled = attribute
            let text = try fill(attribute.value, element)
            // An assignment forgets how the value was spelt.
            if text != attribute.value { filled.value = text }
            result.attributes.append(filled)
        }
        result.children = try children(of: element)
        // A condition of which nothing is left holds always.
        let isCondition = element.name == "condition" || element.name == "operator"
        let isEmptied = result.elements.first { _ in true } == nil && element.elements.contains { _ in true }
        return isCondition && isEmptied ? [] : [result]
    }

    // MARK: Values

    private func fill(_ text: String, _ element: XMLElement) throws(TaskSequenceError) -> String {
        guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
        var result = ""
        for part in try TemplateText(text, source, element.location).parts {
            switch part {
            case .literal(let literal): result += literal
            case .placeholder(let placeholder): result += try self.text(of: placeholder, element)
            }
        }
        return result
    }

    private func text(
        of placeholder: TemplateText.Placeholder, _ element: XMLElement
    ) throws(TaskSequenceError) -> String {
        let text: String
        switch (try value(placeholder.name, element), placeholder.field) {
        case (.text(let value), nil): text = value
        case (.flag(let flag), nil): text = flag ? "true" : "false"
        case (.list(let entries), let field?): text = try fieldText(field, of: entries, placeholder, element)
        case (.list, nil), (.text, _?), (.flag, _?):
            throw error(element, "has \(placeholder.spelling), and there is no such value")
        }
        return placeholder.isCapitalised ? text.prefix(1).uppercased() + text.dropFirst() : text
    }

    /// A field of the entry that is being repeated, else of all entries.
    private func fieldText(
        _ field: String, of entries: [[String: String]], _ placeholder: TemplateText.Placeholder, _ element: XMLElement
    ) throws(TaskSequenceError) -> String {
        if field == "count" { return String(entries.count) }
        if let entry, entry.list == placeholder.name {
            if field == "index" { return String(entry.index) }
            if let value = entry.fields[field] { return value }
        } else {
            let all = entries.compactMap { $0[field] }
            if all.count == entries.count, field != "index" { return all.joined(separator: ",") }
        }
        throw error(element, "has \(placeholder.spelling), and there is no such value")
    }

    private func holds(_ term: TemplateCondition.Term, _ element: XMLElement) throws(TaskSequenceError) -> Bool {
        // An input of another command is not given.
        guard values[term.name] != nil || !TemplateValues.inputNames.contains(term.name) else {
            return term.isNegated
        }
        let value = try value(term.name, element)
        guard let wanted = term.value else { return value.isGiven != term.isNegated }
        switch value {
        case .text(let text): return (text == wanted) != term.isNegated
        case .flag(let flag): return ((flag ? "true" : "false") == wanted) != term.isNegated
        case .list: throw error(element, "compares the list '\(term.name)' with a text")
        }
    }

    private func value(_ name: String, _ element: XMLElement) throws(TaskSequenceError) -> TemplateValues.Value {
        if let value = values[name] { return value }
        guard TemplateValues.inputNames.contains(name) else {
            throw .badRequest(
                .value, "is missing: \(source):\(element.location) asks for '\(name)'", "add \(.value, "\(name)=...")")
        }
        throw error(element, "asks for '\(name)', which is no input of this command")
    }

    private func error(_ element: XMLElement, _ problem: DiagnosticText) -> TaskSequenceError {
        .template(source, element.location, problem)
    }
}
