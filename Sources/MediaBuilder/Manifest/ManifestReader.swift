// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import YAML

/// Reads manifests: YAML files that ask for media (docs/builds.md).
///
/// What is said of media is, from the weakest to the strongest: `defaults`, what `from` names, the media itself.
public struct ManifestReader {
    /// More media than anybody builds at once.
    static let mediaLimit = 10_000

    /// The file, for messages and for paths.
    let path: FilePath
    let vocabulary: ManifestVocabulary
    let environment: (_ name: String) -> String?

    /// A reader of the manifest at `path`, with the variables of `environment`.
    public init(
        _ path: FilePath, vocabulary: ManifestVocabulary, environment: @escaping (_ name: String) -> String?
    ) {
        self.path = path
        self.vocabulary = vocabulary
        self.environment = environment
    }

    /// Keys of media that are no settings.
    enum OwnKey: String, CaseIterable {
        case name, type, from, matrix, exclude, include, fleet
    }

    /// Every media that the manifest asks for.
    ///
    /// - Throws: `FileError`; `YAMLError`; ``MediaBuilderError`` `.badContent` of a list of models: each with its place.
    public func read() throws -> [ManifestMedia] {
        let bytes = try SmallFile.read(path, limit: YAMLReader.maximumByteCount)
        return try read(bytes)
    }

    /// Every media that the manifest `bytes` asks for.
    ///
    /// - Throws: as ``read()``.
    public func read(_ bytes: [UInt8]) throws -> [ManifestMedia] {
        let document = try ManifestDocument(try YAMLReader.read(bytes, source: source), reader: self)
        var media: [ManifestMedia] = []
        var names: [String: String] = [:]
        for entry in document.media {
            for var one in try ManifestEntry(entry, document).media() {
                one.number = media.count + 1
                if let other = names.updateValue(one.place, forKey: one.name) {
                    throw MediaBuilderError(
                        .badContent, "\(one.place):",
                        "has the name '\(one.name)', which the media at \(other) has already",
                        nextStep: "give each media a name of its own; with a matrix, put its values into the name")
                }
                media.append(one)
                guard media.count <= Self.mediaLimit else {
                    throw MediaBuilderError(
                        .badContent, "\(path)", "asks for more than \(Self.mediaLimit) media",
                        nextStep: "divide it")
                }
            }
        }
        guard !media.isEmpty else {
            throw MediaBuilderError(
                .badContent, "\(path)", "asks for no media", nextStep: "add media: and an entry for each")
        }
        return media
    }

    var source: String { path.string }

    /// The folder that paths of the manifest begin in.
    var folder: String {
        let folder = AtomicFile.parent(of: path).string
        return folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
    }

    /// "media.yaml:12:5".
    func place(_ location: YAMLLocation) -> String { "\(source):\(location)" }

    func error(
        _ problem: DiagnosticText, at location: YAMLLocation, _ nextStep: DiagnosticText
    ) -> YAMLError {
        YAMLError(.unexpected, source: source, location: location, problem: problem, nextStep: nextStep)
    }

    /// What is wrong with a key that `noun` does not have, and which one of `names` may be meant.
    func unknown(_ entry: YAMLEntry, in noun: String, _ names: [String]) -> YAMLError {
        error(
            "has the key '\(entry.key)', which \(noun) does not have", at: entry.location,
            Suggestion.nearest(to: entry.key, among: names).map { "did you mean \($0)?" }
                ?? (names.count <= 12
                    ? "use \(names.joined(separator: ", "))"
                    : "see the options of tsmedia create: its keys are their names"))
    }
}

/// The parts of a manifest, inheritance followed.
struct ManifestDocument {
    let reader: ManifestReader
    /// The entries of each media, its own and inherited ones, defaults left out.
    private(set) var media: [Inherited] = []
    /// What is said of all media.
    private(set) var defaults: [YAMLEntry] = []

    /// Media with what it inherits.
    struct Inherited {
        let location: YAMLLocation
        /// In the order in which they were first said.
        var entries: [YAMLEntry] = []

        subscript(_ key: ManifestReader.OwnKey) -> YAMLEntry? { entries.first { $0.key == key.rawValue } }
    }

    private enum Key: String, CaseIterable { case defaults, templates, media }

