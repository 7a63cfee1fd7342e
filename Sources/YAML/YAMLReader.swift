// SPDX-License-Identifier: GPL-3.0-or-later

import Support
// Internal, so that who imports YAML does not load Foundation: its ICU headers and those that libxml2 includes clash.
internal import Yams

/// Reads YAML documents into ``YAMLNode``s; the only file that knows Yams.
public enum YAMLReader {
    /// The most bytes of a document: a site with tens of thousands of packages fits.
    public static let maximumByteCount = 16 << 20
    /// The most nodes, aliases expanded, so that a few lines cannot fill the memory.
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
        let root: Node?
        do {
            root = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch {
            throw defect(error, source: source)
        }
        guard let root else { return YAMLNode(.null, at: YAMLLocation(line: 1, column: 1)) }
        var conversion = Conversion(source: source)
        return try conversion.node(root, depth: 1)
    }

    /// Yams' errors in our words, with the place.
    private static func defect(_ error: any Error, source: String) -> YAMLError {
        func defect(_ problem: String, _ location: YAMLLocation?) -> YAMLError {
            YAMLError(.notWellFormed, source: source, location: location, problem: "is not YAML: \(problem)")
        }
        guard let error = error as? YamlError else { return defect("it cannot be parsed", nil) }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return defect(problem, YAMLLocation(mark))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            return defect("the key \(keys) stands twice in one mapping", YAMLLocation(context.mark))
        case .reader(let problem, let offset, _, let text):
            return defect(problem, offset.map { location(of: $0, in: text) })
        default:
            return defect("it cannot be parsed", nil)
        }
    }

    /// The place of the character number `offset`.
    private static func location(of offset: Int, in text: String) -> YAMLLocation {
        var (line, column) = (1, 1)
        for character in text.prefix(max(0, offset)) {
            if character.isNewline {
                (line, column) = (line + 1, 1)
            } else {
                column += character.unicodeScalars.count
            }
        }
        return YAMLLocation(line: line, column: column)
    }
}

/// Turns Yams' nodes into ours, within the limits.
private struct Conversion {
    let source: String
    private var nodeCount = 0

    init(source: String) { self.source = source }

    mutating func node(_ node: Node, depth: Int) throws(YAMLError) -> YAMLNode {
        let location = Self.location(node)
        nodeCount += 1
        guard nodeCount <= YAMLReader.maximumNodeCount, depth <= YAMLReader.maximumDepth else {
            throw YAMLError(
                .limit, source: source, location: location,
                problem: depth > YAMLReader.maximumDepth
                    ? "has more than \(YAMLReader.maximumDepth) levels inside each other"
                    : "has more than \(YAMLReader.maximumNodeCount) nodes",
                nextStep: "check where the file came from")
        }
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return YAMLNode(isNull ? .null : .scalar(scalar.string), at: location)
        case .sequence(let sequence):
            var nodes: [YAMLNode] = []
            for element in sequence { nodes.append(try self.node(element, depth: depth + 1)) }
            return YAMLNode(.sequence(nodes), at: location)
        case .mapping(let mapping):
            var entries: [YAMLEntry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw YAMLError(
                        .unexpected, source: source, location: Self.location(key),
                        problem: "has a key that is not text")
                }
                entries.append(
                    YAMLEntry(
                        key: name.string, at: Self.location(key), value: try self.node(value, depth: depth + 1)))
            }
            return YAMLNode(.mapping(entries), at: location)
        case .alias:
            // The parser has put the nodes in their place.
            throw YAMLError(
                .unexpected, source: source, location: location, problem: "has an alias that leads nowhere")
        }
    }

    private static func location(_ node: Node) -> YAMLLocation {
        node.mark.map { YAMLLocation($0) } ?? YAMLLocation(line: 1, column: 1)
    }
}

extension YAMLLocation {
    fileprivate init(_ mark: Mark) { self.init(line: max(1, mark.line), column: max(1, mark.column)) }
}
