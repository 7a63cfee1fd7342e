// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import YAML

/// Reads lists of computer models: CSV (RFC 4180) with a row of keys, or YAML with a list `models` (docs/prestaged.md).
public enum FleetFile {
    /// More models than any factory line builds at once.
    private static let modelLimit = 10_000
    /// Separates the elements of a list in a cell.
    private static let listSeparator: Character = ";"

    /// Reads the models in the file at `path`: YAML when its name ends in .yaml or .yml, else CSV.
    ///
    /// - Throws: `FileError`; `YAMLError`; ``MediaBuilderError`` `.badContent`, each with its line.
    public static func read(_ path: FilePath) throws -> [FleetModel] {
        let bytes = try SmallFile.read(path, limit: 16 << 20)
        let isYAML = ["yaml", "yml"].contains(path.extension?.lowercased())
        let entries = try isYAML ? yaml(bytes, path.string) : csv(bytes, path.string)
        guard !entries.isEmpty else {
            throw MediaBuilderError(.badContent, "\(path)", "names no models", nextStep: "add a row for each")
        }
        guard entries.count <= modelLimit else {
            throw MediaBuilderError(
                .badContent, "\(path)", "names \(entries.count) models", nextStep: "divide it: \(modelLimit) at most")
        }
        return try entries.map { try FleetModel($0) }
    }

    // MARK: YAML

    private static func yaml(_ bytes: [UInt8], _ source: String) throws(YAMLError) -> [FleetModel.Entry] {
        let root = try YAMLMapping(
            try YAMLReader.read(bytes, source: source), "a list of models", keys: ["models"], source: source)
        var entries: [FleetModel.Entry] = []
        for node in try root.nodes("models") {
            let model = try YAMLMapping(node, "a model", keys: FleetModel.keys, source: source)
            var values: [String: [String]] = [:]
            for key in FleetModel.keys {
                let found =
                    FleetModel.listKeys.contains(key)
                    ? try model.oneOrMoreTexts(key) : try model.text(key).map { [$0] } ?? []
                if !found.isEmpty { values[key] = found }
            }
            entries.append(.init(values: values, place: "\(source):\(node.location.line)"))
        }
        return entries
    }

    // MARK: CSV

    private static func csv(_ bytes: [UInt8], _ source: String) throws(MediaBuilderError) -> [FleetModel.Entry] {
        guard let text = Text.decode(bytes, fallback: .utf8) else {
            throw MediaBuilderError(.badContent, "\(source)", "is not text in UTF-8", nextStep: "save it as UTF-8")
        }
        var rows = try CSVRows(text, separator: CSVRows.separator(of: text), source: source).rows[...]
        guard let header = rows.popFirst() else { return [] }
        var keys: [String] = []
        for cell in header.cells {
            let name = cell.trimmed
            guard let key = FleetModel.keys.first(where: { $0.lowercased() == name.lowercased() }) else {
                throw MediaBuilderError(
                    .badContent, "\(source):\(header.line)", "has a column \(keys.count + 1) that models do not have",
                    nextStep: "separate columns by commas, and use \(FleetModel.keys.joined(separator: ", "))")
            }
            guard !keys.contains(key) else {
                throw MediaBuilderError(
                    .badContent, "\(source):\(header.line)", "has the column '\(key)' twice",
                    nextStep: "separate the elements of a list by \(listSeparator)")
            }
            keys.append(key)
        }
        var entries: [FleetModel.Entry] = []
        for row in rows where row.cells != [""] {
            guard row.cells.count == keys.count else {
                throw MediaBuilderError(
                    .badContent, "\(source):\(row.line)", "has \(row.cells.count) cells under \(keys.count) columns",
                    nextStep: "quote cells that hold what separates the columns")
            }
            var values: [String: [String]] = [:]
            for (key, cell) in zip(keys, row.cells) {
                let found =
                    FleetModel.listKeys.contains(key)
                    ? cell.split(separator: listSeparator).map { String($0).trimmed }.filter { !$0.isEmpty }
                    : [cell.trimmed].filter { !$0.isEmpty }
                if !found.isEmpty { values[key] = found }
            }
            entries.append(.init(values: values, place: "\(source):\(row.line)"))
        }
        return entries
    }
}

/// The rows of a CSV text (RFC 4180): cells may be quoted, a quote inside is doubled, lines end in LF or CR LF.
private struct CSVRows {
    struct Row {
        let line: Int
        var cells: [String]
    }

    private(set) var rows: [Row] = []

    /// What separates the columns of `text`: a comma, or what spreadsheets write where a comma is in numbers.
    static func separator(of text: String) -> Unicode.Scalar {
        let header = text.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }
        return [",", ";", "\t"].first { header.contains($0) } ?? ","
    }

    init(_ text: String, separator: Unicode.Scalar, source: String) throws(MediaBuilderError) {
        var (line, startLine) = (1, 1)
        var cells: [String] = []
        var cell = ""
        var isQuoted = false
        var wasQuoted = false
        func endRow(_ rows: inout [Row]) {
            rows.append(Row(line: startLine, cells: cells + [cell]))
            (cells, cell, wasQuoted) = ([], "", false)
        }
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\n" { line += 1 }
            if isQuoted {
                if scalar == "\"" {
                    if rest.first == "\"" {
                        rest.removeFirst()
                        cell += "\""
                    } else {
                        isQuoted = false
                    }
                } else {
                    cell.unicodeScalars.append(scalar)
                }
                continue
            }
            switch scalar {
            case "\"" where cell.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
            case separator:
                cells.append(cell)
                (cell, wasQuoted) = ("", false)
            case "\r" where rest.first == "\n": break
            case "\n":
                endRow(&rows)
                startLine = line
            default: cell.unicodeScalars.append(scalar)
            }
        }
        guard !isQuoted else {
            throw MediaBuilderError(
                .badContent, "\(source):\(startLine)", "has a quoted cell without an end", nextStep: "close the quotes")
        }
        if !cell.isEmpty || !cells.isEmpty || wasQuoted { endRow(&rows) }
    }
}

extension String {
    /// The text without white space at its ends.
    fileprivate var trimmed: String {
        String(trimming(\.isWhitespace))
    }
}
