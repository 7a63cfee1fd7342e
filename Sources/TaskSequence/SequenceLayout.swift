// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

/// How a `<sequence>` is laid out on lines; nothing of it changes what the sequence means.
///
/// Configuration Manager stores sequences on one line; tools that keep them in files indent them.
public struct SequenceLayout: Sendable, Hashable {
    /// True for an element a line, indented by two spaces for each level.
    public var isIndented: Bool
    /// The line ends, between elements and in text.
    public var lineEnding: XMLDocument.LineEnding

    /// Describes a layout.
    public init(isIndented: Bool, lineEnding: XMLDocument.LineEnding) {
        self.isIndented = isIndented
        self.lineEnding = lineEnding
    }

    /// What Configuration Manager stores: one line, CRLF where text has line ends.
    public static let canonical = SequenceLayout(isIndented: false, lineEnding: .carriageReturnLineFeed)
    /// What a line-by-line comparison shows best.
    public static let indented = SequenceLayout(isIndented: true, lineEnding: .carriageReturnLineFeed)

    /// The layout of `root`; text without any line end counts as CRLF.
    init(of root: XMLElement, lineEnding: XMLDocument.LineEnding?) {
        let first = root.children.first { node in
            if case .comment = node { false } else { true }
        }
        if case .text(let text) = first, text.utf8.contains(UInt8(ascii: "\n")) {
            isIndented = true
        } else {
            isIndented = false
        }
        self.lineEnding = lineEnding ?? .carriageReturnLineFeed
    }
}
