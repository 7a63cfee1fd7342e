// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes XML 1.0 as UTF-8, byte for byte as Windows' XML libraries do.
///
/// In text `&`, `<` and `>` are escaped; in attributes, always in double quotes, also `"` and the white space that a
/// reader would otherwise turn into spaces (XML 1.0 section 3.3.3).
public struct XMLWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []
    /// What a line feed in text is written as.
    public let lineEnding: XMLDocument.LineEnding

    /// Starts with nothing written.
    public init(lineEnding: XMLDocument.LineEnding = .lineFeed, reservingCapacity capacity: Int = 0) {
        self.lineEnding = lineEnding
        bytes.reserveCapacity(capacity)
    }

    /// Writes `markup` as it is.
    public mutating func raw(_ markup: some Sequence<UInt8>) { bytes.append(contentsOf: markup) }

    /// Writes `markup` as it is.
    public mutating func raw(_ markup: String) { bytes.append(contentsOf: markup.utf8) }

    /// Writes a line end.
    public mutating func newline() {
        if lineEnding == .carriageReturnLineFeed { bytes.append(UInt8(ascii: "\r")) }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Writes a start tag, or with `isEmpty` an empty-element tag.
    public mutating func startTag(_ name: String, _ attributes: [XMLAttribute] = [], isEmpty: Bool = false) {
        openTag(name)
        for attribute in attributes { self.attribute(attribute) }
        closeTag(isEmpty: isEmpty)
    }

    /// Writes `<name`, for attributes to follow.
    public mutating func openTag(_ name: String) {
        bytes.append(UInt8(ascii: "<"))
        raw(name)
    }

    /// Writes `attribute` after ``openTag(_:)``, spelt as it was read.
    public mutating func attribute(_ attribute: XMLAttribute) {
        guard let spelling = attribute.spelling else { return self.attribute(attribute.name, attribute.value) }
        raw(" \(attribute.name)=\"")
        for byte in spelling.utf8 {
            if byte == UInt8(ascii: "\n") { newline() } else { bytes.append(byte) }
        }
        raw("\"")
    }

    /// Writes ` name="value"` after ``openTag(_:)``.
    public mutating func attribute(_ name: String, _ value: String) {
        bytes.append(UInt8(ascii: " "))
        raw(name)
        raw("=\"")
        escape(value, inAttribute: true)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes `>`, or `/>` with `isEmpty`.
    public mutating func closeTag(isEmpty: Bool = false) {
        if isEmpty { bytes.append(UInt8(ascii: "/")) }
        bytes.append(UInt8(ascii: ">"))
    }

    /// Writes an end tag.
    public mutating func endTag(_ name: String) {
        raw("</")
        raw(name)
        bytes.append(UInt8(ascii: ">"))
    }

    /// Writes escaped text.
    public mutating func text(_ text: String) { escape(text, inAttribute: false) }

    /// Writes `text` in CDATA sections.
    ///
    /// `]]>` is divided between two sections; a carriage return, which a reader would drop there, stands between two
    /// as a character reference.
    public mutating func cdata(_ text: String) {
        raw("<![CDATA[")
        var brackets = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\r"):
                raw("]]>&#xD;<![CDATA[")
            case UInt8(ascii: "\n"):
                newline()
            case UInt8(ascii: ">") where brackets >= 2:
                raw("]]><![CDATA[>")
            default:
                bytes.append(byte)
            }
            brackets = byte == UInt8(ascii: "]") ? brackets + 1 : 0
        }
        raw("]]>")
    }

    /// Writes `element` with everything in it.
    ///
    /// - Parameters:
    ///   - expandingEmpty: whether an element without content is written as `<x></x>` rather than `<x/>`.
    public mutating func element(_ element: XMLElement, expandingEmpty: Bool = false) {
        let isEmpty = element.children.isEmpty && !expandingEmpty
        startTag(element.name, element.attributes, isEmpty: isEmpty)
        guard !isEmpty else { return }
        for child in element.children { node(child, expandingEmpty: expandingEmpty) }
        endTag(element.name)
    }

    /// Writes `node` with everything in it.
    public mutating func node(_ node: XMLNode, expandingEmpty: Bool = false) {
        switch node {
        case .element(let element): self.element(element, expandingEmpty: expandingEmpty)
        case .text(let text): self.text(text)
        case .cdata(let data): cdata(data.text)
        case .comment(let text): raw("<!--\(text)-->")
        case .processingInstruction(let target, let data): raw(data.isEmpty ? "<?\(target)?>" : "<?\(target) \(data)?>")
        }
    }

    private mutating func escape(_ text: String, inAttribute: Bool) {
        var text = text
        text.withUTF8 { buffer in
            for byte in buffer {
                switch byte {
                case UInt8(ascii: "&"): raw("&amp;")
                case UInt8(ascii: "<"): raw("&lt;")
                case UInt8(ascii: ">"): raw("&gt;")
                case UInt8(ascii: "\"") where inAttribute: raw("&quot;")
                case UInt8(ascii: "\r"): raw("&#xD;")
                case UInt8(ascii: "\n"): if inAttribute { raw("&#xA;") } else { newline() }
                case UInt8(ascii: "\t") where inAttribute: raw("&#x9;")
                default: bytes.append(byte)
                }
            }
        }
    }
}

/// What XML can carry at all.
public enum XMLText {
    /// The first character of `text` that XML 1.0 cannot carry even as a reference (section 2.2), or nil.
    public static func firstForbiddenCharacter(in text: String) -> Unicode.Scalar? {
        text.unicodeScalars.first { scalar in
            switch scalar.value {
            case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: false
            default: true
            }
        }
    }
}
