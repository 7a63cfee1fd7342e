// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support

/// One file of a content: where it lies in it, its size, its SHA-256, which is also its name in FileLib, and when it was last
/// written at its source.
public struct ContentFile: Sendable, Equatable {
    /// The file.
    public let file: MediaFile
    /// Win32 file attributes.
    public let attributes: UInt32

    /// FILE_ATTRIBUTE_ARCHIVE, which every ordinary file has (MS-FSCC 2.6).
    public static let normalAttributes: UInt32 = 0x20

    /// A file with these attributes.
    public init(_ file: MediaFile, attributes: UInt32 = normalAttributes) {
        self.file = file
        self.attributes = attributes
    }

    /// Where it is in the content.
    public var path: MediaPath { file.path }
    /// Its size in bytes.
    public var byteCount: Int64 { file.byteCount }
    /// Its SHA-256.
    public var sha256: SHA256Digest { file.sha256 }
    /// When it was last written.
    public var modified: Timestamp { file.modified }
}

/// A file or folder of a content whose name media cannot hold: it is neither among its files nor its folders.
public struct RefusedMember: Sendable, Equatable {
    /// Where it lies in the content.
    public let path: String
    /// What is wrong with its name.
    public let error: any DiagnosticError

    /// The file or folder `name` in `folder`, which `error` is about.
    public init(_ name: String, in folder: MediaPath?, _ error: any DiagnosticError) {
        path = folder.map { "\($0)/\(name)" } ?? name
        self.error = error
    }

    /// True for two of one path.
    public static func == (left: RefusedMember, right: RefusedMember) -> Bool { left.path.isExactly(right.path) }
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
    /// What it has besides, and media cannot hold; nothing in a content that was not asked for with it.
    public let refused: [RefusedMember]

    /// A content of these files and folders.
    public init(
        id: ContentID, contentHash: String?, files: [ContentFile], folders: [MediaPath], warnings: [String] = [],
        refused: [RefusedMember] = []
    ) {
        self.id = id
        self.contentHash = contentHash
        self.files = files
        self.folders = folders
        self.warnings = warnings
        self.refused = refused
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
