// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// One hash for all files of a folder: Hash1 of golang.org/x/mod/sumdb/dirhash, which in-toto calls `dirHash`
/// (digest_set.md).
///
/// The SHA-256 of what sha256sum prints of all files, ordered by the bytes of their names.
public struct FolderDigest {
    private var lines: [(name: String, sha256: SHA256Digest)] = []

    /// Of no file.
    public init() {}

    /// Adds a file, named from the folder.
    public mutating func add(_ name: String, _ sha256: SHA256Digest) { lines.append((name, sha256)) }

    /// The hash of all that were added.
    public var value: SHA256Digest {
        let hash = SHA256()
        for line in lines.sorted(by: { $0.name.precedesByBytes($1.name) }) {
            hash.update("\(line.sha256)  \(line.name)\n".utf8)
        }
        return hash.finalize()
    }
}
