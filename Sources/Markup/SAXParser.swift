// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibxml2
import Support

/// Builds the tree from libxml2's SAX events.
///
/// Events rather than libxml2's reader: during an event the parser stands exactly at the end of what it reports, so
/// every element has its exact place (sequences are often one line of 100,000 characters), while the reader runs ahead
/// by up to 512 bytes. The SAX 1 events carry names as written, prefixes and namespace declarations included.
final class SAXParser {
    private let text: [UInt8]
    private let source: String
    private let origin: XMLLocation
    private let limits: XMLLimits

    private var context: xmlParserCtxtPtr?
    private var open: [XMLElement] = []
    private var prolog: [XMLNode] = []
    private var root: XMLElement?
    private var pendingText: [UInt8] = []
    private var nodeCount = 0
    private var cursor = LocationCursor()
    private var previousEventOffset = 0
    private var failure: MarkupError?

    init(text: [UInt8], source: String, origin: XMLLocation, limits: XMLLimits) {
        self.text = text
        self.source = source
        self.origin = origin
        self.limits = limits
    }

    /// Parses the whole text.
    func parse() throws(MarkupError) -> (prolog: [XMLNode], root: XMLElement) {
        if let excess = StartTagBounds.excess(in: text, limits: limits) {
            throw MarkupError(
                .limit, source: source, location: location(at: excess.offset),
                problem: DiagnosticText(excess.problem))
        }
        xmlInitParser()
        let context = text.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                xmlCreateMemoryParserCtxt($0.baseAddress, Int32(clamping: $0.count))
            }
        }
        guard let context else { throw error(.limit, "could not be parsed: no memory for a parser") }
        self.context = context
        defer {
            xmlFreeParserCtxt(context)
            self.context = nil
        }
        // NOENT: the five predefined entities are replaced in attribute values as well. It can do no more, because a
        // document type declaration, the only place where others are declared, ends the parsing.
        // IGNORE_ENC: the text is UTF-8 by now, whatever it declares.
        let options =
            XML_PARSE_NOENT.rawValue | XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue
            | XML_PARSE_NOWARNING.rawValue
        xmlCtxtUseOptions(context, Int32(options))
        // libxml2 always allocates the handler table with the context; it is filled with ours only.
        context.pointee.sax.pointee = Self.handlers
        context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
        xmlParseDocument(context)
        if let failure { throw failure }
        guard let root, open.isEmpty, context.pointee.wellFormed == 1 else {
            throw error(.notWellFormed, "is not well-formed XML")
        }
        return (prolog, root)
    }

    private static func parser(_ userData: UnsafeMutableRawPointer?) -> SAXParser {
        guard let userData else { fatalError("libxml2 hands back the user data that parse() set") }
        return Unmanaged<SAXParser>.fromOpaque(userData).takeUnretainedValue()
    }

    private static var handlers: xmlSAXHandler {
        var handlers = xmlSAXHandler()
        // Errors go to serror only with the SAX 2 mark, which also turns the SAX 2 events on; they are turned off again
        // before the first element.
        handlers.initialized = UInt32(XML_SAX2_MAGIC)
        handlers.startDocument = { userData in SAXParser.parser(userData).context?.pointee.sax2 = 0 }
        handlers.internalSubset = { userData, _, _, _ in SAXParser.parser(userData).refuseDocumentType() }
        handlers.startElement = { userData, name, attributes in
            SAXParser.parser(userData).startElement(name, attributes)
        }
        handlers.endElement = { userData, _ in SAXParser.parser(userData).endElement() }
        handlers.characters = { userData, characters, count in
            SAXParser.parser(userData).characters(characters, count)
        }
        handlers.ignorableWhitespace = handlers.characters
        handlers.cdataBlock = { userData, characters, count in
            SAXParser.parser(userData).cdata(characters, count)
        }
        handlers.comment = { userData, text in
            let parser = SAXParser.parser(userData)
            parser.append(.comment(SAXParser.string(text)))
        }
        handlers.processingInstruction = { userData, target, data in
            let parser = SAXParser.parser(userData)
            parser.append(
                .processingInstruction(target: SAXParser.string(target), data: SAXParser.string(data)))
        }
        handlers.serror = { userData, error in
            guard let error else { return }
            SAXParser.parser(userData).parserError(error.pointee)
        }
        return handlers
    }

    // MARK: Events

    private func refuseDocumentType() {
        stop(.documentType, "has a document type declaration")
    }

    private func startElement(
        _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
        guard failure == nil else { return }
        flushText()
        let end = offset
        // No raw "<" can stand inside a start tag, so the nearest one before its end is its beginning.
        var start = min(end, text.count - 1)
        while start > 0, text[start] != UInt8(ascii: "<") { start -= 1 }
        var element = XMLElement(Self.string(name), location: location(at: start))
        element.startOffset = UInt32(clamping: start)
        if var cursor = attributes {
            while let attribute = cursor.pointee {
                element.attributes.append(XMLAttribute(Self.string(attribute), Self.string((cursor + 1).pointee)))
                cursor += 2
            }
        }
        keepSpellings(of: &element, tag: start..<end)
        nodeCount += element.attributes.count
        count()
        open.append(element)
        previousEventOffset = end
        if open.count > limits.depth {
            stop(.limit, "has elements nested more than \(limits.depth) deep", at: element.location)
        }
    }

    /// Keeps how values with line ends, tabs or character references are written in the start tag at `range`.
    private func keepSpellings(of element: inout XMLElement, tag range: Range<Int>) {
        let isPlain = text.withUnsafeBufferPointer { buffer in
            buffer[range].allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "&") }
        }
        guard !isPlain else { return }
        // The parser has accepted the tag: after a name comes "=", then a quoted value; libxml2 reports them in order.
        var rest = text[range]
        for index in element.attributes.indices {
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return }
            rest = rest[(equals + 1)...]
            guard
                let start = rest.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }),
                let end = rest[(start + 1)...].firstIndex(of: rest[start])
            else { return }
            let value = rest[(start + 1)..<end]
            if rest[start] == UInt8(ascii: "\""), Self.needsSpelling(value) {
                element.attributes[index].spelling = Self.withLineFeeds(value)
            }
            rest = rest[(end + 1)...]
        }
    }

    /// The text with every kind of line end as a line feed (XML 1.0 section 2.11).
    private static func withLineFeeds(_ text: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var wasReturn = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "\n") where wasReturn: break
            default: bytes.append(byte)
            }
            wasReturn = byte == UInt8(ascii: "\r")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func needsSpelling(_ value: ArraySlice<UInt8>) -> Bool {
        value.indices.contains { index in
            value[index] < 0x20
                || (value[index] == UInt8(ascii: "&") && index + 1 < value.endIndex
                    && value[index + 1] == UInt8(ascii: "#"))
        }
    }

    private func endElement() {
        guard failure == nil else { return }
        flushText()
        guard var element = open.popLast() else { return }
        element.endOffset = UInt32(clamping: offset)
        previousEventOffset = offset
        if open.isEmpty {
            root = element
        } else {
            open[open.count - 1].children.append(.element(element))
        }
    }

    private func characters(_ characters: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard failure == nil, let characters, count > 0 else { return }
        pendingText.append(contentsOf: UnsafeBufferPointer(start: characters, count: Int(count)))
    }

    private func cdata(_ characters: UnsafePointer<xmlChar>?, _ count: Int32) {
        guard failure == nil else { return }
        flushText()
        // Between the previous event and this section there is at most text, which cannot hold the opening mark.
        let mark = Array("<![CDATA[".utf8)
        var start = previousEventOffset
        while start + mark.count < text.count, !text[start...].starts(with: mark) { start += 1 }
        let place = location(at: min(start + mark.count, text.count))
        let value = characters.map {
            String(decoding: UnsafeBufferPointer(start: $0, count: Int(count)), as: UTF8.self)
        }
        append(.cdata(XMLCharacterData(value ?? "", location: place)))
        previousEventOffset = offset
    }

    private func append(_ node: XMLNode) {
        guard failure == nil else { return }
        flushText()
        count()
        if open.isEmpty {
            if root == nil { prolog.append(node) }
        } else {
            open[open.count - 1].children.append(node)
        }
        previousEventOffset = offset
    }

    private func flushText() {
        guard !pendingText.isEmpty else { return }
        if !open.isEmpty {
            open[open.count - 1].children.append(.text(String(decoding: pendingText, as: UTF8.self)))
            count()
        }
        pendingText.removeAll(keepingCapacity: true)
    }

    private func count() {
        nodeCount += 1
        if nodeCount > limits.nodeCount {
            stop(.limit, "has more than \(limits.nodeCount) elements, attributes and texts")
        }
    }

    // MARK: Places and failures

    /// Where the parser stands, in bytes of ``text``.
    private var offset: Int {
        guard let input = context?.pointee.input, let current = input.pointee.cur, let base = input.pointee.base else {
            return previousEventOffset
        }
        return min(Int(input.pointee.consumed) + (current - base), text.count)
    }

    private func location(at offset: Int) -> XMLLocation {
        text.withUnsafeBufferPointer { cursor.advance(to: offset, in: $0) }.offset(from: origin)
    }

    private func parserError(_ libraryError: xmlError) {
        guard failure == nil, libraryError.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        let message = libraryError.message.map { String(cString: $0) } ?? "unknown error"
        let isLimit = libraryError.code == XML_ERR_NO_MEMORY.rawValue
        stop(isLimit ? .limit : .notWellFormed, "is not well-formed XML: \(message.trimmingTrailing(\.isWhitespace))")
    }

    private func stop(_ code: MarkupError.Code, _ problem: DiagnosticText, at place: XMLLocation? = nil) {
        guard failure == nil else { return }
        failure = MarkupError(code, source: source, location: place ?? location(at: offset), problem: problem)
        xmlStopParser(context)
    }

    private func error(_ code: MarkupError.Code, _ problem: DiagnosticText) -> MarkupError {
        MarkupError(code, source: source, location: location(at: text.count), problem: problem)
    }

    private static func string(_ characters: UnsafePointer<xmlChar>?) -> String {
        characters.map { String(cString: $0) } ?? ""
    }
}
