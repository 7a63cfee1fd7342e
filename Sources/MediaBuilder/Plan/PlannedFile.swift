// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Support
import SystemPackage

/// Where the bytes of a planned file come from.
public enum PlannedSource: Sendable, Equatable {
    /// Made or extracted while planning.
    case bytes([UInt8])
    /// A local file whose hash was taken while planning, when it was the file of this identity.
    case localFile(FilePath, FileIdentity)
    /// A file of a content, on the distribution point with this number in the request's order.
    ///
    /// Indirect, so that long lists of files can be copied and grown in little memory.
    indirect case content(ContentFile, of: ContentID, onPoint: Int)
}

/// A file of the media: everything about it is known, its bytes are not moved yet.
public struct PlannedFile: Sendable, Equatable {
    /// Its place on the media.
    public let path: MediaPath
    /// Its size in bytes.
    public let byteCount: Int64
    /// Its SHA-256.
    public let sha256: SHA256Digest
    /// Its modification time on the media.
    public let modified: Timestamp
    /// Where its bytes come from.
    public let source: PlannedSource
    /// Where the source is, in words: a file, or the distribution point of a content.
    let place: String

    /// The source in words, for people and for `--dry-run --json`.
    public var origin: String {
        guard case .content(let file, let content, _) = source else { return place }
        return "\(content)/\(file.path) on \(place)"
    }
}

/// A content on the media, as the manifest lists it.
public struct PlannedContent: Sendable, Equatable {
    /// The package, or the content of an application.
    public let id: String
    /// Its version.
    public let version: Int
    /// The content hash that the library states.
    public let contentHash: String?
    /// The folder that holds it on the media.
    public let folder: MediaPath
    /// Its number of files.
    public let fileCount: Int
    /// The sum of their sizes in bytes.
    public let byteCount: Int64
}
