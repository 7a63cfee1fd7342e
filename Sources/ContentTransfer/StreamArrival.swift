// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

extension StreamReceiver {
    /// The bytes of one attempt to receive a stream: what lay there before, what is in memory, what was written.
    ///
    /// Pieces are gathered until a buffer is full and are then hashed and written in one call: past the page cache, where a
    /// file is large enough for that, go whole blocks.
    struct Arrival: ~Copyable {
        /// The hash of all bytes that were read before or written.
        let hash = SHA256()
        /// All bytes that there are.
        private(set) var byteCount: Int64 = 0
        /// Those that lay there before.
        private(set) var oldByteCount: Int64 = 0

        private let target: Target
        private let output: PositionedOutput
        /// What is in memory is lost, and fetched again, when the program is killed.
        private let memory = PooledBuffer()
        /// Bytes in the buffer that were not written yet.
        private var pendingByteCount = 0

        /// An attempt to write what was `promised` to `target`.
        init(_ target: Target, of promised: TransferContent?) {
            self.target = target
            let isLarge = (promised?.byteCount ?? 0) >= DirectWriter.smallestByteCount
            output = PositionedOutput(
                target.file, path: target.path, direct: isLarge ? DirectWriter(target.file) : nil)
        }

        private var buffer: UnsafeMutableRawBufferPointer { memory.bytes }

        /// Gives a large file the blocks for all that was `promised`: too little room shows before anything is fetched.
        func allocate(_ promised: TransferContent?) throws(FileError) {
            guard let promised, promised.byteCount > byteCount else { return }
            try output.allocate(byteCount..<promised.byteCount)
        }

        /// Hashes the next bytes that lay there before; false when there are no more.
        mutating func readOld(_ interruption: Interruption) throws -> Bool {
            try interruption.check()
            let count = try FileError.wrap("read", target.path) {
                try target.file.read(fromAbsoluteOffset: byteCount, into: buffer)
            }
            guard count > 0 else { return false }
            hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            byteCount += Int64(count)
            oldByteCount = byteCount
            target.meter.advance(by: count)
            return true
        }

        /// Takes what comes next of `stream`; false at its end, when all is written.
        mutating func takePiece(_ stream: OpenStream) throws -> Bool {
            // After what ends within a block, the first buffer goes to the end of that.
            let start = byteCount - Int64(pendingByteCount)
            let toBlock = DirectWriter.byteCountToBlock(from: start)
            let limit = toBlock > 0 ? min(toBlock, buffer.count) : buffer.count
            let count = try stream.readPiece(
                at: byteCount, into: UnsafeMutableRawBufferPointer(rebasing: buffer[pendingByteCount..<limit]))
            byteCount += Int64(count)
            pendingByteCount += count
            target.meter.advance(by: count)
            if count == 0 || pendingByteCount == limit { try write() }
            return count > 0
        }

        /// Calls `body`; what has come is in the file, whatever happens in it.
        mutating func keepingWhatCame(_ body: (inout Arrival) throws -> Void) throws {
            do {
                try body(&self)
            } catch {
                try? write()
                throw error
            }
        }

        private mutating func write() throws(FileError) {
            guard pendingByteCount > 0 else { return }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<pendingByteCount])
            let offset = byteCount - Int64(pendingByteCount)
            pendingByteCount = 0
            hash.update(bytes)
            try output.write(bytes, at: offset)
        }
    }
}
