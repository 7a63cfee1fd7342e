// SPDX-License-Identifier: GPL-3.0-or-later

/// A file on its way from a content library to media: all that is known of it without its bytes.
///
/// What a library lists, a plan holds and a disc or an archive is laid out from is this, with what only they know beside it.
public struct MediaFile: Sendable, Hashable {
    /// Its place.
    public let path: MediaPath
    /// Its size in bytes.
    public let byteCount: Int64
    /// Its SHA-256: files that share it have the same content, and a layout keeps that once.
    public let sha256: SHA256Digest
    /// When it was last written.
    public let modified: Timestamp

    /// A file.
    public init(path: MediaPath, byteCount: Int64, sha256: SHA256Digest, modified: Timestamp) {
        self.path = path
        self.byteCount = byteCount
        self.sha256 = sha256
        self.modified = modified
    }

    /// The same file in another place.
    public func moved(to path: MediaPath) -> MediaFile {
        MediaFile(path: path, byteCount: byteCount, sha256: sha256, modified: modified)
    }
}
