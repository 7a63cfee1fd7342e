// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support

/// Puts bytes that come one after the other into chunks, each for one place of the drive.
struct ChunkFiller {
    /// Bytes of a chunk: enough that neither drives nor calls wait for each other.
    static let chunkByteCount = 4 << 20

    private let emptyChunk: () throws -> DiskChunk
    private let emit: (DiskChunk) throws -> Void
    private let begin: () -> Void
    private let handOver: (ContentReading) -> Bool
    private var chunk: DiskChunk?
    /// Where the next byte lies on the drive.
    private(set) var position: Int64

    /// - Parameters:
    ///   - position: where the first byte lies on the drive.
    ///   - emptyChunk: gives a chunk to fill, or throws when no more is wanted.
    ///   - emit: takes a chunk that is full, or throws when no more is wanted.
    ///   - begin: is called before a content is read whose hash is to be taken.
    ///   - handOver: takes what is left of a content, when it is better read by another thread.
    init(
        at position: Int64 = 0, emptyChunk: @escaping () throws -> DiskChunk,
        emit: @escaping (DiskChunk) throws -> Void, begin: @escaping () -> Void = {},
        handOver: @escaping (ContentReading) -> Bool = { _ in false }
    ) {
        self.begin = begin
        self.emptyChunk = emptyChunk
        self.emit = emit
        self.handOver = handOver
        self.position = position
    }

    /// Goes on at `offset`.
    mutating func move(to offset: Int64) throws {
        guard offset != position else { return }
        try flush()
        position = offset
    }

    /// Lets `fill` put up to `limit` bytes behind the others and say how many these were; returns where in the chunk.
    mutating func append(
        upTo limit: Int64, _ fill: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Range<Int> {
        if let chunk, chunk.isFull { try flush() }
        let range = try currentChunk().append(upTo: limit, fill)
        position += Int64(range.count)
        return range
    }

    /// Hands on what there is.
    mutating func flush() throws {
        guard let chunk else { return }
        self.chunk = nil
        try emit(chunk)
    }

    /// Hands on zeros from here to `end` that are in no buffer.
    mutating func emitZeros(to end: Int64) throws {
        try flush()
        try emit(DiskChunk(zeros: position..<end))
        position = end
    }

    private mutating func currentChunk() throws -> DiskChunk {
        if let chunk { return chunk }
        let new = try emptyChunk()
        // Chunks end at multiples of their size, so that all but a few begin there; what begins inside a page goes
        // alone, so that what follows can be written past the page cache.
        let isAligned = position % Int64(AlignedBuffer.alignment) == 0
        let unit = isAligned ? Self.chunkByteCount : AlignedBuffer.alignment
        new.start(at: position, capacity: unit - Int(position % Int64(unit)))
        chunk = new
        return new
    }

    // MARK: Contents

    /// Puts `bytes` into `ranges` of the drive, which have room for exactly as many.
    mutating func put(_ bytes: [UInt8], into ranges: [Range<Int64>]) throws {
        var done = 0
        for range in ranges {
            try move(to: range.lowerBound)
            while position < range.upperBound {
                done += try append(upTo: range.upperBound - position) { room in
                    room.copyBytes(from: bytes[done..<done + room.count])
                    return room.count
                }.count
            }
        }
    }

    /// Puts `content` into `ranges` of the drive.
    ///
    /// - Throws: ``DriveImageError`` when it was laid out with another size; `TransferError`, `FileError`.
    mutating func read(_ content: TransferContent, into ranges: [Range<Int64>]) throws {
        let byteCount = ranges.reduce(0) { $0 + Int64($1.count) }
        guard content.byteCount == byteCount else {
            throw DriveImageError(
                .damaged, "\(content.name)", "has \(content.byteCount) bytes, and was laid out with \(byteCount)",
                nextStep: "plan the media again")
        }
        if case .bytes(let bytes) = content.source {
            try content.requireSize(of: bytes)
            try put(bytes, into: ranges)
        }
        // A file on its way into the store is held until it is hashed: what was read before must not wait here for that, while
        // this one waits for whoever holds it, which may be ourselves.
        if case .stream = content.source { try flush() }
        if let source = try OpenSource(content) {
            let reading = ContentReading(source, of: content, into: ranges)
            if reading.isHashed { begin() }
            try read(reading)
        }
    }

    /// Opens `content`, to be put into `ranges` of the drive one after the other; whoever opens it reads it to its end.
    ///
    /// - Throws: as ``read(_:into:)``.
    mutating func open(_ content: TransferContent, into ranges: [Range<Int64>]) throws -> PiecemealContent {
        if case .bytes(let bytes) = content.source {
            try content.requireSize(of: bytes)
            return .bytes(bytes[...])
        }
        // As above: what was read before must not wait for this one.
        if case .stream = content.source { try flush() }
        guard let source = try OpenSource(content) else { return .bytes([]) }
        let reading = ContentReading(source, of: content, into: ranges)
        if reading.isHashed { begin() }
        return .source(reading)
    }

    /// Puts what belongs into `range`, the next that `content` goes to, there.
    ///
    /// - Throws: as ``read(_:into:)``.
    mutating func readNext(_ range: Range<Int64>, of content: inout PiecemealContent) throws {
        switch content {
        case .bytes(let bytes):
            try put(Array(bytes.prefix(range.count)), into: [range])
            content = .bytes(bytes.dropFirst(range.count))
        case .source(var reading):
            try move(to: range.lowerBound)
            while position < range.upperBound {
                let part = try append(upTo: range.upperBound - position) {
                    try reading.source.read(at: reading.byteCount, into: $0)
                }
                guard !part.isEmpty else { throw reading.source.ended(after: reading.byteCount) }
                if let event = reading.advance(part) { chunk?.note(event) }
            }
            content = .source(reading)
            guard reading.ranges.isEmpty else { return }
            try reading.source.requireEnd()
            if let event = reading.endEvent { try currentChunk().note(event) }
        }
    }

    /// Reads what is left of a content and closes it, or hands it over.
    mutating func read(_ reading: ContentReading) throws {
        var reading = reading
        var isHandedOver = false
        defer { if !isHandedOver { reading.source.close() } }
        while let range = reading.ranges.first {
            try move(to: range.lowerBound)
            let part = try append(upTo: Int64(range.count)) {
                try reading.source.read(at: reading.byteCount, into: $0)
            }
            guard !part.isEmpty else { throw reading.source.ended(after: reading.byteCount) }
            if let event = reading.advance(part) { chunk?.note(event) }
            guard reading.isLong, let chunk, chunk.isFull else { continue }
            try flush()
            isHandedOver = handOver(reading)
            if isHandedOver {
                position = reading.end
                return
            }
        }
        try reading.source.requireEnd()
        // A content's last bytes stay in the current chunk until more comes; an empty content may be the first of all.
        if let event = reading.endEvent { try currentChunk().note(event) }
    }
}
