// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibyaml

/// A step through a document.
struct YAMLEvent {
    /// What comes next.
    enum Kind {
        case documentStart, documentEnd, streamEnd
        case alias(String)
        case scalar(String, isPlain: Bool, anchor: String?)
        case sequenceStart(anchor: String?)
        case sequenceEnd
        case mappingStart(anchor: String?)
        case mappingEnd
    }

    let kind: Kind
    let location: YAMLLocation
}

/// The events of a document, one after the other, through libyaml; the only file that knows it.
///
/// libyaml's own tree is not used: it expands nothing and limits nothing. Its parser does not recurse.
final class YAMLEventStream {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// libyaml reads from here as long as it parses.
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let source: String
    private var isInitialized = false

    /// The events of `text`, which is UTF-8.
    init(_ text: [UInt8], source: String) {
        self.source = source
        self.text = .allocate(capacity: text.count)
        _ = self.text.initialize(from: text)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else { return }
        isInitialized = true
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, self.text.baseAddress, text.count)
    }

    deinit {
        if isInitialized { yaml_parser_delete(parser) }
        parser.deallocate()
        text.deallocate()
    }

    /// The next event; after the end of the stream, that again.
    ///
    /// - Throws: ``YAMLError`` `.notWellFormed` with the place.
    func next() throws(YAMLError) -> YAMLEvent {
        guard isInitialized else {
            throw YAMLError(
                .limit, source: source, location: nil, problem: "could not be parsed: no memory for a parser")
        }
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw defect() }
            defer { yaml_event_delete(&event) }
            let location = YAMLLocation(event.start_mark)
            let kind: YAMLEvent.Kind
            switch event.type {
            case YAML_STREAM_START_EVENT: continue
            case YAML_DOCUMENT_START_EVENT: kind = .documentStart
            case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
            case YAML_ALIAS_EVENT: kind = .alias(Self.string(event.data.alias.anchor) ?? "")
            case YAML_SCALAR_EVENT:
                let scalar = event.data.scalar
                try check(tag: scalar.tag, at: location)
                // A tag says what text is; so it is text.
                kind = .scalar(
                    Self.string(scalar.value, byteCount: scalar.length),
                    isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil,
                    anchor: Self.string(scalar.anchor))
            case YAML_SEQUENCE_START_EVENT:
                try check(tag: event.data.sequence_start.tag, at: location)
                kind = .sequenceStart(anchor: Self.string(event.data.sequence_start.anchor))
            case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
            case YAML_MAPPING_START_EVENT:
                try check(tag: event.data.mapping_start.tag, at: location)
                kind = .mappingStart(anchor: Self.string(event.data.mapping_start.anchor))
            case YAML_MAPPING_END_EVENT: kind = .mappingEnd
            default: kind = .streamEnd
            }
            return YAMLEvent(kind: kind, location: location)
        }
    }

    /// Only the tags of YAML's own schema (YAML 1.2.2 section 10) say nothing that we would have to obey.
    private func check(tag: UnsafePointer<yaml_char_t>?, at location: YAMLLocation) throws(YAMLError) {
        guard let tag = Self.string(tag), tag != "!" else { return }
        let known = ["str", "int", "float", "bool", "null", "seq", "map"].map { "tag:yaml.org,2002:\($0)" }
        guard !known.contains(tag) else { return }
        throw YAMLError(
            .notWellFormed, source: source, location: location, problem: "has the tag '\(tag)', which is not supported",
            nextStep: "write the value without a tag")
    }

    /// libyaml's error in a sentence, with the place.
    private func defect() -> YAMLError {
        let parser = parser.pointee
        let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be parsed"
        let context = parser.context.map { " " + String(cString: $0) } ?? ""
        // The reader of characters knows the byte only, the others the place.
        let location =
            parser.error == YAML_READER_ERROR
            ? location(ofByte: Int(clamping: parser.problem_offset)) : YAMLLocation(parser.problem_mark)
        return YAMLError(
            .notWellFormed, source: source, location: location, problem: "is not YAML: \(problem)\(context)")
    }

    private func location(ofByte offset: Int) -> YAMLLocation {
        var (line, column) = (1, 1)
        for byte in text.prefix(max(0, offset)) {
            if byte == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return YAMLLocation(line: line, column: column)
    }

    private static func string(_ text: UnsafePointer<yaml_char_t>?) -> String? { text.map { String(cString: $0) } }

    private static func string(_ text: UnsafePointer<yaml_char_t>?, byteCount: Int) -> String {
        guard let text else { return "" }
        return String(decoding: UnsafeBufferPointer(start: text, count: byteCount), as: UTF8.self)
    }
}

extension YAMLLocation {
    /// libyaml counts from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}
