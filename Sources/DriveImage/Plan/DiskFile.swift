// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A file as the layout of a drive sees it: one of media, or one of somebody else's that stays, whose content nobody knows.
public struct DiskFile: Sendable, Equatable {
    /// Where the file is on the drive.
    public let path: MediaPath
    /// Its size in bytes.
    public let byteCount: Int64
    /// Its modification time; FAT keeps it to two seconds, from 1980 to 2107, and we write it in UTC.
    public let modified: Timestamp
    /// The directory records that a file has already, which is not ours and stays as it is; empty for one of ours.
    var records: [UInt8] = []

    /// Describes a file.
    public init(path: MediaPath, byteCount: Int64, modified: Timestamp) {
        self.path = path
        self.byteCount = byteCount
        self.modified = modified
    }

    /// A file of media.
    public init(_ file: MediaFile) {
        self.init(path: file.path, byteCount: file.byteCount, modified: file.modified)
    }
}
