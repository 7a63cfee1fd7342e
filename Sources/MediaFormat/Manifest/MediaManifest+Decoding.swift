// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

// In one pass, so that a manifest of very many files is in memory once.

extension MediaManifest {
    /// Reads the manifest of `media`, as messages call it.
    ///
    /// - Throws: ``MediaFormatError`` `.notMedia` when it is not one, or of a later schema.
    public init(decoding bytes: [UInt8], of media: String) throws(MediaFormatError) {
        let object = DiagnosticText("\(Self.path) of \(media)")
        var version: Int?
        do {
            var reader = JSONReader(bytes)
            let fields = try ManifestFields(&reader)
            try reader.end()
            version = fields.schemaVersion
            if version == Self.currentSchemaVersion {
                self = try fields.manifest()
                if hasPossibleSizes, hasPossibleNumbers { return }
            }
        } catch {}
        if let version, version != Self.currentSchemaVersion {
            throw MediaFormatError(
                .notMedia, object,
                "has schema version \(version), and this program knows \(Self.currentSchemaVersion)",
                nextStep: "use a newer tsmedia")
        }
        throw MediaFormatError(
            .notMedia, object, "is damaged: it is not a media manifest",
            nextStep: "copy the media again, or build it again")
    }
}

/// A member that a manifest lacks, or has in a form that none has.
private struct NoManifest: Error {}

/// What stands in the file of a manifest.
private struct ManifestFields {
    var schemaVersion: Int?
    private var mediaType: MediaType?
    private var mediaGuid: String?
    private var volume: Int?
    private var volumeCount: Int?
    private var label: String?
    private var taskSequence: MediaManifest.TaskSequence?
    private var bootImage: MediaManifest.BootImage?
    private var image: MediaManifest.OperatingSystemImage?
    private var buildKey: SHA256Digest?
    private var contents: [MediaManifest.Content]?
    private var files: [MediaManifest.File]?

    /// Values in an object of a manifest that is no list of files or contents.
    private static let valueLimit = 1_000_000

    init(_ reader: inout JSONReader) throws {
        try reader.members { name, reader in
            func node() throws -> JSONNode { try reader.node(limit: Self.valueLimit) }
            switch name {
            case "schemaVersion": schemaVersion = try node().whole()
            case "mediaType": mediaType = MediaType(rawValue: try node().words())
            case "mediaGuid": mediaGuid = try node().words()
            case "volume": volume = try node().whole()
            case "volumeCount": volumeCount = try node().whole()
            case "label": label = try node().words()
            case "taskSequence": taskSequence = try node().present.map(MediaManifest.TaskSequence.init)
            case "bootImage": bootImage = try MediaManifest.BootImage(node())
            case "operatingSystemImage": image = try node().present.map(MediaManifest.OperatingSystemImage.init)
            case "buildKey": buildKey = try node().present.map { try $0.digest() }
            case "contents":
                var found: [MediaManifest.Content] = []
                try reader.elements { reader in
                    found.append(try MediaManifest.Content(reader.node(limit: Self.valueLimit)))
                }
                contents = found
            case "files":
                var found: [MediaManifest.File] = []
                try reader.elements { found.append(try Self.file(&$0)) }
                files = found
            default: try reader.skip()
            }
        }
    }

    /// A file, without a tree in between: there may be a million.
    private static func file(_ reader: inout JSONReader) throws -> MediaManifest.File {
        var path: MediaPath?
        var size: Int64?
        var sha256: SHA256Digest?
        try reader.members { name, reader in
            switch name {
            case "path": path = try MediaPath(reader.node(limit: 1).words())
            case "size": size = try reader.node(limit: 1).long()
            case "sha256": sha256 = try reader.node(limit: 1).digest()
            default: try reader.skip()
            }
        }
        guard let path, let size, let sha256 else { throw NoManifest() }
        return MediaManifest.File(path: path, size: size, sha256: sha256)
    }

    func manifest() throws -> MediaManifest {
        guard let schemaVersion, let mediaType, let mediaGuid, let volume, let volumeCount, let label, let bootImage,
            let contents, let files
        else { throw NoManifest() }
        return MediaManifest(
            schemaVersion: schemaVersion, mediaType: mediaType, mediaGuid: mediaGuid, volume: volume,
            volumeCount: volumeCount, label: label, taskSequence: taskSequence, bootImage: bootImage,
            operatingSystemImage: image, buildKey: buildKey, contents: contents, files: files)
    }
}

extension MediaManifest.TaskSequence {
    fileprivate init(_ node: JSONNode) throws {
        self.init(id: try node.member("id").words(), name: try node.member("name").words())
    }
}

extension MediaManifest.BootImage {
    fileprivate init(_ node: JSONNode) throws {
        self.init(
            id: try node.member("id").words(), version: try node["version"]?.present.map { try $0.whole() },
            architecture: try node.member("architecture").words())
    }
}

extension MediaManifest.Content {
    fileprivate init(_ node: JSONNode) throws {
        self.init(
            id: try node.member("id").words(), packageId: try node["packageId"]?.present.map { try $0.words() },
            version: try node.member("version").whole(),
            contentHash: try node["contentHash"]?.present.map { try $0.words() },
            folder: try MediaPath(node.member("folder").words()),
            fileCount: try node["fileCount"]?.present.map { try $0.whole() },
            volumes: try node.member("volumes").list().map { try $0.whole() },
            leftOut: try node["leftOut"]?.present.map { try $0.list().map { try $0.words() } })
    }
}

extension MediaManifest.OperatingSystemImage {
    fileprivate init(_ node: JSONNode) throws {
        func digest(_ name: String) throws -> SHA256Digest? { try node[name]?.present.map { try $0.digest() } }
        let partition = try node["partition"]?.present.map { try $0.whole() }
        let tree: Tree
        if let archive = try digest("treeSha256") {
            tree = .archive(archive)
        } else if let volume = try digest("volumeTreeSha256"), let partition {
            tree = .volume(volume, partition: partition)
        } else {
            throw NoManifest()
        }
        self.init(
            id: try node.member("id").words(), version: try node.member("version").whole(),
            index: try node.member("index").whole(),
            contentHash: try node["contentHash"]?.present.map { try $0.words() },
            packageSha256: try node.member("packageSha256").digest(), tree: tree,
            fileCount: try node.member("fileCount").whole(), folderCount: try node.member("folderCount").whole(),
            streamCount: try node.member("streamCount").whole(), size: try node.member("size").long(),
            sharedFolders: try node.member("sharedFolders").list().map { try MediaPath($0.words()) })
    }
}

extension JSONNode {
    /// The value; nil for null.
    fileprivate var present: JSONNode? { self == .null ? nil : self }

    fileprivate func member(_ name: String) throws -> JSONNode {
        guard let value = self[name] else { throw NoManifest() }
        return value
    }

    fileprivate func words() throws -> String {
        guard case .text(let text) = self else { throw NoManifest() }
        return text
    }

    fileprivate func long() throws -> Int64 {
        guard case .number(let digits) = self, let number = Int64(digits) else { throw NoManifest() }
        return number
    }

    fileprivate func whole() throws -> Int { Int(try long()) }

    fileprivate func digest() throws -> SHA256Digest {
        guard let digest = SHA256Digest(hexadecimal: try words()) else { throw NoManifest() }
        return digest
    }

    fileprivate func list() throws -> [JSONNode] {
        guard case .list(let elements) = self else { throw NoManifest() }
        return elements
    }
}
