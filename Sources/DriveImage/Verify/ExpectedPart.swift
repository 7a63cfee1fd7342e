// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// A part of a drive and what it must hold.
struct ExpectedPart {
    /// What must be there.
    enum Content {
        case bytes([UInt8])
        case zeros
        /// A structure of the FAT32 volume with this number, made piece by piece when it is compared.
        case structure(DiskSegment.Content, ofVolume: Int = 0)
        /// The content of a file.
        case digest(SHA256Digest)
    }

    let part: DiskPart
    let content: Content
    /// Where it lies on the drive, in the order of its bytes; none is empty.
    let ranges: [Range<Int64>]

    init(_ part: DiskPart, _ content: Content, _ ranges: [Range<Int64>]) {
        self.part = part
        self.content = content
        self.ranges = ranges.filter { !$0.isEmpty }
    }
}

/// What a whole drive, or what was changed of it, must hold.
struct ExpectedParts: Sendable {
    /// Makes a part of a structure of the FAT32 volume with this number: its bytes from an offset on, into all of a
    /// buffer.
    typealias Fill = (UnsafeMutableRawBufferPointer, DiskSegment.Content, _ volume: Int, _ offset: Int64) -> Void

    /// The parts in the order in which they are read; asked for twice, by the thread that reads and the one that
    /// compares.
    let sequence: @Sendable () -> AnySequence<ExpectedPart>
    /// A maker of structures with a memory of its own.
    let makeFill: @Sendable () -> Fill
    /// The bytes of all parts together.
    let byteCount: Int64
}
