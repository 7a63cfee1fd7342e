// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

/// Something that a statement names, by digests (in-toto Attestation Framework 1.0, ResourceDescriptor).
public struct ResourceDescriptor: Sendable, Equatable {
    /// Its name.
    public var name: String?
    /// Where it is, or how it is called everywhere.
    public var uri: String?
    /// Digests of it, by the name of the algorithm (digest_set.md).
    public var digest: [Digest]
    /// What else there is to say, by names of ours.
    public var annotations: [JSONNode.Member]

    /// A digest.
    public struct Digest: Sendable, Equatable {
        /// `sha256`, or `dirHash` of a folder.
        public let algorithm: String
        /// Hexadecimal digits in lower case.
        public let value: String

        /// A SHA-256 of bytes.
        public static func sha256(_ digest: SHA256Digest) -> Digest {
            Digest(algorithm: "sha256", value: digest.description)
        }

        /// A digest of all files of a folder, as ``FolderDigest`` makes it.
        public static func folder(_ digest: SHA256Digest) -> Digest {
            Digest(algorithm: "dirHash", value: digest.description)
        }
    }

    /// Describes a resource.
    public init(name: String?, uri: String? = nil, _ digest: [Digest], annotations: [JSONNode.Member] = []) {
        self.name = name
        self.uri = uri
        self.digest = digest
        self.annotations = annotations
    }

    var node: JSONNode {
        .members([
            "name": name.map { .text($0) }, "uri": uri.map { .text($0) },
            "digest": digest.isEmpty
                ? nil : .object(digest.map { .init(name: $0.algorithm, value: .text($0.value)) }),
            "annotations": annotations.isEmpty ? nil : .object(annotations),
        ])
    }
}

/// What is said of something (in-toto Attestation Framework 1.0, Statement).
public struct Statement: Sendable, Equatable {
    /// The type of all statements of this version.
    public static let type = "https://in-toto.io/Statement/v1"

    /// What it is about.
    public let subjects: [ResourceDescriptor]
    /// What kind of thing is said.
    public let predicateType: String
    /// What is said.
    public let predicate: JSONNode

    /// Says `predicate` of `subjects`.
    public init(_ subjects: [ResourceDescriptor], predicateType: String, _ predicate: JSONNode) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    private var node: JSONNode {
        .members([
            "_type": .text(Self.type), "subject": .list(subjects.map(\.node)), "predicateType": .text(predicateType),
            "predicate": predicate,
        ])
    }

    /// The statement as JSON.
    ///
    /// - Throws: `EncodingError` for numbers that are none.
    public func encoded(_ layout: JSON.Layout = .line) throws -> [UInt8] {
        try JSON.bytes(of: node, layout, escaping: .required)
    }
}

/// The subjects of a statement that was read.
public struct StatementSubjects: Sendable, Equatable {
    /// A subject.
    public struct Subject: Sendable, Equatable {
        /// Its name; empty for none.
        public let name: String
        /// Its SHA-256; nil when the statement has only others.
        public let sha256: SHA256Digest?
    }

    /// The subjects.
    public let subjects: [Subject]
    /// What kind of thing is said of them.
    public let predicateType: String

    /// A statement of very many volumes and parts has no more values.
    private static let valueLimit = 2_000_000

    /// The subjects of the statement in `bytes`; nil when they are none.
    public init?(_ bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let node = try? reader.node(limit: Self.valueLimit), (try? reader.end()) != nil,
            node["_type"] == .text(Statement.type), case .text(let predicateType)? = node["predicateType"],
            case .list(let list)? = node["subject"], !list.isEmpty
        else { return nil }
        subjects = list.map { node in
            var name = ""
            if case .text(let text)? = node["name"] { name = text }
            var digest: SHA256Digest?
            if case .text(let digits)? = node["digest"]?["sha256"] { digest = SHA256Digest(hexadecimal: digits) }
            return Subject(name: name, sha256: digest)
        }
        self.predicateType = predicateType
    }
}
