// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What a volume of NTFS keeps of a file or folder as an archive had it (docs/formats/ours.md section 1).
public struct FileFacts: Sendable, Equatable {
    /// A stream: the bytes of a file, further ones of a file or folder, or the data of a reparse point.
    public struct Stream: Sendable, Equatable {
        /// The name in UTF-16LE; empty for a file's own bytes and for the data of a reparse point.
        public let name: [UInt8]
        /// The SHA-1 of the bytes: 20 zeros when there are none.
        public let sha1: [UInt8]

        /// A stream.
        public init(name: [UInt8], sha1: [UInt8]) {
            self.name = name
            self.sha1 = sha1
        }

        /// The SHA-1 of a stream without bytes, as archives have it.
        public static let noHash = [UInt8](repeating: 0, count: 20)
    }

    /// What kind of reparse point it is.
    public struct ReparsePoint: Sendable, Equatable {
        /// The tag (MS-FSCC 2.1.2.1).
        public let tag: UInt32
        /// What the buffer of the reparse point has as reserved (MS-FSCC 2.1.2.2).
        public let reserved: UInt16

        /// A reparse point.
        public init(tag: UInt32, reserved: UInt16) {
            self.tag = tag
            self.reserved = reserved
        }
    }

    /// The name in UTF-16LE; empty for the root.
    public var name: [UInt8] = []
    /// The short name in UTF-16LE; empty when there is none.
    public var shortName: [UInt8] = []
    /// FILE_ATTRIBUTE_* (MS-FSCC 2.6), of which those of ``keptAttributes`` count.
    public var attributes: UInt32 = 0
    /// When it was made, read last and written last: FILETIME each.
    public var times: [UInt64] = []
    /// The SHA-256 of the security descriptor, as ``descriptorDigest(of:)`` has it; nil when there is none.
    public var descriptor: SHA256Digest?
    /// What kind of reparse point it is; nil when it is none.
    public var reparsePoint: ReparsePoint?
    /// The streams in any order; one without name and bytes is none.
    public var streams: [Stream] = []

    /// Nothing yet.
    public init() {}

    /// The attributes that a volume keeps of what it is told.
    ///
    /// Read-only, hidden, system, folder, archive, temporary, reparse point, offline and not indexed (MS-FSCC 2.6). How bytes
    /// are stored is the volume's own matter.
    public static let keptAttributes: UInt32 =
        0x1 | 0x2 | 0x4 | 0x10 | 0x20 | 0x100 | 0x400 | 0x1000 | 0x2000
}
