// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A place in a text, for people: lines and columns count from 1, columns in characters (Unicode scalars).
public struct XMLLocation: Sendable, Hashable, CustomStringConvertible {
    private let storedLine: UInt32
    private let storedColumn: UInt32

    /// The line, from 1.
    public var line: Int { Int(storedLine) }
    /// The column, from 1.
    public var column: Int { Int(storedColumn) }

    /// Names a place.
    public init(line: Int, column: Int) {
        storedLine = UInt32(clamping: line)
        storedColumn = UInt32(clamping: column)
    }

    /// The first character.
    public static let start = XMLLocation(line: 1, column: 1)

    /// `line:column`.
    public var description: String { "\(line):\(column)" }

    /// This place, found in a text that itself begins at `origin` of a larger one.
    public func offset(from origin: XMLLocation) -> XMLLocation {
        XMLLocation(
            line: origin.line + line - 1, column: line == 1 ? origin.column + column - 1 : column)
    }
}

/// An attribute with the spelling of its name and its value after normalisation.
public struct XMLAttribute: Sendable, Hashable {
    /// The name with its prefix, as written.
    public var name: String
    /// The value with references replaced.
    public var value: String { didSet { spelling = nil } }
    /// The value as written between double quotes, where it has line ends, tabs or character references: a reader must
    /// turn the first two into spaces (XML 1.0 section 3.3.3), and the last have several spellings.
    ///
    /// ``XMLWriter`` uses it again, so that nothing is lost. Line ends are line feeds here.
    var spelling: String?

    /// Makes an attribute.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Compares names and values; how a value was spelt does not count.
    public static func == (left: XMLAttribute, right: XMLAttribute) -> Bool {
        left.name.isExactly(right.name) && left.value.isExactly(right.value)
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(name))
        hasher.combine(ExactText(value))
    }
}

/// The content of a CDATA section.
public struct XMLCharacterData: Sendable, Hashable {
    /// The characters, line ends as line feeds.
    public var text: String
    /// Where the first character stands.
    public var location: XMLLocation

    /// Makes a section.
    public init(_ text: String, location: XMLLocation = .start) {
        self.text = text
        self.location = location
    }

    /// Compares the characters; where they stand does not count.
    public static func == (left: XMLCharacterData, right: XMLCharacterData) -> Bool {
        left.text.isExactly(right.text)
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(ExactText(text)) }
}

/// What an element may contain.
public enum XMLNode: Sendable, Hashable {
    /// An element.
    case element(XMLElement)
    /// Characters outside CDATA sections, references replaced, line ends as line feeds.
    case text(String)
    /// One CDATA section.
    case cdata(XMLCharacterData)
    /// A comment.
    case comment(String)
    /// A processing instruction.
    case processingInstruction(target: String, data: String)

    /// Compares characters one by one: XML knows no canonical equivalence (XML 1.0 section 1.2, match).
    public static func == (left: XMLNode, right: XMLNode) -> Bool {
        switch (left, right) {
        case (.element(let left), .element(let right)): left == right
        case (.text(let left), .text(let right)), (.comment(let left), .comment(let right)): left.isExactly(right)
        case (.cdata(let left), .cdata(let right)): left == right
        case (.processingInstruction(let target, let data), .processingInstruction(let otherTarget, let otherData)):
            target.isExactly(otherTarget) && data.isExactly(otherData)
        default: false
        }
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .element(let element): hasher.combine(element)
        case .text(let text): hasher.combine(ExactText(text))
        case .cdata(let data): hasher.combine(data)
        case .comment(let text): hasher.combine(ExactText(text))
        case .processingInstruction(let target, let data):
            hasher.combine(ExactText(target))
            hasher.combine(ExactText(data))
        }
    }
}

/// An element as it stands in the document: nothing is dropped, prefixes are part of names.
public struct XMLElement: Sendable, Hashable {
    /// The name with its prefix, as written.
    public var name: String
    /// The attributes in document order.
    public var attributes: [XMLAttribute]
    /// The content in document order.
    public var children: [XMLNode]
    /// Where the start tag begins.
    public var location: XMLLocation
    var startOffset: UInt32 = 0
    var endOffset: UInt32 = 0

    /// Makes an element.
    public init(
        _ name: String, attributes: [XMLAttribute] = [], children: [XMLNode] = [], location: XMLLocation = .start
    ) {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.location = location
    }

    /// Compares names, attributes and content; where it stands does not count.
    public static func == (left: XMLElement, right: XMLElement) -> Bool {
        left.name.isExactly(right.name) && left.attributes == right.attributes && left.children == right.children
    }

    /// Hashes what ``==(_:_:)`` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(name))
        hasher.combine(attributes)
        hasher.combine(children)
    }

    /// The value of the attribute `name`, or nil when there is none.
    public subscript(attribute name: String) -> String? {
        attributes.first { $0.name.isExactly(name) }?.value
    }

    /// The child elements in document order.
    public var elements: some Sequence<XMLElement> {
        children.lazy.compactMap { node in
            if case .element(let element) = node { element } else { nil }
        }
    }

    /// The first child element called `name`.
    public func first(_ name: String) -> XMLElement? {
        elements.first { $0.name == name }
    }

    /// The characters of the element itself: its text and CDATA, not that of its child elements.
    public var text: String {
        if children.count == 1 {
            switch children[0] {
            case .text(let text): return text
            case .cdata(let data): return data.text
            default: return ""
            }
        }
        return children.reduce(into: "") { whole, node in
            switch node {
            case .text(let text): whole += text
            case .cdata(let data): whole += data.text
            default: break
            }
        }
    }
}

/// A whole document.
public struct XMLDocument: Sendable {
    /// How the source ended its lines.
    public enum LineEnding: Sendable, Hashable {
        /// A line feed.
        case lineFeed
        /// A carriage return and a line feed, as Windows writes.
        case carriageReturnLineFeed
    }

    /// What stands before the root element: comments and processing instructions.
    public let prolog: [XMLNode]
    /// The root element.
    public let root: XMLElement
    /// The first line end of the source, or nil when it is one line.
    public let lineEnding: LineEnding?
    let source: [UInt8]

    /// The source text of `element` of this document, as UTF-8 with the line ends it had.
    public func sourceText(of element: XMLElement) -> ArraySlice<UInt8> {
        let start = min(Int(element.startOffset), source.count)
        return source[start..<max(start, min(Int(element.endOffset), source.count))]
    }
}
