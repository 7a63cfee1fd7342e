// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A run of bytes on a disc.
public struct DiscExtent: Sendable, Equatable {
    /// Bytes from the start of the image; negative for a hole.
    public let offset: Int64
    /// Length in bytes.
    public let byteCount: Int64

    /// A run that was never written, and is all zeros (ECMA-167 4/14.14.1.1).
    static func hole(byteCount: Int64) -> DiscExtent { DiscExtent(offset: -1, byteCount: byteCount) }

    /// Whether it was never written, so that it is nowhere on the disc and all zeros.
    public var isHole: Bool { offset < 0 }
}

/// The extents of a file, one after the other.
struct DiscSections: Sendable, Equatable {
    // Apart from the others, because nearly every file has just one, and a disc has very many files.
    private var first: DiscExtent?
    private var further: [DiscExtent] = []

    init(_ extents: [DiscExtent] = []) {
        for extent in extents { append(extent) }
    }

    mutating func append(_ extent: DiscExtent) {
        if first == nil { first = extent } else { further.append(extent) }
    }

    var isEmpty: Bool { first == nil }
    var all: [DiscExtent] { (first.map { [$0] } ?? []) + further }
    var byteCount: Int64 { further.reduce(first?.byteCount ?? 0) { $0 + $1.byteCount } }

    /// The offset of the first byte; nil unless there are extents and they follow each other without a gap.
    var contiguousOffset: Int64? {
        guard let first, !first.isHole else { return nil }
        var end = first.offset + first.byteCount
        for extent in further {
            guard extent.offset == end, !extent.isHole else { return nil }
            end += extent.byteCount
        }
        return first.offset
    }
}

/// A file or folder on a disc.
public struct DiscEntry: Sendable, Equatable {
    /// Its place in the tree.
    public let path: MediaPath
    /// True for a folder, which has no extents here.
    public let isFolder: Bool
    /// The recorded modification time.
    public let modified: Timestamp
    private let sections: DiscSections

    init(path: MediaPath, isFolder: Bool, sections: DiscSections, modified: Timestamp) {
        self.path = path
        self.isFolder = isFolder
        self.modified = modified
        self.sections = sections
    }

    /// Where its bytes are; several for a file of 4 GiB and more (ECMA-119 6.5.1, file sections).
    public var extents: [DiscExtent] { sections.all }

    /// The size in bytes.
    public var byteCount: Int64 { sections.byteCount }

    /// The offset of the first byte; nil unless there are extents and they follow each other without a gap.
    var contiguousOffset: Int64? { sections.contiguousOffset }
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
