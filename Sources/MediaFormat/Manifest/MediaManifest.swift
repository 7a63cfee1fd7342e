// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The list of everything on a volume, at SMS\data\MediaManifest.json: ours, not Configuration Manager's
/// (docs/formats/ours.md section 1).
public struct MediaManifest: Sendable, Equatable, Encodable {
    /// Where the manifest lies on the media.
    public static let path = "SMS/data/MediaManifest.json"
    /// More than a manifest of a million files has.
    package static let byteLimit = 512 << 20
    /// The version of this schema.
    public static let currentSchemaVersion = 1

    /// The task sequence on stand-alone media.
    public struct TaskSequence: Sendable, Equatable, Encodable {
        /// Its package ID; empty when its file did not say one.
        public let id: String
        /// Its name.
        public let name: String

        /// A task sequence.
        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// The boot image.
    public struct BootImage: Sendable, Equatable, Encodable {
        /// Its package ID, or the name of the file it came from.
        public let id: String
        /// Its version on the distribution point; nil for a file.
        public let version: Int?
        /// Its architecture: x64, x86 or arm64.
        public let architecture: String

        /// A boot image.
        package init(id: String, version: Int?, architecture: String) {
            self.id = id
            self.version = version
            self.architecture = architecture
        }
    }

    /// A content and the volumes that hold it.
    public struct Content: Sendable, Equatable, Encodable {
        /// The package, or the content of an application.
        public let id: String
        /// The package of the application whose content it is; nil for any other content, and on media made before this was
        /// written down.
        public var packageId: String? = nil
        /// The files and folders that were left out because the media cannot hold their names, where there are any.
        public var leftOut: [String]? = nil
        /// Its version.
        public let version: Int
        /// The content hash that the library states.
        public let contentHash: String?
        /// The folder that holds it.
        public let folder: MediaPath
        /// Its number of files on all volumes; nil on media made before this was written down.
        public let fileCount: Int?
        /// Volume numbers from 1.
        public let volumes: [Int]

        /// A content.
        package init(
            id: String, packageId: String? = nil, version: Int, contentHash: String?, folder: MediaPath,
            fileCount: Int?, volumes: [Int], leftOut: [String]? = nil
        ) {
            self.id = id
            self.packageId = packageId
            self.leftOut = leftOut
            self.version = version
            self.contentHash = contentHash
            self.folder = folder
            self.fileCount = fileCount
            self.volumes = volumes
        }
    }

    /// A file of this volume.
    public struct File: Sendable, Equatable, Encodable {
        /// Its place.
        public let path: MediaPath
        /// Its size in bytes.
        public let size: Int64
        /// Its SHA-256.
        public let sha256: SHA256Digest

        /// A file.
        package init(path: MediaPath, size: Int64, sha256: SHA256Digest) {
            self.path = path
            self.size = size
            self.sha256 = sha256
        }
    }

    /// The operating system image whose files lie at the root of prestaged media: all of them as one entry.
    public struct OperatingSystemImage: Sendable, Equatable, Encodable {
        /// What an archive or a volume keeps of the files, and where.
        public enum Tree: Sendable, Equatable {
            /// All of it, in an archive.
            case archive(SHA256Digest)
            /// What NTFS keeps, on the partition of this number, from 1.
            case volume(SHA256Digest, partition: Int)
        }

        /// Its package ID.
        public let id: String
        /// The version of the package.
        public let version: Int
        /// The number of the image in the package's WIM, from 1.
        public let index: Int
        /// The content hash that the library states.
        public let contentHash: String?
        /// The SHA-256 of the WIM.
        public let packageSha256: SHA256Digest
        /// The SHA-256 of the tree in an archive: its metadata, and its streams by their SHA-1; nil on a disk.
        public let treeSha256: SHA256Digest?
        /// Its files, without those that files of the media replace.
        public let fileCount: Int
        /// Its folders, the root included.
        public let folderCount: Int
        /// Its different streams.
        public let streamCount: Int
        /// The sum of the sizes of these in bytes.
        public let size: Int64
        /// The folders that hold files of the media and of the image.
        public let sharedFolders: [MediaPath]
        /// On a disk the SHA-256 of what NTFS keeps of the tree; nil in an archive.
        public let volumeTreeSha256: SHA256Digest?
        /// On a disk the number of the partition that holds the tree, from 1; nil in an archive.
        public let partition: Int?

