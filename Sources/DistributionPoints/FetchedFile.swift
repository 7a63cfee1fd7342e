// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import SystemPackage

/// A local file that holds the bytes of a content file, and what is known about them.
///
/// Whoever reads it makes sure that it is still the file that was looked at: as the source of a transfer, or by its
/// identity.
public struct FetchedFile: Sendable, Equatable {
    /// The file; a symbolic link is never followed.
    public let path: FilePath
    /// The SHA-256 its bytes must have.
    public let sha256: SHA256Digest
    /// True when these very bytes had that SHA-256 before and ``identity`` has not changed since: they need no hashing.
    public let isVerified: Bool
    /// What the file was when it was looked at.
    public let identity: FileIdentity

    /// The file as the source of a transfer.
    public var source: TransferSource { isVerified ? .verifiedFile(path, identity) : .file(path) }
}
