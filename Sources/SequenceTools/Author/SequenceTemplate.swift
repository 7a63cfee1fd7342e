// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import SequenceTemplates
import Support
import TaskSequence

/// A task sequence with placeholders (docs/templates.md): a `<sequence>` whose texts and attributes hold `{{name}}`,
/// and whose elements may have the attributes `when` and `each`.
public struct SequenceTemplate: Sendable {
    static let conditionAttribute = "when"
    static let repetitionAttribute = "each"

    /// The file, or the name of a built-in template.
    public let source: String
    let root: XMLElement
    /// Every name that a placeholder, a `when` or an `each` uses, and where it is used first.
    let names: [String: XMLLocation]

    /// Reads the template in `bytes`.
    ///
    /// - Parameters:
    ///   - source: the file, for messages.
    /// - Throws: ``TaskSequenceError`` `.malformed`, with line and column.
    public init(xml bytes: [UInt8], source: String) throws(TaskSequenceError) {
        let document = try readXML(bytes, source: source)
        guard document.root.name == "sequence" else {
            throw .template(source, document.root.location, "begins with <\(document.root.name)> instead of <sequence>")
        }
        for name in [Self.conditionAttribute, Self.repetitionAttribute] where document.root[attribute: name] != nil {
            throw .template(source, document.root.location, "has \(name) on <sequence>")
        }
        self.source = source
        root = document.root
        var survey = TemplateSurvey(source: source)
        try survey.visit(root)
        names = survey.names
    }

    /// A value for a placeholder of a template's own, which `text` states as NAME=VALUE.
    ///
    /// - Throws: ``TaskSequenceError`` `.badRequest`.
    public static func ownValue(_ text: String) throws(TaskSequenceError) -> (name: String, value: String) {
        guard let separator = text.firstIndex(of: "=") else { throw .badRequest("\(.value)", "takes NAME=VALUE") }
        return (String(text[..<separator]), String(text[text.index(after: separator)...]))
    }

    /// The names of the templates that are part of the program.
    public static var builtInNames: [String] { BuiltInTemplate.allCases.map(\.rawValue) }

    /// The template that is part of the program under `name`.
    ///
    /// - Throws: ``TaskSequenceError`` `.badRequest` when there is none of this name.
    public static func builtIn(_ name: String) throws(TaskSequenceError) -> SequenceTemplate {
        guard let template = BuiltInTemplate(rawValue: name) else {
            throw .badRequest(
                .template, "'\(name)' is not a template of the program",
                "name one of \(builtInNames.joined(separator: ", ")), or a file by a path with a / or ending in .xml")
        }
        return try SequenceTemplate(xml: template.xml, source: "the template \(name)")
    }
}

/// Looks through a template before anything is filled in, so that every mistake is found whatever the inputs are.
private struct TemplateSurvey {
    let source: String
    var names: [String: XMLLocation] = [:]

    mutating func visit(_ element: XMLElement) throws(TaskSequenceError) {
        for attribute in element.attributes {
            switch attribute.name {
            case SequenceTemplate.conditionAttribute:
                for term in try TemplateCondition(attribute.value, source, element.location).terms {
                    note(term.name, element)
                }
            case SequenceTemplate.repetitionAttribute:
                guard TemplateText.isName(attribute.value[...]) else {
                    throw .template(source, element.location, "repeats by '\(attribute.value)', which is no list")
                }
                note(attribute.value, element)
            default: try visit(attribute.value, element)
            }
        }
        for child in element.children {
            switch child {
            case .element(let child): try visit(child)
            case .text(let text): try visit(text, element)
            case .cdata(let data): try visit(data.text, element)
            case .comment, .processingInstruction: break
            }
        }
    }

    private mutating func visit(_ text: String, _ element: XMLElement) throws(TaskSequenceError) {
        for case .placeholder(let placeholder) in try TemplateText(text, source, element.location).parts {
            note(placeholder.name, element)
        }
    }

    private mutating func note(_ name: String, _ element: XMLElement) {
        if names[name] == nil { names[name] = element.location }
    }
}

extension TemplateText {
    /// Reads `text`, which stands at `location` of a template.
    init(_ text: String, _ source: String, _ location: XMLLocation) throws(TaskSequenceError) {
        do throws(Defect) {
            try self.init(text)
        } catch {
            throw .template(source, location, DiagnosticText(error.problem))
        }
    }
}

extension TemplateCondition {
    /// Reads the attribute `when` with the value `text`, of an element at `location` of a template.
    init(_ text: String, _ source: String, _ location: XMLLocation) throws(TaskSequenceError) {
        do throws(TemplateText.Defect) {
            try self.init(text)
        } catch {
            throw .template(source, location, DiagnosticText(error.problem))
        }
    }
}

extension TaskSequenceError {
    /// A mistake in a template.
    static func template(_ source: String, _ location: XMLLocation, _ problem: DiagnosticText) -> TaskSequenceError {
        TaskSequenceError(
            .malformed, object: "\(source):\(location):", problem: problem,
            nextStep: "mend the template; docs/templates.md says what one may hold", location: location)
    }
}
