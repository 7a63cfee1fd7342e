// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import YAML

/// An entry of a manifest, and the media that it asks for: one for each combination of its matrix and each of its models.
struct ManifestEntry {
    private let reader: ManifestReader
    private let entry: ManifestDocument.Inherited
    private let defaults: [YAMLEntry]

    init(_ entry: ManifestDocument.Inherited, _ document: ManifestDocument) {
        self.entry = entry
        reader = document.reader
        defaults = document.defaults
    }

    /// The value that a model of a fleet gives.
    private static let modelName = "model"

    func media() throws -> [ManifestMedia] {
        let type = try type()
        let said = try settings(type)
        let models = try models(type)
        return try ManifestMatrix(entry, reader).rows.flatMap { row in
            guard let models else {
                let text = text(row)
                return [try media(try name(text), type, said, text)]
            }
            return try models.map { model in
                let text = text(row.merging([Self.modelName: model.name]) { $1 })
                var name = try name(text)
                if !(entry[.name]?.value.text ?? "").contains("${\(Self.modelName)}") { name += "/\(model.name)" }
                let media = try media(name, type, said, text)
                return try FleetMedia(model, reader).applied(to: media)
            }
        }
    }

    private func text(_ values: [String: String]) -> ManifestText {
        ManifestText(source: reader.source, values: values, environment: reader.environment)
    }

    // MARK: Its own keys

    private func name(_ text: ManifestText) throws(YAMLError) -> String {
        guard let entry = entry[.name], let raw = entry.value.text else {
            throw reader.error("has media without a name", at: self.entry.location, "add name:")
        }
        let name = try text.expanded(raw, at: entry.value.location)
        guard !name.isEmpty, name.onOneLine == name else {
            throw reader.error("has a name that is no line of text", at: entry.value.location, "give it a plain name")
        }
        return name
    }

    private func type() throws(YAMLError) -> String {
        let said = entry[.type] ?? defaults.first { $0.key == ManifestReader.OwnKey.type.rawValue }
        let names = reader.vocabulary.typeNames
        guard let said else {
            throw reader.error(
                "has media without a type", at: entry.location, "add type: \(names.joined(separator: ", or "))")
        }
        guard let type = said.value.text, names.contains(type) else {
            let near = said.value.text.flatMap { Suggestion.nearest(to: $0, among: names) }
            throw reader.error(
                "has the type '\(said.value.text ?? said.value.kind)', which is none", at: said.value.location,
                near.map { "did you mean \($0)?" } ?? "use \(names.joined(separator: ", "))")
        }
        return type
    }

    private func models(_ type: String) throws -> [FleetModel]? {
        guard let fleet = entry[.fleet] else { return nil }
        guard type == "prestaged" else {
            throw reader.error(
                "has 'fleet', which is for prestaged media, and \(type) media here", at: fleet.location,
                "use a matrix, or leave it out")
        }
        guard let raw = fleet.value.text, !raw.isEmpty else {
            throw reader.error("has 'fleet' without a file", at: fleet.value.location, "name a CSV or YAML file")
        }
        let file = try text([:]).expanded(raw, at: fleet.value.location)
        return try FleetFile.read(FilePath(file.hasPrefix("/") ? file : reader.folder + file))
    }

    // MARK: Settings

    /// What is said of it with the key that it is said under: defaults first, of which those count that the kind has.
    private func settings(_ type: String) throws(YAMLError) -> [(key: ManifestVocabulary.Key, entry: YAMLEntry)] {
        let own = Set(ManifestReader.OwnKey.allCases.map(\.rawValue))
        let usual = defaults.filter { reader.vocabulary.key($0.key, of: type) != nil && !own.contains($0.key) }
        var settings: [(key: ManifestVocabulary.Key, entry: YAMLEntry)] = []
        for entry in ManifestDocument.merged(usual, entry.entries) where !own.contains(entry.key) {
            guard let key = reader.vocabulary.key(entry.key, of: type) else {
                let others = reader.vocabulary.types(with: entry.key)
                guard others.isEmpty else {
                    throw reader.error(
                        "has the key '\(entry.key)', which belongs to \(others.joined(separator: ", ")) media, and this is \(type)",
                        at: entry.location, "leave it out")
                }
                throw reader.unknown(entry, in: "\(type) media", reader.vocabulary.names(of: type))
            }
            settings.append((key, entry))
        }
        return settings
    }

    private func media(
        _ name: String, _ type: String, _ said: [(key: ManifestVocabulary.Key, entry: YAMLEntry)], _ text: ManifestText
    ) throws -> ManifestMedia {
        let given = Set(said.map(\.key.name))
        var settings: [ManifestMedia.Setting] = []
        for (key, entry) in said {
            guard let values = try values(of: key, entry, text) else { continue }
            settings.append(
                ManifestMedia.Setting(
                    key: key.name, values: values.map { reader.located($0, key, given) },
                    place: reader.place(entry.location)))
        }
        return ManifestMedia(name: name, type: type, place: reader.place(entry.location), settings: settings)
    }

    /// The texts under a key; nil where nothing is said, as by an empty value, which takes back what is inherited.
    private func values(
        of key: ManifestVocabulary.Key, _ entry: YAMLEntry, _ text: ManifestText
    ) throws(YAMLError) -> [String]? {
        if case .null = entry.value.content { return nil }
        switch key.form {
        case .flag: return [try flag(entry, text) ? "true" : "false"]
        case .value:
            guard let raw = entry.value.text else {
                throw reader.error(
                    "has \(entry.value.kind) under '\(entry.key)', which takes one text", at: entry.value.location,
                    "write one value")
            }
            let value = try text.expanded(raw, at: entry.value.location)
            return value.isEmpty ? nil : [value]
        case .list: return try list(key, entry, text)
        }
    }

    private func flag(_ entry: YAMLEntry, _ text: ManifestText) throws(YAMLError) -> Bool {
        let value = try entry.value.text.map { raw throws(YAMLError) in try text.expanded(raw, at: entry.value.location)
        }
        // The words of YAML 1.2.2, 10.3.2.
        switch value {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default:
            throw reader.error(
                "has '\(value ?? entry.value.kind)' under '\(entry.key)', which is a switch", at: entry.value.location,
                "write true or false")
        }
    }

    private func list(
        _ key: ManifestVocabulary.Key, _ entry: YAMLEntry, _ text: ManifestText
    ) throws(YAMLError) -> [String] {
        var values: [String] = []
        func add(_ node: YAMLNode, _ prefix: String) throws(YAMLError) {
            guard let raw = node.text else {
                throw reader.error(
                    "has \(node.kind) in the list '\(entry.key)', which holds texts", at: node.location, "write text")
            }
            values.append(prefix + (try text.expanded(raw, at: node.location)))
        }
        switch entry.value.content {
        case .sequence(let nodes): for node in nodes { try add(node, "") }
        case .mapping(let pairs) where key.isPair:
            for pair in pairs {
                if case .null = pair.value.content {
                    values.append(pair.key + "=")
                } else {
                    try add(pair.value, pair.key + "=")
                }
            }
        case .scalar, .mapping, .null: try add(entry.value, "")
        }
        return values
    }
}

extension ManifestReader {
    /// `text` under `key` as it is found from any folder, where it is a path: those of a manifest begin beside it.
    func located(_ text: String, _ key: ManifestVocabulary.Key, _ given: Set<String>) -> String {
        guard !text.isEmpty, !text.hasPrefix("/"), key.isPath(text, given) else { return text }
        return folder + text
    }
}
