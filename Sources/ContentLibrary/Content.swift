// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// One file of a content.
public struct ContentFile: Sendable, Equatable {
    /// Where the file lies in the content.
    public let path: MediaPath
    /// The size.
    public let byteCount: Int64
    /// The SHA-256 of the bytes, which is also their name in FileLib.
    public let sha256: SHA256Digest
    /// Win32 file attributes.
    public let attributes: UInt32
    /// When the file was last written at its source.
    public let modified: Timestamp

    /// FILE_ATTRIBUTE_ARCHIVE, which every ordinary file has (MS-FSCC 2.6).
    public static let normalAttributes: UInt32 = 0x20

    /// A file with these properties.
    public init(
        path: MediaPath, byteCount: Int64, sha256: SHA256Digest, attributes: UInt32 = normalAttributes,
        modified: Timestamp
    ) {
        self.path = path
        self.byteCount = byteCount
        self.sha256 = sha256
        self.attributes = attributes
        self.modified = modified
    }
}

/// One version of one content: a tree of files.
public struct Content: Sendable, Equatable {
    /// The largest content that is believed: 1 PiB.
    ///
    /// Keeps every sum of sizes far from overflow.
    public static let maximumByteCount: Int64 = ByteTotal.limit

    /// Its identifier.
    public let id: ContentID
    /// The content hash as the INI has it, 64 hexadecimal digits, or nil when the library names none.
    public let contentHash: String?
    /// The files, ordered by path.
    public let files: [ContentFile]
    /// Every folder, empty ones too, ordered by path.
    public let folders: [MediaPath]
    /// What is odd about it but does not keep it from being used.
    public let warnings: [String]

    /// A content of these files and folders.
    public init(
        id: ContentID, contentHash: String?, files: [ContentFile], folders: [MediaPath], warnings: [String] = []
    ) {
        self.id = id
        self.contentHash = contentHash
        self.files = files
        self.folders = folders
        self.warnings = warnings
    }

    /// The size of all files together.
    public var byteCount: Int64 { files.reduce(0) { $0 &+ $1.byteCount } }
}

/// A package as the library lists it.
public struct LibraryPackage: Sendable, Equatable {
    /// Its identifier.
    public let id: PackageID
    /// The package's version: `Info.Version`, else that of its only content; nil for an application without one.
    public let version: Int?
    /// The contents to use, one version of each, in order.
    public let contentIDs: [ContentID]
    /// Every content the library lists, all versions, in order.
    public let listedContentIDs: [ContentID]

    /// A package that lists `listed` and whose current version is `version` where it is known.
    ///
    /// Of several versions of one content, the one with the package's version is used, else the highest [I].
    public init(id: PackageID, version: Int?, listed: [ContentID]) {
        self.id = id
        listedContentIDs = Array(Set(listed)).sorted()
        var chosen: [ContentID] = []
        for content in listedContentIDs {
            guard let last = chosen.last, last.hasSameBase(as: content) else {
                chosen.append(content)
                continue
            }
            if last.version != version { chosen[chosen.count - 1] = content }
        }
        contentIDs = chosen
        let onlyVersion = chosen.count == 1 && chosen[0].packageID == id ? chosen[0].version : nil
        self.version = version ?? onlyVersion
    }
}