    init(_ root: YAMLNode, reader: ManifestReader) throws {
        self.reader = reader
        guard case .mapping(let entries) = root.content else {
            throw reader.error(
                "has \(root.kind) where a manifest belongs", at: root.location,
                "begin with media: and an entry for each")
        }
        var parts: [Key: YAMLNode] = [:]
        for entry in entries {
            guard let key = Key(rawValue: entry.key) else {
                throw reader.unknown(entry, in: "a manifest", Key.allCases.map(\.rawValue))
            }
            parts[key] = entry.value
        }
        defaults = try mapping(parts[.defaults])
        let own = ManifestReader.OwnKey.allCases.map(\.rawValue)
        // The kinds that there are, so that no others need to be asked for their keys.
        let said = try list(parts[.media]) + mapping(parts[.templates]).map(\.value)
        let types = [defaults] + (try said.map { try mapping($0) })
        for type in types.joined() where type.key == "type" { _ = reader.vocabulary.names(of: type.value.text ?? "") }
        for entry in defaults { try check(entry, ["type"]) }
        var known: [String: YAMLNode] = [:]
        for template in try mapping(parts[.templates]) {
            for entry in try mapping(template.value) {
                try check(entry, own.filter { $0 != "name" })
            }
            known[template.key] = template.value
        }
        let nodes = try list(parts[.media])
        for node in nodes {
            let entries = try mapping(node)
            for entry in entries { try check(entry, own) }
            guard let name = entries.first(where: { $0.key == "name" }), case .scalar(let text) = name.value.content
            else { continue }
            guard known.updateValue(node, forKey: text) == nil else {
                throw reader.error(
                    "has the name '\(text)', which another media or template has already", at: name.location,
                    "give each a name of its own")
            }
        }
        media = try nodes.map {
            Inherited(location: $0.location, entries: try inherited($0, known, through: []))
        }
    }

    private func check(_ entry: YAMLEntry, _ own: [String]) throws(YAMLError) {
        guard own.contains(entry.key) || reader.vocabulary.knows(entry.key) else {
            throw reader.unknown(entry, in: "any media", reader.vocabulary.allNames + own)
        }
    }

    private func mapping(_ node: YAMLNode?) throws(YAMLError) -> [YAMLEntry] {
        switch node?.content {
        case nil, .null?: return []
        case .mapping(let entries)?: return entries
        case .scalar?, .sequence?:
            throw reader.error(
                "has \(node?.kind ?? "nothing") where keys with values belong",
                at: node?.location ?? YAMLLocation(line: 1, column: 1), "write KEY: VALUE lines")
        }
    }

    private func list(_ node: YAMLNode?) throws(YAMLError) -> [YAMLNode] {
        switch node?.content {
        case nil, .null?: return []
        case .sequence(let nodes)?: return nodes
        case .scalar?, .mapping?:
            throw reader.error(
                "has \(node?.kind ?? "nothing") where a list of media belongs",
                at: node?.location ?? YAMLLocation(line: 1, column: 1), "begin each entry with '- name:'")
        }
    }

    /// The entries of `node` over those that it inherits.
    private func inherited(
        _ node: YAMLNode, _ known: [String: YAMLNode], through names: [String]
    ) throws -> [YAMLEntry] {
        let own = try mapping(node)
        guard let from = own.first(where: { $0.key == "from" }) else { return own }
        guard case .scalar(let name) = from.value.content, let base = known[name] else {
            let near = from.value.text.flatMap { Suggestion.nearest(to: $0, among: known.keys.sorted()) }
            throw reader.error(
                "has 'from' with no name of a template or of other media", at: from.value.location,
                near.map { "did you mean \($0)?" } ?? "name one of \(known.keys.sorted().joined(separator: ", "))")
        }
        guard !names.contains(name) else {
            throw reader.error(
                "inherits from itself: \((names + [name]).joined(separator: ", "))", at: from.value.location,
                "take one 'from' out of the circle")
        }
        return Self.merged(
            try inherited(base, known, through: names + [name]).filter { !["name", "from"].contains($0.key) }, own)
    }

    /// `base` with what `own` says instead and besides.
    static func merged(_ base: [YAMLEntry], _ own: [YAMLEntry]) -> [YAMLEntry] {
        var result = base
        for entry in own {
            if let index = result.firstIndex(where: { $0.key == entry.key }) {
                result[index] = entry
            } else {
                result.append(entry)
            }
        }
        return result
    }
}

extension YAMLNode {
    /// Its text; nil for what is none.
    var text: String? {
        if case .scalar(let text) = content { return text }
        return nil
    }
}
