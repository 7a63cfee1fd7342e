// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import Synchronization

/// The keys that media of a kind can have in a manifest: whoever reads requests from elsewhere says what they are.
public final class ManifestVocabulary: Sendable {
    /// What a key takes.
    public enum Form: Sendable, Equatable {
        /// true or false.
        case flag
        /// One text.
        case value
        /// A list of texts, or one of them.
        case list
    }

    /// A key.
    public struct Key: Sendable {
        /// Its name.
        public let name: String
        /// What it takes.
        public let form: Form
        /// Whether its texts are `NAME=VALUE`, which may be written as a mapping.
        public let isPair: Bool
        /// Whether a text is the path of a file, beside the keys that are given.
        public let isPath: @Sendable (_ text: String, _ given: Set<String>) -> Bool

        /// A key.
        public init(
            _ name: String, _ form: Form, isPair: Bool = false,
            isPath: @escaping @Sendable (_ text: String, _ given: Set<String>) -> Bool = { _, _ in false }
        ) {
            self.name = name
            self.form = form
            self.isPair = isPair
            self.isPath = isPath
        }
    }

    private let load: @Sendable (_ type: String) -> [Key]
    private let loaded = Mutex<[String: [String: Key]]>([:])
    /// The names of kinds, as manifests have them.
    public let typeNames: [String]

    /// The keys of the kinds `typeNames`; `load` says those of one when somebody asks.
    public init(_ typeNames: [String], load: @escaping @Sendable (_ type: String) -> [Key]) {
        self.typeNames = typeNames
        self.load = load
    }

    /// The key `name` of media of the kind `type`; nil when it has none.
    public func key(_ name: String, of type: String) -> Key? { keys(of: type)[name] }

    /// The names of the keys of the kind `type`, sorted.
    public func names(of type: String) -> [String] { keys(of: type).keys.sorted() }

    /// The kinds that have the key `name`.
    public func types(with name: String) -> [String] { typeNames.filter { keys(of: $0)[name] != nil } }

    /// Whether some kind has the key `name`; kinds that were asked for before are looked at first.
    public func knows(_ name: String) -> Bool {
        if loaded.withLock({ $0.values.contains { $0[name] != nil } }) { return true }
        return typeNames.contains { keys(of: $0)[name] != nil }
    }

    /// The names of the keys of all kinds, sorted.
    public var allNames: [String] { Set(typeNames.flatMap { keys(of: $0).keys }).sorted() }

    private func keys(of type: String) -> [String: Key] {
        if let known = loaded.withLock({ $0[type] }) { return known }
        guard typeNames.contains(type) else { return [:] }
        let keys = Dictionary(load(type).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        loaded.withLock { $0[type] = keys }
        return keys
    }
}

/// Media that a manifest asks for: everything inherited, multiplied and put in.
public struct ManifestMedia: Sendable {
    /// A key with what it says.
    public struct Setting: Sendable, Equatable {
        /// The key.
        public let key: String
        /// Its texts; one of a key that takes one, `true` or `false` of a flag.
        public let values: [String]
        /// Where it stands: "media.yaml:12:5".
        public let place: String
    }

    /// A key with what it says, wherever it stands.
    public struct GivenSetting: Sendable, Equatable {
        /// The key.
        public let key: String
        /// Its texts; none or `true` or `false` of a flag.
        public var values: [String]

        /// A setting.
        public init(key: String, values: [String]) {
            self.key = key
            self.values = values
        }
    }

    /// Its number in the manifest, from 1.
    public internal(set) var number = 0
    /// Its name, which no other media of the manifest has.
    public let name: String
    /// The kind, as manifests call it.
    public let type: String
    /// Where it stands: "media.yaml:12:5".
    public let place: String
    /// What is said of it, in the order of the manifest.
    public let settings: [Setting]

    /// What is said under `key`; nil when nothing is.
    public func setting(_ key: String) -> Setting? { settings.first { $0.key == key } }
}
