// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import YAML

/// The combinations of values that one entry of a manifest is built for.
struct ManifestMatrix {
    private let reader: ManifestReader
    /// The names, in the order of the manifest.
    private var names: [String] = []
    /// The combinations: the last name changes first.
    private(set) var rows: [[String: String]] = [[:]]

    /// The combinations of `entry`; the one of nothing where it has no matrix.
    init(_ entry: ManifestDocument.Inherited, _ reader: ManifestReader) throws {
        self.reader = reader
        if let matrix = entry[.matrix] { try multiply(matrix) }
        for row in try Self.rows(entry[.exclude], reader) {
            try check(row)
            rows.removeAll { candidate in row.values.allSatisfy { candidate[$0.key] == $0.value } }
        }
        for row in try Self.rows(entry[.include], reader) {
            try check(row)
            if let missing = names.first(where: { row.values[$0] == nil }) {
                throw reader.error(
                    "has 'include' without a value for '\(missing)'", at: row.location, "give all names of the matrix")
            }
            if !rows.contains(row.values) { rows.append(row.values) }
        }
        guard !rows.isEmpty else {
            throw reader.error(
                "excludes every combination of its matrix", at: entry.location, "leave out an 'exclude', or the media")
        }
    }

    private mutating func multiply(_ matrix: YAMLEntry) throws {
        guard case .mapping(let columns) = matrix.value.content else {
            throw reader.error(
                "has \(matrix.value.kind) where a matrix belongs", at: matrix.value.location,
                "write NAME: [VALUE, VALUE] lines")
        }
        for column in columns {
            guard ManifestText.isName(column.key) else {
                throw reader.error(
                    "has a matrix with the name '\(column.key)'", at: column.location, "use letters, digits and _")
            }
            let values: [YAMLNode]
            if case .sequence(let nodes) = column.value.content { values = nodes } else { values = [column.value] }
            let texts = try values.map { value in
                guard let text = value.text else {
                    throw reader.error(
                        "has \(value.kind) where a value of a matrix belongs", at: value.location, "write text")
                }
                return text
            }
            guard !texts.isEmpty, Set(texts).count == texts.count else {
                throw reader.error(
                    "has a matrix whose '\(column.key)' has no value, or one twice", at: column.location,
                    "give each value once")
            }
            // Two long lists must not become more than there is room for before anybody counts.
            guard rows.count * texts.count <= ManifestReader.mediaLimit else {
                throw reader.error(
                    "has a matrix of more than \(ManifestReader.mediaLimit) combinations", at: matrix.location,
                    "divide it")
            }
            names.append(column.key)
            rows = rows.flatMap { row in texts.map { row.merging([column.key: $0]) { $1 } } }
        }
    }

    private struct Row {
        let location: YAMLLocation
        let values: [String: String]
        let entries: [YAMLEntry]
    }

    private func check(_ row: Row) throws(YAMLError) {
        for entry in row.entries where !names.contains(entry.key) {
            throw reader.unknown(entry, in: "the matrix", names)
        }
    }

    /// The combinations that `exclude` or `include` lists.
    private static func rows(_ entry: YAMLEntry?, _ reader: ManifestReader) throws -> [Row] {
        guard let entry else { return [] }
        let nodes: [YAMLNode]
        if case .sequence(let list) = entry.value.content { nodes = list } else { nodes = [entry.value] }
        return try nodes.map { node in
            guard case .mapping(let entries) = node.content, entries.allSatisfy({ $0.value.text != nil }),
                !entries.isEmpty
            else {
                throw reader.error(
                    "has '\(entry.key)' with something that is no combination", at: node.location,
                    "write { NAME: VALUE, NAME: VALUE }")
            }
            return Row(
                location: node.location,
                values: Dictionary(
                    entries.map { ($0.key, $0.value.text ?? "") }, uniquingKeysWith: { first, _ in first }),
                entries: entries)
        }
    }
}
