// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// A text of a template: what stands there as it is, and placeholders (docs/templates.md).
struct TemplateText {
    /// `{{name}}`, `{{name.field}}`, `{{name|capitalised}}`.
    struct Placeholder: Equatable {
        let name: String
        let field: String?
        let isCapitalised: Bool

        /// As it is written.
        var spelling: String {
            "{{\(name)\(field.map { ".\($0)" } ?? "")\(isCapitalised ? "|\(Self.filter)" : "")}}"
        }

        private static let filter = "capitalised"

        /// Reads what stands between the braces.
        init?(_ text: Substring) {
            let filtered = text.split(separator: "|", omittingEmptySubsequences: false)
            guard filtered.count == 1 || filtered.count == 2 && filtered[1] == Self.filter else { return nil }
            let names = filtered[0].split(separator: ".", omittingEmptySubsequences: false)
            guard names.count <= 2, names.allSatisfy(TemplateText.isName) else { return nil }
            name = String(names[0])
            field = names.count == 2 ? String(names[1]) : nil
            isCapitalised = filtered.count == 2
        }
    }

    /// A piece of the text.
    enum Part: Equatable {
        case literal(String)
        case placeholder(Placeholder)
    }

    /// What is wrong with a text, as the predicate of a sentence.
    struct Defect: Error {
        let problem: String
    }

    let parts: [Part]

    /// Reads `text`; `{{{{` stands for `{{`.
    init(_ text: String) throws(Defect) {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            literal += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            if rest.hasPrefix("{{") {
                literal += "{{"
                rest = rest.dropFirst(2)
                continue
            }
            guard let end = rest.firstRange(of: "}}") else {
                throw Defect(problem: "has {{ without }}; write {{{{ where {{ itself is meant")
            }
            let inside = rest[..<end.lowerBound]
            guard let placeholder = Placeholder(inside) else {
                throw Defect(problem: "has {{\(inside.prefix(64))}}, which is no placeholder")
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
            parts.append(.placeholder(placeholder))
            rest = rest[end.upperBound...]
        }
        literal += rest
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    /// True for the name of an input: lower-case letters, digits and hyphens.
    static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// The attribute `when` of a template: terms separated by spaces, all of which must hold.
struct TemplateCondition {
    /// `name`, `!name`, `name=value` or `name!=value`.
    struct Term: Equatable {
        let name: String
        /// What the input must equal; nil for "is given".
        let value: String?
        let isNegated: Bool

        init?(_ text: Substring) {
            var text = text
            let isNegatedName = text.hasPrefix("!")
            if isNegatedName { text = text.dropFirst() }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            var name = parts[0]
            let isUnequal = parts.count == 2 && name.hasSuffix("!")
            if isUnequal { name = name.dropLast() }
            guard TemplateText.isName(name), !(isNegatedName && parts.count == 2) else { return nil }
            self.name = String(name)
            value = parts.count == 2 ? String(parts[1]) : nil
            isNegated = isNegatedName || isUnequal
        }
    }

    let terms: [Term]

    init(_ text: String) throws(TemplateText.Defect) {
        var terms: [Term] = []
        for part in text.split(separator: " ") {
            guard let term = Term(part) else {
                throw TemplateText.Defect(
                    problem: "has '\(part.prefix(64))' in its attribute when, which is no condition")
            }
            terms.append(term)
        }
        guard !terms.isEmpty else { throw TemplateText.Defect(problem: "has an empty attribute when") }
        self.terms = terms
    }
}
