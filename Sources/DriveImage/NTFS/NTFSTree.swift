// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the files of an operating system image on a volume of NTFS are.
public struct NTFSTree: Sendable, Equatable {
    /// The SHA-256 of all that such a volume keeps of them (docs/formats/ours.md section 1).
    public let sha256: SHA256Digest
    /// The same without the security descriptor of the root: of an image that has none for it, the volume has one.
    public let sha256WithoutRootDescriptor: SHA256Digest
    /// The files.
    public let fileCount: Int
    /// The folders, the root included.
    public let folderCount: Int
    /// The different streams.
    public let streamCount: Int
    /// The sum of their sizes in bytes.
    public let byteCount: Int64
    /// What could not be read: names joined by `/`, that of a stream behind a colon.
    public let unreadable: [String]

    /// Whether this is the tree with the digest `sha256`, all of it.
    public func matches(_ sha256: SHA256Digest) -> Bool {
        unreadable.isEmpty && [self.sha256, sha256WithoutRootDescriptor].contains(sha256)
    }
}
