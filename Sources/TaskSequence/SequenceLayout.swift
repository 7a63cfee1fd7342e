// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

/// How a `<sequence>` is laid out on lines; nothing of it changes what the sequence means.
///
/// Configuration Manager stores sequences on one line; tools that keep them in files indent them.
public struct SequenceLayout: Sendable, Hashable {
    /// What each level is indented by, an element a line; nil for everything on one line.
    public var indentation: String?
    /// What stands before the indentation on every line, for a sequence inside another element.
    public var margin: String
    /// The line ends, between elements and in text.
    public var lineEnding: XMLDocument.LineEnding
    /// True for `<x />`, as .NET writes, false for `<x/>`, as Configuration Manager stores.
    public var hasSpaceInEmptyTags: Bool

    /// Describes a layout.
    public init(
        indentation: String?, margin: String = "", lineEnding: XMLDocument.LineEnding, hasSpaceInEmptyTags: Bool
    ) {
        self.indentation = indentation
        self.margin = margin
        self.lineEnding = lineEnding
        self.hasSpaceInEmptyTags = hasSpaceInEmptyTags
    }

    /// What Configuration Manager stores: one line, CRLF where text has line ends.
    public static let canonical = SequenceLayout(
        indentation: nil, lineEnding: .carriageReturnLineFeed, hasSpaceInEmptyTags: false)
    /// What a line-by-line comparison shows best.
    public static let indented = SequenceLayout(
        indentation: "  ", lineEnding: .carriageReturnLineFeed, hasSpaceInEmptyTags: true)

    /// The layout of `root` in `document`; text without any line end counts as CRLF.
    init(of root: XMLElement, in document: XMLDocument, lineEnding: XMLDocument.LineEnding?) {
        let first = root.children.first.flatMap(Self.indentation) ?? ""
        margin = root.children.last.flatMap(Self.indentation) ?? ""
        let isIndented = first.hasPrefix(margin) && first.count > margin.count
        indentation = isIndented ? String(first.dropFirst(margin.count)) : nil
        if !isIndented { margin = "" }
        self.lineEnding = lineEnding ?? .carriageReturnLineFeed
        // Without an empty tag to learn from, indented text is taken to be .NET's.
        hasSpaceInEmptyTags = Self.hasSpaceInEmptyTags(root, document) ?? isIndented
    }

    /// What follows the last line end of white space between elements, or nil for anything else.
    private static func indentation(of node: XMLNode) -> String? {
        guard case .text(let text) = node, let end = text.utf8.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
        let rest = text[text.index(after: end)...]
        return rest.allSatisfy { $0 == " " || $0 == "\t" } ? String(rest) : nil
    }

    /// Whether the first empty-element tag of `element` or below it is written with a space; nil when there is none.
    private static func hasSpaceInEmptyTags(_ element: XMLElement, _ document: XMLDocument) -> Bool? {
        guard element.children.isEmpty else {
            for child in element.elements {
                if let found = hasSpaceInEmptyTags(child, document) { return found }
            }
            return nil
        }
        let end = document.sourceText(of: element).suffix(3)
        guard end.elementsEqual(" />".utf8) || end.dropFirst().elementsEqual("/>".utf8) else { return nil }
        return end.first == UInt8(ascii: " ")
    }
}
