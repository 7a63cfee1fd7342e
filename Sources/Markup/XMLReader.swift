// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// How large a document may be; what comes from outside must not fill memory or overrun a stack.
public struct XMLLimits: Sendable, Equatable {
    /// Bytes of the source.
    ///
    /// Genuine sequences are at most 2 MB (task-sequence.md section 4).
    public var byteCount: Int
    /// Elements, attributes and runs of text together.
    public var nodeCount: Int
    /// Elements inside each other, the root included.
    ///
    /// libxml2 itself refuses more than 256.
    public var depth: Int

    /// Attributes of one element, declarations of namespaces among them; genuine ones have a dozen.
    public var attributeCount: Int
    /// Bytes of one start tag.
    public var startTagByteCount: Int

    /// Sets the limits.
    public init(
        byteCount: Int = 32 << 20, nodeCount: Int = 1_000_000, depth: Int = 256, attributeCount: Int = 256,
        startTagByteCount: Int = 1 << 20
    ) {
        self.attributeCount = attributeCount
        self.startTagByteCount = startTagByteCount
        self.byteCount = byteCount
        self.nodeCount = nodeCount
        self.depth = min(depth, 256)
    }
}

/// Reads XML 1.0 into a small tree that drops nothing.
///
/// Document type declarations are refused, so there are no entities but the five of XML 1.0 section 4.6, and no other
/// file or address is ever read. The byte order mark decides the encoding; without one UTF-16 is recognised by its
/// first character (XML 1.0 appendix F) and everything else is UTF-8, or the declared single-byte encoding when it is
/// not valid UTF-8.
public enum XMLReader {
    /// Reads the document in `bytes`.
    ///
    /// - Parameters:
    ///   - source: the file the bytes came from, for messages.
    ///   - origin: where the bytes begin in that file, for text that was embedded in another document.
    /// - Throws: ``MarkupError``.
    public static func read(
        _ bytes: [UInt8], source: String, origin: XMLLocation = .start, limits: XMLLimits = XMLLimits()
    ) throws(MarkupError) -> XMLDocument {
        guard bytes.count <= limits.byteCount else {
            throw MarkupError(
                .limit, source: source, location: nil,
                problem: "has \(bytes.count) bytes of markup, more than the \(limits.byteCount) that are accepted")
        }
        let text = try XMLEncoding.utf8(bytes, source: source, origin: origin)
        let parser = SAXParser(text: text, source: source, origin: origin, limits: limits)
        let (prolog, root) = try parser.parse()
        let lineEnding = text.firstIndex(of: UInt8(ascii: "\n")).map { index -> XMLDocument.LineEnding in
            index > 0 && text[index - 1] == UInt8(ascii: "\r") ? .carriageReturnLineFeed : .lineFeed
        }
        return XMLDocument(prolog: prolog, root: root, lineEnding: lineEnding, source: text)
    }

    /// Reads the document in `text`.
    public static func read(
        _ text: String, source: String, origin: XMLLocation = .start, limits: XMLLimits = XMLLimits()
    ) throws(MarkupError) -> XMLDocument {
        try read(Array(text.utf8), source: source, origin: origin, limits: limits)
    }
}
