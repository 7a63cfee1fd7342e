// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Reads YAML documents into ``YAMLNode``s.
public enum YAMLReader {
    /// The most bytes of a document: a site with tens of thousands of packages fits.
    public static let maximumByteCount = 16 << 20
    /// The most nodes, those that aliases stand for counted each time, so that a few lines cannot keep us busy.
    public static let maximumNodeCount = 1_000_000
    /// The most levels inside each other.
    public static let maximumDepth = 32

    /// Reads the one document in `bytes`.
    ///
    /// - Parameter source: the file, for messages.
    /// - Returns: the root, `.null` for an empty document.
    /// - Throws: ``YAMLError`` `.notWellFormed` or `.limit`.
    public static func read(_ bytes: [UInt8], source: String) throws(YAMLError) -> YAMLNode {
        guard bytes.count <= maximumByteCount else {
            throw YAMLError(
                .limit, source: source, location: nil, problem: "has more than \(maximumByteCount) bytes",
                nextStep: "check where the file came from")
        }
        guard let text = Text.decode(bytes, fallback: .utf8) else {
            throw YAMLError(
                .notWellFormed, source: source, location: nil, problem: "is not text in UTF-8",
                nextStep: "save it as UTF-8")
        }
        var composer = YAMLComposer(YAMLEventStream(Array(text.utf8), source: source), source: source)
        return try composer.document()
    }
}

/// Builds the tree of a document from its events, within the limits.
private struct YAMLComposer {
    /// A node with an anchor, and how large it is with its aliases expanded.
    private struct Anchored {
        let node: YAMLNode
        let nodeCount: Int
        let height: Int
    }

    private let events: YAMLEventStream
    private let source: String
    private var anchors: [ExactText: Anchored] = [:]
    private var nodeCount = 0

    init(_ events: YAMLEventStream, source: String) {
        self.events = events
        self.source = source
    }

    /// The document, which must be the only one.
    mutating func document() throws(YAMLError) -> YAMLNode {
        guard case .documentStart = try events.next().kind else {
            return YAMLNode(.null, at: YAMLLocation(line: 1, column: 1))
        }
        let root = try node(try events.next(), depth: 1).node
        _ = try events.next()  // The end of the document.
        let next = try events.next()
        guard case .streamEnd = next.kind else {
            throw error("has a second document", at: next.location, nextStep: "keep one document in the file")
        }
        return root
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> (node: YAMLNode, height: Int) {
        let before = nodeCount
        try count(1, depth: depth, at: event.location)
        let content: YAMLNode.Content
        let anchor: String?
        var height = 1
        switch event.kind {
        case .alias(let name):
            guard let anchored = anchors[ExactText(name)] else {
                throw error(
                    "has the alias *\(name), which leads nowhere", at: event.location,
                    nextStep: "put &\(name) before it, on what it stands for")
            }
            try count(anchored.nodeCount - 1, depth: depth + anchored.height - 1, at: event.location)
            return (anchored.node, anchored.height)
        case .scalar(let text, let isPlain, let name):
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
            (content, anchor) = (isNull ? .null : .scalar(text), name)
        case .sequenceStart(let name):
            var nodes: [YAMLNode] = []
            while true {
                let next = try events.next()
                if case .sequenceEnd = next.kind { break }
                let element = try node(next, depth: depth + 1)
                nodes.append(element.node)
                height = max(height, element.height + 1)
            }
            (content, anchor) = (.sequence(nodes), name)
        case .mappingStart(let name):
            let (entries, tallest) = try entries(depth: depth + 1)
            height += tallest
            (content, anchor) = (.mapping(entries), name)
        case .documentStart, .documentEnd, .streamEnd, .sequenceEnd, .mappingEnd:
            throw error("ends where a value belongs", at: event.location)
        }
        let node = YAMLNode(content, at: event.location)
        if let anchor {
            anchors[ExactText(anchor)] = Anchored(node: node, nodeCount: nodeCount - before, height: height)
        }
        return (node, height)
    }

    /// The entries of a mapping up to its end, and the height of the tallest value.
    private mutating func entries(depth: Int) throws(YAMLError) -> (entries: [YAMLEntry], height: Int) {
        var entries: [YAMLEntry] = []
        var places: [ExactText: YAMLLocation] = [:]
        var height = 0
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return (entries, height) }
            guard let key = try key(event) else {
                throw error("has a key that is not text", at: event.location, nextStep: "write the key as text")
            }
            if let first = places.updateValue(event.location, forKey: ExactText(key)) {
                throw error(
                    "has the key '\(key)' again; it is in line \(first.line) already", at: event.location,
                    nextStep: "keep one of the two")
            }
            let value = try node(try events.next(), depth: depth)
            entries.append(YAMLEntry(key: key, at: event.location, value: value.node))
            height = max(height, value.height)
        }
    }

    /// The text of a key, or nil.
    private mutating func key(_ event: YAMLEvent) throws(YAMLError) -> String? {
        switch event.kind {
        case .scalar(let text, _, let anchor):
            if let anchor {
                anchors[ExactText(anchor)] = Anchored(
                    node: YAMLNode(.scalar(text), at: event.location), nodeCount: 1, height: 1)
            }
            return text
        case .alias(let name):
            if case .scalar(let text) = anchors[ExactText(name)]?.node.content { return text }
            return nil
        default: return nil
        }
    }

    private mutating func count(_ added: Int, depth: Int, at location: YAMLLocation) throws(YAMLError) {
        nodeCount += added
        let problem: String
        if depth > YAMLReader.maximumDepth {
            problem = "has more than \(YAMLReader.maximumDepth) levels inside each other"
        } else if nodeCount > YAMLReader.maximumNodeCount {
            problem = "has more than \(YAMLReader.maximumNodeCount) nodes"
        } else {
            return
        }
        throw YAMLError(
            .limit, source: source, location: location, problem: DiagnosticText(problem),
            nextStep: "check where the file came from")
    }

    private func error(
        _ problem: DiagnosticText, at location: YAMLLocation, nextStep: DiagnosticText = "correct the file"
    ) -> YAMLError {
        YAMLError(.notWellFormed, source: source, location: location, problem: problem, nextStep: nextStep)
    }
}
