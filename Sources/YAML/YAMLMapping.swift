// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A mapping whose keys are known beforehand: each is asked for by name, and any other is a mistake to report.
public struct YAMLMapping: Sendable {
    /// Where the mapping begins.
    public let location: YAMLLocation
    private let source: String
    private let entries: [String: YAMLEntry]

    /// Reads `node` as a mapping of no other keys than `keys`.
    ///
    /// - Parameters:
    ///   - noun: what the mapping describes, for messages.
    ///   - source: the file, for messages.
    /// - Throws: ``YAMLError`` `.unexpected`.
    public init(_ node: YAMLNode, _ noun: String, keys: [String], source: String) throws(YAMLError) {
        guard case .mapping(let entries) = node.content else {
            throw YAMLError(
                .unexpected, source: source, location: node.location,
                problem: "has \(node.kind) where \(noun) belongs",
                nextStep: "write it with the keys \(keys.joined(separator: ", "))")
        }
        var found: [String: YAMLEntry] = [:]
        for entry in entries {
            guard keys.contains(entry.key) else {
                throw YAMLError(
                    .unexpected, source: source, location: entry.location,
                    problem: "has the key '\(entry.key)', which \(noun) does not have",
                    nextStep: "use \(keys.joined(separator: ", "))")
            }
            found[entry.key] = entry
        }
        self.entries = found
        self.source = source
        location = node.location
    }

    /// Where the value of `key` begins, or the mapping when there is none.
    public func location(of key: String) -> YAMLLocation { entries[key]?.value.location ?? location }

    /// The text of `key`, or nil when it is absent or empty.
    public func text(_ key: String) throws(YAMLError) -> String? {
        guard let value = entries[key]?.value else { return nil }
        switch value.content {
        case .null: return nil
        case .scalar(let text): return text.isEmpty ? nil : text
        case .sequence, .mapping: throw unexpected(value, "'\(key)' takes text")
        }
    }

    /// The text of `key`, which must be there.
    public func requiredText(_ key: String, _ noun: String) throws(YAMLError) -> String {
        if let text = try text(key) { return text }
        throw YAMLError(
            .unexpected, source: source, location: location(of: key), problem: "has \(noun) without '\(key)'",
            nextStep: "add \(key):")
    }

    /// The texts of `key` with their places: none when it is absent.
    public func texts(_ key: String) throws(YAMLError) -> [(text: String, location: YAMLLocation)] {
        var texts: [(text: String, location: YAMLLocation)] = []
        for node in try nodes(key) {
            guard case .scalar(let text) = node.content, !text.isEmpty else {
                throw unexpected(node, "'\(key)' takes a list of texts")
            }
            texts.append((text, node.location))
        }
        return texts
    }

    /// The texts of `key`, which may have one where it could have a list: none when it is absent.
    public func oneOrMoreTexts(_ key: String) throws(YAMLError) -> [String] {
        if case .scalar(let text)? = entries[key]?.value.content { return text.isEmpty ? [] : [text] }
        return try texts(key).map(\.text)
    }

    /// The elements of the list `key`: none when it is absent.
    public func nodes(_ key: String) throws(YAMLError) -> [YAMLNode] {
        guard let value = entries[key]?.value else { return [] }
        switch value.content {
        case .null: return []
        case .sequence(let nodes): return nodes
        case .scalar, .mapping: throw unexpected(value, "'\(key)' takes a list")
        }
    }

    private func unexpected(_ node: YAMLNode, _ problem: DiagnosticText) -> YAMLError {
        YAMLError(
            .unexpected, source: source, location: node.location, problem: "\(problem), not \(node.kind)")
    }
}
