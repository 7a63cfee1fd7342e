// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

extension XMLElement {
    /// The name without its prefix.
    var localName: String { name.split(separator: ":", maxSplits: 1).last.map(String.init) ?? name }

    /// `local` with the prefix that this element has, for one beside or in it.
    func sibling(_ local: String) -> String {
        guard let prefix = name.split(separator: ":", maxSplits: 1).dropLast().first else { return local }
        return "\(prefix):\(local)"
    }

    /// The same with the prefix of `other` on every element.
    func named(like other: XMLElement) -> XMLElement {
        var result = self
        result.name = other.sibling(localName)
        result.children = children.map { node in
            if case .element(let child) = node { .element(child.named(like: other)) } else { node }
        }
        return result
    }

    /// The child elements with this name, whatever its prefix.
    func children(named local: String) -> [XMLElement] { elements.filter { $0.localName.isExactly(local) } }

    /// Changes the first child element that `isWanted`, or a `new` one behind the others.
    mutating func change(
        where isWanted: (XMLElement) -> Bool, else new: XMLElement, _ body: (inout XMLElement) -> Void
    ) {
        for index in children.indices {
            guard case .element(var child) = children[index], isWanted(child) else { continue }
            body(&child)
            children[index] = .element(child)
            return
        }
        var child = new
        body(&child)
        children.append(.element(child))
    }

    /// Changes the element at `path`, which is made where it is not there.
    mutating func change(_ path: [String], _ body: (inout XMLElement) -> Void) {
        guard let first = path.first else { return body(&self) }
        let new = XMLElement(sibling(first))
        change(where: { $0.localName.isExactly(first) }, else: new) {
            $0.change(Array(path.dropFirst()), body)
        }
    }

    /// Replaces each text in the element by what `body` makes of it.
    mutating func mapTexts(_ body: (String) -> String) {
        children = children.map { node in
            switch node {
            case .element(var child):
                child.mapTexts(body)
                return .element(child)
            case .text(let text): return .text(body(text))
            case .cdata(let data): return .cdata(XMLCharacterData(body(data.text), location: data.location))
            case .comment, .processingInstruction: return node
            }
        }
    }

    /// The same with each element on a line of its own, where there is nothing but elements.
    func indented(_ depth: Int = 0) -> XMLElement {
        var result = self
        let content = children.filter { node in
            if case .text(let text) = node { !text.allSatisfy(\.isXMLSpace) } else { true }
        }
        let hasText = content.contains { node in
            switch node {
            case .text, .cdata: true
            default: false
            }
        }
        guard !content.isEmpty, !hasText else { return result }
        func line(_ depth: Int) -> XMLNode { .text("\n" + String(repeating: "    ", count: depth)) }
        result.children = content.flatMap { node -> [XMLNode] in
            if case .element(let child) = node {
                [line(depth + 1), .element(child.indented(depth + 1))]
            } else {
                [line(depth + 1), node]
            }
        }
        result.children.append(line(depth))
        return result
    }
}

extension Character {
    /// White space of XML (XML 1.0 section 2.3).
    fileprivate var isXMLSpace: Bool { self == " " || self == "\t" || self == "\n" || self == "\r" || self == "\r\n" }
}
