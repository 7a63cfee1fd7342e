// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import SystemPackage

/// Reads all that the front-to-back pass writes, in its order, into chunks.
struct BodyReader {
    /// From this size on zeros are not copied around.
    private static let zeroRunByteCount: Int64 = 64 << 10
    private static let pageByteCount = Int64(AlignedBuffer.alignment)

    private let content: (Int) throws -> TransferContent
    private let isInOrder: Bool
    private var filler: ChunkFiller

    /// - Parameters:
    ///   - content: where the bytes of the file with this number come from.
    ///   - isInOrder: whether everything is read in the order of the drive, wherever files are in pieces.
    ///   - filler: takes everything.
    init(content: @escaping (Int) throws -> TransferContent, isInOrder: Bool = false, filler: ChunkFiller) {
        self.content = content
        self.isInOrder = isInOrder
        self.filler = filler
    }

    /// Reads all volumes in the order of the drive.
    ///
    /// - Throws: `TransferError`, `FileError`, and whatever the closures throw.
    mutating func read(_ layout: DiskLayout, _ data: [DataVolume]) throws {
        for volume in layout.volumes(data) {
            switch volume {
            case .fat(_, let volume): try read(volume)
            case .ntfs(let volume): isInOrder ? try readInOrder(volume) : try read(volume)
            }
        }
    }

    private mutating func read(_ volume: FATVolumeLayout) throws {
        let body = volume.body
        var structures = StructureBytes(volume)
        try filler.move(to: body.range.lowerBound)
        for segment in body {
            // An empty file has no place on the drive, nor has a root without label and files more than its cluster.
            if !segment.range.isEmpty { try zero(to: segment.range.lowerBound) }
            switch segment.content {
            case .file(let number):
                try filler.read(
                    try content(volume.firstFile + number), into: segment.range.isEmpty ? [] : [segment.range])
            case .reservedSectors, .table, .folder:
                if !segment.range.isEmpty { try make(segment, &structures) }
            }
        }
        try zero(to: body.range.upperBound)
        try filler.flush()
    }

    /// Reads an NTFS volume: its structures, then its files.
    private mutating func read(_ data: DataVolume) throws {
        let image = try InputFile.open(data.image)
        defer { try? image.close() }
        for range in data.structures { try copy(range, of: data, from: image) }
        for (number, ranges) in data.files.enumerated() {
            try self.filler.read(try content(data.firstFile + number), into: ranges)
            // What was on the drive before stays in no cluster of a file.
            if !ranges.isEmpty { try zero(to: Alignment.up(self.filler.position, to: data.clusterByteCount)) }
        }
        try self.filler.flush()
    }

    /// Copies a part of the structures.
    private mutating func copy(_ range: Range<Int64>, of data: DataVolume, from image: FileDescriptor) throws {
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

    /// Reads an NTFS volume from front to back: structures and files in turn, as they lie.
    private mutating func readInOrder(_ data: DataVolume) throws {
        let image = try InputFile.open(data.image)
        defer { try? image.close() }
        var pieces = data.structures.map { (range: $0, file: nil as Int?) }
        for (number, ranges) in data.files.enumerated() {
            guard zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }) else {
                throw DriveImageError(
                    .scattered, "file \(data.paths[number])",
                    "lies on the NTFS volume in pieces that do not follow each other, and is read once",
                    nextStep: "write the image without compression, and compress it then")
            }
            pieces += ranges.map { ($0, number) }
            if ranges.isEmpty { try filler.read(try content(data.firstFile + number), into: []) }
        }
        var open: [Int: PiecemealContent] = [:]
        defer { for content in open.values { content.close() } }
        for piece in pieces.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard let number = piece.file else {
                try copy(piece.range, of: data, from: image)
                continue
            }
            let ranges = data.files[number]
            var file =
                try open.removeValue(forKey: number)
                ?? filler.open(try content(data.firstFile + number), into: ranges)
            do { try filler.readNext(piece.range, of: &file) } catch {
                file.close()
                throw error
            }
            if piece.range == ranges.last { file.close() } else { open[number] = file }
        }
        try filler.flush()
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
