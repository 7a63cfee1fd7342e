// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A run of bytes on a disc.
public struct DiscExtent: Sendable, Equatable {
    /// Bytes from the start of the image.
    public let offset: Int64
    /// Length in bytes.
    public let byteCount: Int64
}

/// A file or folder on a disc.
public struct DiscEntry: Sendable, Equatable {
    /// Its place in the tree.
    public let path: MediaPath
    /// True for a folder, which has no extents here.
    public let isFolder: Bool
    /// The recorded modification time.
    public let modified: Timestamp
    // Apart from the others, because nearly every file has just one, and a disc has very many files.
    private let firstExtent: DiscExtent?
    private let furtherExtents: [DiscExtent]

    init(path: MediaPath, isFolder: Bool, extents: [DiscExtent], modified: Timestamp) {
        self.path = path
        self.isFolder = isFolder
        self.modified = modified
        firstExtent = extents.first
        furtherExtents = extents.count > 1 ? Array(extents.dropFirst()) : []
    }

    /// Where its bytes are; several for a file of 4 GiB and more (ECMA-119 6.5.1, file sections).
    public var extents: [DiscExtent] { (firstExtent.map { [$0] } ?? []) + furtherExtents }

    /// The size in bytes.
    public var byteCount: Int64 { extents.reduce(0) { $0 + $1.byteCount } }

    /// The offset of the first byte, when the extents follow each other without a gap.
    func contiguousOffset() throws(DiscImageError) -> Int64 {
        guard let first = extents.first else {
            throw DiscImageError(.layoutFailed, "file \(path)", "was laid out without an extent")
        }
        var end = first.offset
        for extent in extents {
            guard extent.offset == end else {
                throw DiscImageError(.layoutFailed, "file \(path)", "was laid out in pieces")
            }
            end += extent.byteCount
        }
        return first.offset
    }
}

/// An entry of an El Torito boot catalog.
public struct DiscBootRecord: Sendable, Equatable {
    /// The platform identifier: 0x00 PC BIOS, 0xEF UEFI.
    public let platformID: UInt8
    /// True when the entry is marked bootable.
    public let isBootable: Bool
    /// How many sectors of 512 bytes the firmware loads.
    public let loadSectorCount: UInt16
    /// Where the boot image begins, in bytes.
    public let offset: Int64

    /// The firmware that reads the entry, or nil for a platform we do not know.
    public var firmware: DiscFirmware? { DiscFirmware.allCases.first { $0.platformID == platformID } }
}
