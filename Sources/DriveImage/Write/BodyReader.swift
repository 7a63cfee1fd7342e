// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support

/// Reads all that the front-to-back pass writes, in its order, into chunks.
struct BodyReader {
    /// From this size on zeros are not copied around.
    private static let zeroRunByteCount: Int64 = 64 << 10
    private static let pageByteCount = Int64(AlignedBuffer.alignment)

    private let content: (Int) throws -> TransferContent
    private var filler: ChunkFiller

    /// - Parameters:
    ///   - content: where the bytes of the file with this number come from.
    ///   - filler: takes everything.
    init(content: @escaping (Int) throws -> TransferContent, filler: ChunkFiller) {
        self.content = content
        self.filler = filler
    }

    /// Reads all volumes in the order of the drive.
    ///
    /// - Throws: `TransferError`, `FileError`, and whatever the closures throw.
    mutating func read(_ layout: DiskLayout, _ data: [DataVolume]) throws {
        for volume in layout.volumes(data) {
            switch volume {
            case .fat(_, let volume): try read(volume)
            case .ntfs(let volume): try read(volume)
            }
        }
    }

    private mutating func read(_ volume: FATVolumeLayout) throws {
        let body = volume.body
        var structures = StructureBytes(volume)
        try filler.move(to: body.range.lowerBound)
        for segment in body {
            // An empty file has no place on the drive.
            if !segment.range.isEmpty { try zero(to: segment.range.lowerBound) }
            switch segment.content {
            case .file(let number):
                try filler.read(
                    try content(volume.firstFile + number), into: segment.range.isEmpty ? [] : [segment.range])
            case .reservedSectors, .table, .folder: try make(segment, &structures)
            }
        }
        try zero(to: body.range.upperBound)
        try filler.flush()
    }

    /// Reads an NTFS volume: its structures, then its files.
    private mutating func read(_ data: DataVolume) throws {
        let image = try InputFile.open(data.image)
        var filler = filler
        try image.closeAfter {
            for range in data.structures {
                try filler.move(to: range.lowerBound)
                while filler.position < range.upperBound {
                    let offset = filler.position - data.offset
                    let part = try filler.append(upTo: range.upperBound - filler.position) { room in
                        try FileError.wrap("read", data.image) {
                            try image.read(fromAbsoluteOffset: offset, into: room)
                        }
                    }
                    guard !part.isEmpty else { throw FileError("read", data.image, .ioError) }
                }
            }
        }
        self.filler = filler
        for (number, ranges) in data.files.enumerated() {
            try self.filler.read(try content(data.firstFile + number), into: ranges)
            // What was on the drive before stays in no cluster of a file.
            if !ranges.isEmpty { try zero(to: Alignment.up(self.filler.position, to: data.clusterByteCount)) }
        }
        try self.filler.flush()
    }

    private mutating func make(_ segment: DiskSegment, _ structures: inout StructureBytes) throws {
        while filler.position < segment.range.upperBound {
            let offset = filler.position - segment.range.lowerBound
            _ = try filler.append(upTo: segment.range.upperBound - filler.position) { room in
                structures.fill(room, with: segment.content, from: offset)
                return room.count
            }
        }
    }

    private mutating func zero(to end: Int64) throws {
        while filler.position < end {
            let count = end - filler.position
            let toPage = (Self.pageByteCount - filler.position % Self.pageByteCount) % Self.pageByteCount
            guard count >= Self.zeroRunByteCount, toPage == 0 else {
                _ = try filler.append(upTo: count >= Self.zeroRunByteCount ? toPage : count) { room in
                    room.initializeMemory(as: UInt8.self, repeating: 0)
                    return room.count
                }
                continue
            }
            let unit = Int64(ChunkFiller.chunkByteCount)
            let boundary = Alignment.down(filler.position, to: unit) + unit
            try filler.emitZeros(to: min(boundary, Alignment.down(end, to: Self.pageByteCount)))
        }
    }
}
