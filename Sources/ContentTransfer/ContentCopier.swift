// SPDX-License-Identifier: GPL-3.0-or-later

import CLinux
import Cryptography
import Glibc
import Support
import SystemPackage

/// Copies contents to their places on several threads and proves every byte on the way.
///
/// Bytes of an unverified file are hashed in the buffer they are written from, so what was hashed is what was written.
/// Verified files go through copy_file_range(2), which shares extents where the file system can.
public struct ContentCopier: Sendable {
    /// Takes note of a file whose bytes had the promised hash, and of when the reading began; called on any thread.
    public typealias DidVerify = @Sendable (FilePath, FileIdentity, SHA256Digest, FileIdentity.Instant) -> Void

    /// What one thread works with.
    private struct Workbench {
        let queue: TransferQueue
        let progress: ProgressMeter
        let directWriters: [FileDescriptor: DirectWriter]
        let hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: bufferByteCount, alignment: DirectWriter.blockByteCount)
    }

    /// Fits the second-level cache of a core together with what hashing needs.
    private static let bufferByteCount = 512 << 10

    private let workerCount: Int
    private let interruption: Interruption
    private let didVerify: DidVerify

    /// A copier with `workerCount` threads.
    public init(
        workerCount: Int = WorkerThreads.processorCount, interruption: Interruption,
        didVerify: @escaping DidVerify = { _, _, _, _ in }
    ) {
        self.workerCount = workerCount
        self.interruption = interruption
        self.didVerify = didVerify
    }

    /// Copies all `transfers`; their order on the target is the caller's, the order in time is ours.
    ///
    /// Nothing is flushed to the disk: the caller does that once, when everything is in place.
    ///
    /// - Throws: ``TransferError``, `FileError` or `InterruptedError`: the first that happened, after all threads ended.
    public func run(_ transfers: [Transfer], progress: ProgressMeter) throws {
        let queue = TransferQueue(transfers)
        let directWriters = try directWriters(for: transfers)
        WorkerThreads.run(count: min(workerCount, max(1, transfers.count))) { _ in
            let bench = Workbench(queue: queue, progress: progress, directWriters: directWriters)
            defer { bench.buffer.deallocate() }
            while let piece = queue.next() {
                do {
                    try copy(piece, bench)
                } catch {
                    bench.hash.reset()
                    queue.fail(error)
                }
            }
        }
        if let failure = queue.failure { throw failure }
    }

    /// A direct writer for each image that takes it, with room made for what it will write.
    private func directWriters(for transfers: [Transfer]) throws(FileError) -> [FileDescriptor: DirectWriter] {
        var writers: [FileDescriptor: DirectWriter] = [:]
        for (image, transfers) in Dictionary(grouping: transfers, by: \.target.image) {
            guard let image, let writer = DirectWriter(image) else { continue }
            writers[image] = writer
            do {
                try writer.allocate(for: transfers)
            } catch {
                throw FileError("written", Self.imagePath, error)
            }
        }
        return writers
    }

    private func copy(_ piece: TransferQueue.Piece, _ bench: Workbench) throws {
        try checkIsWanted(bench.queue)
        let transfer = piece.transfer
        try withTarget(transfer, bench.directWriters) { target, base in
            switch transfer.source {
            case .bytes(let bytes):
                guard Int64(bytes.count) == transfer.byteCount else {
                    throw TransferError.wrongSize(transfer, "memory", found: Int64(bytes.count))
                }
                try bytes.withUnsafeBytes { try write($0, to: target, at: base) }
                bench.progress.advance(by: bytes.count)
            case .file(let path):
                try withSource(path, transfer) { source, identity in
                    let began = FileIdentity.Instant.now
                    try copyHashing(transfer, path, source, to: target, at: base, bench)
                    guard try FileIdentity(of: source, path: path) == identity else {
                        throw TransferError.changed(transfer, path)
                    }
                    didVerify(path, identity, transfer.sha256, began)
                }
            case .verifiedFile(let path, let known):
                try withSource(path, transfer) { source, identity in
                    guard identity == known else { throw TransferError.changed(transfer, path) }
                    try copyVerified(transfer, path, source, piece.range, to: target, at: base, bench)
                    guard try FileIdentity(of: source, path: path) == known else {
                        throw TransferError.changed(transfer, path)
                    }
                }
            }
        }
    }

    // MARK: Copying

    private func copyHashing(
        _ transfer: Transfer, _ path: FilePath, _ source: FileDescriptor, to target: OpenTarget, at base: Int64,
        _ bench: Workbench
    ) throws {
        posix_fadvise(source.rawValue, 0, 0, POSIX_FADV_SEQUENTIAL)
        // One byte further than promised, to notice a file that is longer.
        let end = try copyThroughBuffer(path, source, 0..<(transfer.byteCount + 1), to: target, at: base, bench) {
            guard $1 <= transfer.byteCount else { throw TransferError.wrongSize(transfer, path, found: $1) }
            bench.hash.update($0)
        }
        guard end == transfer.byteCount else { throw TransferError.wrongSize(transfer, path, found: end) }
        let found = bench.hash.finalize()
        guard found == transfer.sha256 else { throw TransferError.wrongHash(transfer, path, found: found) }
    }

    private func copyVerified(
        _ transfer: Transfer, _ path: FilePath, _ source: FileDescriptor, _ range: Range<Int64>,
        to target: OpenTarget, at base: Int64, _ bench: Workbench
    ) throws {
        var end = range.lowerBound
        if target.direct == nil {
            end = try copyInKernel(transfer, path, source, range, to: target, at: base, bench)
        }
        end = try copyThroughBuffer(path, source, end..<range.upperBound, to: target, at: base, bench) { _, _ in }
        guard end == range.upperBound else { throw TransferError.wrongSize(transfer, path, found: end) }
    }

    /// Copies a range of `source` through the buffer of this thread; returns where the range or the source ended.
    ///
    /// - Parameter inspect: sees each run of bytes, with the offset of its end in the source, before it is written.
    private func copyThroughBuffer(
        _ path: FilePath, _ source: FileDescriptor, _ range: Range<Int64>, to target: OpenTarget, at base: Int64,
        _ bench: Workbench, inspect: (UnsafeRawBufferPointer, Int64) throws -> Void
    ) throws -> Int64 {
        var offset = range.lowerBound
        while offset < range.upperBound {
            try checkIsWanted(bench.queue)
            let room = target.roomForOneWrite(at: base + offset, bufferByteCount: bench.buffer.count)
            let part = UnsafeMutableRawBufferPointer(
                rebasing: bench.buffer[..<Int(min(range.upperBound - offset, Int64(room)))])
            let count = try FileError.wrap("read", path) { try source.read(fromAbsoluteOffset: offset, into: part) }
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: part[..<count])
            try inspect(bytes, offset + Int64(count))
            try write(bytes, to: target, at: base + offset)
            offset += Int64(count)
            bench.progress.advance(by: count)
        }
        return offset
    }

    /// Lets the kernel copy a range, which shares blocks where the file system can; returns how far it could.
    private func copyInKernel(
        _ transfer: Transfer, _ path: FilePath, _ source: FileDescriptor, _ range: Range<Int64>,
        to target: OpenTarget, at base: Int64, _ bench: Workbench
    ) throws -> Int64 {
        var offset = range.lowerBound
        while offset < range.upperBound {
            try checkIsWanted(bench.queue)
            // A step short enough to notice an interruption and to show progress.
            let step = Int(min(range.upperBound - offset, 16 << 20))
            var from = offset
            var to = base + offset
            let count = tsm_copy_file_range(source.rawValue, &from, target.descriptor.rawValue, &to, step)
            if count < 0 {
                let reason = Errno(rawValue: errno)
                switch reason {
                case .interrupted: continue
                case .noSpace, .diskQuotaExceeded, .fileTooLarge: throw FileError("written", target.path, reason)
                // Another file system, or one that cannot do it: the buffer tells a real error apart.
                default: return offset
                }
            }
            guard count > 0 else { return offset }
            offset += Int64(count)
            bench.progress.advance(by: count)
        }
        return offset
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to target: OpenTarget, at offset: Int64) throws(FileError) {
        try FileError.wrap("written", target.path) {
            let direct = try target.direct?.writeBlocks(bytes, at: offset) ?? 0
            _ = try target.descriptor.writeAll(
                toAbsoluteOffset: offset + Int64(direct), UnsafeRawBufferPointer(rebasing: bytes[direct...]))
        }
    }

    /// Stops a long copy when the user wants it, or when the work of another thread has failed already.
    private func checkIsWanted(_ queue: TransferQueue) throws {
        try interruption.check()
        // Whatever is thrown here comes second: the queue keeps the first failure.
        if let failure = queue.failure { throw failure }
    }

    // MARK: Opening

    /// An open target and the name it has in errors.
    private struct OpenTarget {
        let descriptor: FileDescriptor
        let path: FilePath
        var direct: DirectWriter?

        /// How many bytes to write at `offset` in one go: what lies before the first whole block goes alone, so that what
        /// follows begins with a block in memory and in the image.
        func roomForOneWrite(at offset: Int64, bufferByteCount: Int) -> Int {
            guard direct != nil else { return bufferByteCount }
            let head = DirectWriter.byteCountToBlock(from: offset)
            return head > 0 ? head : bufferByteCount
        }
    }

    /// What errors call an image, whose path only its owner knows.
    private static let imagePath: FilePath = "the image"

    private func withSource(
        _ path: FilePath, _ transfer: Transfer, _ body: (FileDescriptor, FileIdentity) throws -> Void
    ) throws {
        let source = try InputFile.open(path)
        try source.closeAfter {
            let identity = try FileIdentity(of: source, path: path)
            guard identity.byteCount == transfer.byteCount else {
                throw TransferError.wrongSize(transfer, path, found: identity.byteCount)
            }
            try body(source, identity)
        }
    }

    private func withTarget(
        _ transfer: Transfer, _ directWriters: [FileDescriptor: DirectWriter],
        _ body: (OpenTarget, Int64) throws -> Void
    ) throws {
        switch transfer.target {
        case .image(let descriptor, let offset):
            let writer = directWriters[descriptor].flatMap { $0.takes(transfer) ? $0 : nil }
            try body(OpenTarget(descriptor: descriptor, path: Self.imagePath, direct: writer), offset)
        case .newFile(let path, let modified):
            let descriptor = try FileError.wrap("created", path) {
                try FileDescriptor.open(
                    path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: FilePermissions(rawValue: 0o644))
            }
            try descriptor.closeAfter {
                try body(OpenTarget(descriptor: descriptor, path: path), 0)
                let time = timespec(tv_sec: Int(modified.unixSeconds), tv_nsec: Int(modified.nanoseconds))
                futimens(descriptor.rawValue, [time, time])
            }
        }
    }
}
