// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import Synchronization
import SystemPackage

/// The image of a drive as a stream, from its first byte to its last, for what cannot be written at any place.
///
/// It is written as a drive is, from front to back; what makes a drive boot comes last there and lies at places that have
/// passed by then. It is known from the layout, and put in when its place passes: a stream that is not whole is thrown away.
public final class SequentialDisk: DiskOutput {
    /// Takes the image.
    public protocol Sink {
        /// Takes the next bytes.
        func write(_ bytes: UnsafeRawBufferPointer) throws
        /// Takes so many zeros.
        func writeZeros(_ byteCount: Int64) throws
        /// Takes note that nothing more comes.
        func finish() throws
    }

    // Unchecked: everything in it is used with the lock held.
    fileprivate struct State: @unchecked Sendable {
        let sink: any Sink
        /// What makes the drive boot and was not put in yet, ascending.
        var pieces: [DiskPiece]
        var position: Int64 = 0
        /// The runs of blocks that a map lists and that did not pass yet.
        var waiting: ArraySlice<Range<Int64>>
        var hash: SHA256?
        var runs: [BlockMap.Run] = []
        var failure: (any Error)?
    }

    private let state: Mutex<State>
    private let end: Int64
    private let path: FilePath
    private let pieces: [DiskPiece]

    /// A stream of the image of `layout`, called `path` in errors.
    ///
    /// - Parameters:
    ///   - data: the NTFS volumes of the layout, made.
    ///   - byteCount: where the image ends.
    public init(_ layout: DiskLayout, data: [DataVolume], byteCount: Int64, path: FilePath, to sink: sending any Sink) {
        end = byteCount
        self.path = path
        pieces = layout.bootPieces.filter { $0.offset < byteCount }.sorted { $0.offset < $1.offset }
        let blocks = BlockMap.blocks(layout.writtenRanges(data), of: byteCount)
        state = Mutex(State(sink: sink, pieces: pieces, waiting: blocks[...]))
    }

    /// Takes `bytes`, which lie behind all before, or repeats what makes the drive boot.
    ///
    /// - Throws: `FileError`.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(FileError) {
        do {
            try state.withLock { state in
                guard offset >= state.position else { return try requirePiece(bytes, at: offset) }
                guard offset < end else { return }
                try state.fill(to: offset)
                try state.pass(UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, Int(end - offset))]))
            }
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
            throw FileError("written", path, error as? Errno ?? (error as? FileError)?.errno ?? .ioError)
        }
    }

    /// Everything is kept in order anyway.
    public func synchronize() throws(FileError) {}

    /// Ends the image.
    ///
    /// - Returns: the blocks that matter, and their hashes.
    /// - Throws: what the sink throws.
    public func finish() throws -> BlockMap {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            try state.fill(to: end)
            try state.sink.finish()
            return BlockMap(imageByteCount: end, runs: state.runs)
        }
    }

    /// Why the sink took nothing any more; nil when it took all.
    public var failure: (any Error)? { state.withLock { $0.failure } }

    /// What comes late must be what was put in.
    private func requirePiece(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        guard pieces.contains(where: { $0.offset == offset && $0.bytes.elementsEqual(bytes) }) else {
            throw FileError("written", path, .illegalSeek)
        }
    }
}

extension SequentialDisk.State {
    /// Passes zeros up to `offset`, and what makes the drive boot where it lies between.
    fileprivate mutating func fill(to offset: Int64) throws {
        while position < offset {
            if let piece = pieces.first, piece.offset < offset {
                if position < piece.offset { try zeros(to: piece.offset) }
                let bytes = piece.bytes.dropFirst(Int(position - piece.offset)).prefix(Int(offset - position))
                try bytes.withUnsafeBytes { try take($0) }
                if position >= piece.range.upperBound { pieces.removeFirst() }
            } else {
                try zeros(to: offset)
            }
        }
    }

    /// Passes `bytes`, and instead of them what makes the drive boot.
    fileprivate mutating func pass(_ bytes: UnsafeRawBufferPointer) throws {
        let stop = position + Int64(bytes.count)
        let start = position
        while position < stop {
            let next = pieces.first.map { min(max($0.offset, position), stop) } ?? stop
            if next > position {
                try take(UnsafeRawBufferPointer(rebasing: bytes[Int(position - start)..<Int(next - start)]))
            } else {
                try fill(to: min(stop, pieces[0].offset + Int64(pieces[0].bytes.count)))
            }
        }
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) throws {
        try sink.write(bytes)
        try map(Int64(bytes.count)) { hash, range in
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
    }

    private mutating func zeros(to offset: Int64) throws {
        try sink.writeZeros(offset - position)
        let zeros = [UInt8](repeating: 0, count: 64 << 10)
        try map(offset - position) { hash, range in
            var left = Int64(range.count)
            while left > 0 {
                zeros.withUnsafeBytes {
                    hash.update(UnsafeRawBufferPointer(rebasing: $0[..<Int(min(left, Int64($0.count)))]))
                }
                left -= Int64(min(left, Int64(zeros.count)))
            }
        }
    }

    /// Hashes what of the next `byteCount` bytes is in blocks that matter, and goes on behind them.
    private mutating func map(_ byteCount: Int64, _ update: (SHA256, Range<Int64>) throws -> Void) throws {
        let (start, stop) = (position, position + byteCount)
        while let run = waiting.first, run.lowerBound < stop {
            let hash = hash ?? SHA256()
            self.hash = hash
            let part = max(run.lowerBound, start)..<min(run.upperBound, stop)
            try update(hash, part.lowerBound - start..<part.upperBound - start)
            guard part.upperBound == run.upperBound else { break }
            runs.append(BlockMap.Run(range: run, sha256: hash.finalize()))
            self.hash = nil
            waiting.removeFirst()
        }
        position = stop
    }
}