        /// The tree and where it is; nil when the manifest does not say.
        package var tree: Tree? {
            if let treeSha256 { return .archive(treeSha256) }
            guard let volumeTreeSha256, let partition else { return nil }
            return .volume(volumeTreeSha256, partition: partition)
        }

        /// An image.
        package init(
            id: String, version: Int, index: Int, contentHash: String?, packageSha256: SHA256Digest,
            tree: Tree, fileCount: Int, folderCount: Int, streamCount: Int, size: Int64,
            sharedFolders: [MediaPath]
        ) {
            self.id = id
            self.version = version
            self.index = index
            self.contentHash = contentHash
            self.packageSha256 = packageSha256
            switch tree {
            case .archive(let digest): (treeSha256, volumeTreeSha256, partition) = (digest, nil, nil)
            case .volume(let digest, let number): (treeSha256, volumeTreeSha256, partition) = (nil, digest, number)
            }
            self.fileCount = fileCount
            self.folderCount = folderCount
            self.streamCount = streamCount
            self.size = size
            self.sharedFolders = sharedFolders
        }
    }

    /// The version of the schema.
    public let schemaVersion: Int
    /// The kind of media.
    public let mediaType: MediaType
    /// The media GUID, with braces.
    public let mediaGuid: String
    /// The number of this volume, from 1.
    public let volume: Int
    /// How many volumes there are.
    public let volumeCount: Int
    /// The volume label.
    public let label: String
    /// The task sequence, on media that holds one: stand-alone media, and prestaged media with an open boot image.
    public let taskSequence: TaskSequence?
    /// The boot image.
    public let bootImage: BootImage
    /// The operating system image whose files lie at the root; nil on all other media.
    public let operatingSystemImage: OperatingSystemImage?
    /// One hash of all that decides the bytes of the media; nil on media made before this was written down.
    public let buildKey: SHA256Digest?
    /// Every content of the media, whatever volumes hold it.
    public let contents: [Content]
    /// Every file of this volume but the manifest itself, ordered by path.
    public let files: [File]

    /// A manifest.
    package init(
        schemaVersion: Int, mediaType: MediaType, mediaGuid: String, volume: Int, volumeCount: Int, label: String,
        taskSequence: TaskSequence?, bootImage: BootImage, operatingSystemImage: OperatingSystemImage? = nil,
        buildKey: SHA256Digest? = nil, contents: [Content], files: [File]
    ) {
        self.schemaVersion = schemaVersion
        self.mediaType = mediaType
        self.mediaGuid = mediaGuid
        self.volume = volume
        self.volumeCount = volumeCount
        self.label = label
        self.taskSequence = taskSequence
        self.bootImage = bootImage
        self.operatingSystemImage = operatingSystemImage
        self.buildKey = buildKey
        self.contents = contents
        self.files = files
    }
}

extension MediaManifest {
    /// The sum of the sizes of all files, in bytes.
    package var byteCount: Int64 { files.reduce(0) { $0 + $1.size } + (operatingSystemImage?.size ?? 0) }

    /// The number of all files, those of an operating system image too.
    package var fileCount: Int { files.count + (operatingSystemImage?.fileCount ?? 0) }

    /// True when no size is negative and their sum can be computed with: a manifest may say anything.
    var hasPossibleSizes: Bool {
        guard let image = operatingSystemImage else { return ByteTotal.sum(files.lazy.map(\.size)) != nil }
        return ByteTotal.sum(files.lazy.map(\.size) + [image.size]) != nil
            && [image.fileCount, image.folderCount, image.streamCount].allSatisfy { (0...1 << 32).contains($0) }
    }

    /// No set of media has more volumes.
    package static let volumeLimit = 9_999

    /// True when the volume is one of a set of possible size, contents lie on volumes of that set, each in a folder of its own,
    /// and none has a negative number of files.
    var hasPossibleNumbers: Bool {
        guard (1...Self.volumeLimit).contains(volumeCount), (1...volumeCount).contains(volume) else { return false }
        var folders: Set<CaseFoldedName> = []
        return contents.allSatisfy { content in
            content.fileCount.map { $0 >= 0 } != false && content.volumes.allSatisfy { (1...volumeCount).contains($0) }
                && folders.insert(content.folder.description.caseFolded).inserted
        }
    }
}
