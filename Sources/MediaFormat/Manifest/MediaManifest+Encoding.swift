// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

// The bytes are those of the first media: keys sorted, what is nil left out, a line for each file.

extension MediaManifest {
    /// The manifest as the bytes of its file: the same manifest gives the same bytes.
    public func encoded() throws -> [UInt8] {
        var bytes: [UInt8] = []
        // A buffer that grows at its end is twice as large as what is in it.
        bytes.reserveCapacity(
            files.reduce(Self.headByteCount + contents.count * Self.contentByteCount) { $0 + Self.lineByteCount($1) })
        try JSON.write(Document(manifest: self), escaping: .required) { bytes += $0 }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// More bytes than what is neither a file nor a content takes, and than most contents take.
    private static let headByteCount = 8 << 10
    private static let contentByteCount = 1 << 10

    /// The bytes of a file's line: nothing in a path needs an escape.
    private static func lineByteCount(_ file: File) -> Int {
        #"    {"path":"","sha256":"","size":},_"#.utf8.count + 2 * SHA256Digest.byteCount
            + file.path.description.utf8.count + String(file.size).utf8.count
    }

    private enum Key: String, CodingKey {
        case architecture, bootImage, buildKey, contentHash, contents, fileCount, files, folder, id, label, leftOut,
            mediaGuid,
            mediaType
        case name, operatingSystemImage, packageId, schemaVersion, taskSequence, version, volume, volumeCount, volumes
        case folderCount, index, packageSha256, partition, sharedFolders, size, streamCount, treeSha256,
            volumeTreeSha256
    }

    private struct Document: Encodable {
        let manifest: MediaManifest

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(Image(image: manifest.bootImage), forKey: .bootImage)
            if let key = manifest.buildKey { try container.encode(key, forKey: .buildKey) }
            try container.encode(manifest.contents.map { Item(content: $0) }, forKey: .contents)
            let lines = manifest.files.lazy.map { FileLine(path: $0.path, sha256: $0.sha256, byteCount: $0.size) }
            try container.encode(JSONList(lines), forKey: .files)
            try container.encode(manifest.label, forKey: .label)
            try container.encode(manifest.mediaGuid, forKey: .mediaGuid)
            try container.encode(manifest.mediaType, forKey: .mediaType)
            if let image = manifest.operatingSystemImage {
                try container.encode(Tree(image: image), forKey: .operatingSystemImage)
            }
            try container.encode(manifest.schemaVersion, forKey: .schemaVersion)
            if let sequence = manifest.taskSequence { try container.encode(sequence, forKey: .taskSequence) }
            try container.encode(manifest.volume, forKey: .volume)
            try container.encode(manifest.volumeCount, forKey: .volumeCount)
        }
    }

    private struct Image: Encodable {
        let image: BootImage

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(image.architecture, forKey: .architecture)
            try container.encode(image.id, forKey: .id)
            if let version = image.version { try container.encode(version, forKey: .version) }
        }
    }

    private struct Tree: Encodable {
        let image: OperatingSystemImage

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            if let hash = image.contentHash { try container.encode(hash, forKey: .contentHash) }
            try container.encode(image.fileCount, forKey: .fileCount)
            try container.encode(image.folderCount, forKey: .folderCount)
            try container.encode(image.id, forKey: .id)
            try container.encode(image.index, forKey: .index)
            try container.encode(image.packageSha256, forKey: .packageSha256)
            if let partition = image.partition { try container.encode(partition, forKey: .partition) }
            try container.encode(image.sharedFolders, forKey: .sharedFolders)
            try container.encode(image.size, forKey: .size)
            try container.encode(image.streamCount, forKey: .streamCount)
            if let digest = image.treeSha256 { try container.encode(digest, forKey: .treeSha256) }
            try container.encode(image.version, forKey: .version)
            if let digest = image.volumeTreeSha256 { try container.encode(digest, forKey: .volumeTreeSha256) }
        }
    }

    private struct Item: Encodable {
        let content: Content

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            if let hash = content.contentHash { try container.encode(hash, forKey: .contentHash) }
            if let count = content.fileCount { try container.encode(count, forKey: .fileCount) }
            try container.encode(content.folder, forKey: .folder)
            try container.encode(content.id, forKey: .id)
            if let names = content.leftOut { try container.encode(names, forKey: .leftOut) }
            if let package = content.packageId { try container.encode(package, forKey: .packageId) }
            try container.encode(content.version, forKey: .version)
            try container.encode(content.volumes, forKey: .volumes)
        }
    }
}
