// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Glibc
import Support

/// Reads all that the front-to-back pass writes, in its order, into chunks.
struct BodyReader {
    /// Bytes of a chunk: enough that neither drives nor calls wait for each other.
    static let chunkByteCount = 4 << 20
    /// From this size on zeros are not copied around.
    private static let zeroRunByteCount: Int64 = 64 << 10
    private static let pageByteCount = Int64(AlignedBuffer.alignment)

    private let layout: DiskLayout
    private let content: (Int) throws -> TransferContent
    private let emptyChunk: () throws -> DiskChunk
    private let emit: (DiskChunk) throws -> Void
    private var structures: StructureBytes
    private var chunk: DiskChunk?
    /// Where the next byte lies on the drive.
    private var position: Int64

    /// A reader of what `layout` wants.
    ///
    /// - Parameters:
    ///   - content: where the bytes of the file with this number come from.
    ///   - emptyChunk: gives a chunk to fill, or throws when no more is wanted.
    ///   - emit: takes a chunk that is full, or throws when no more is wanted.
    init(
        _ layout: DiskLayout, content: @escaping (Int) throws -> TransferContent,
        emptyChunk: @escaping () throws -> DiskChunk, emit: @escaping (DiskChunk) throws -> Void
    ) {
        self.layout = layout
        self.content = content
        self.emptyChunk = emptyChunk
        self.emit = emit
        structures = StructureBytes(layout)
        position = layout.body.range.lowerBound
    }

    /// Reads everything.
    ///
    /// - Throws: `TransferError`, `FileError`, and whatever the closures throw.
    mutating func run() throws {
        let body = layout.body
        for segment in body {
            // An empty file has no place on the drive.
            if !segment.range.isEmpty { try zero(to: segment.range.lowerBound) }
            switch segment.content {
            case .file(let number): try read(try content(number), byteCount: Int64(segment.range.count))
            case .reservedSectors, .table, .folder: try make(segment)
            }
        }
        try zero(to: body.range.upperBound)
        try flush()
    }

    private mutating func make(_ segment: DiskSegment) throws {
        var structures = structures
        while position < segment.range.upperBound {
            let offset = position - segment.range.lowerBound
            _ = try append(upTo: segment.range.upperBound - position) { room in
                structures.fill(room, with: segment.content, from: offset)
                return room.count
            }
        }
        self.structures = structures
    }

    // MARK: Contents

    private mutating func read(_ content: TransferContent, byteCount: Int64) throws {
        guard content.byteCount == byteCount else {
            throw DiskImageError(
                .damaged, content.name, "has \(content.byteCount) bytes, and was laid out with \(byteCount)",
                nextStep: "plan the media again")
        }
        switch content.source {
        case .bytes(let bytes):
            try content.requireSize(of: bytes)
            var done = 0
            while done < bytes.count {
                done += try append(upTo: Int64(bytes.count - done)) { room in
                    room.copyBytes(from: bytes[done..<done + room.count])
                    return room.count
                }.count
            }
        case .file(let path):
            let source = try OpenSource(path, of: content)
            try source.descriptor.closeAfter { try read(source, byteCount, isHashed: true) }
        case .verifiedFile(let path, let known):
            let source = try OpenSource(path, of: content, known: known)
            try source.descriptor.closeAfter { try read(source, byteCount, isHashed: false) }
        }
    }

    private mutating func read(_ source: OpenSource, _ byteCount: Int64, isHashed: Bool) throws {
        posix_fadvise(source.descriptor.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL)
        let began = FileIdentity.Instant.now
        var done: Int64 = 0
        while done < byteCount {
            let range = try append(upTo: byteCount - done) { room in try source.read(at: done, into: room) }
            guard !range.isEmpty else { throw source.ended(after: done) }
            done += Int64(range.count)
            if isHashed { chunk?.note(.bytes(range)) }
        }
        try source.requireUnchanged()
        // A content's last bytes stay in the current chunk until more comes; an empty content may be the first of all.
        if isHashed { try currentChunk().note(.end(source, began: began)) }
    }

    // MARK: Chunks

    private mutating func currentChunk() throws -> DiskChunk {
        if let chunk { return chunk }
        let new = try emptyChunk()
        // Chunks end at multiples of their size, so that all but a few begin there.
        new.start(at: position, capacity: Self.chunkByteCount - Int(position % Int64(Self.chunkByteCount)))
        chunk = new
        return new
    }

    private mutating func append(
        upTo limit: Int64, _ fill: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Range<Int> {
        if let chunk, chunk.isFull { try flush() }
        let range = try currentChunk().append(upTo: limit, fill)
        position += Int64(range.count)
        return range
    }

    private mutating func zero(to end: Int64) throws {
        while position < end {
            let count = end - position
            let toPage = (Self.pageByteCount - position % Self.pageByteCount) % Self.pageByteCount
            guard count >= Self.zeroRunByteCount, toPage == 0 else {
                _ = try append(upTo: count >= Self.zeroRunByteCount ? toPage : count) { room in
                    room.initializeMemory(as: UInt8.self, repeating: 0)
                    return room.count
                }
                continue
            }
            try flush()
            let boundary = Alignment.down(position, to: Int64(Self.chunkByteCount)) + Int64(Self.chunkByteCount)
            let runEnd = min(boundary, Alignment.down(end, to: Self.pageByteCount))
            try emit(DiskChunk(zeros: position..<runEnd))
            position = runEnd
        }
    }

    private mutating func flush() throws {
        guard let chunk else { return }
        self.chunk = nil
        try emit(chunk)
    }
}
