// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// A file whose bytes were hashed, and what it was then.
public struct VerifiedFile: Sendable, Hashable {
    /// Where it was.
    public let path: FilePath
    /// What it was.
    public let identity: FileIdentity
    /// The SHA-256 its bytes had.
    public let sha256: SHA256Digest
    /// The day it was remembered or last used, counted from 1970-01-01: the oldest are forgotten first when there are too many.
    public let day: UInt32

    /// A file that was verified on `day`.
    public init(path: FilePath, identity: FileIdentity, sha256: SHA256Digest, day: UInt32) {
        self.path = path
        self.identity = identity
        self.sha256 = sha256
        self.day = day
    }

    /// What tells files apart: device and inode.
    struct Key: Hashable, Comparable {
        let device: UInt64
        let inode: UInt64

        static func < (left: Key, right: Key) -> Bool { (left.device, left.inode) < (right.device, right.inode) }
    }

    var key: Key { Key(device: identity.device, inode: identity.inode) }
}
