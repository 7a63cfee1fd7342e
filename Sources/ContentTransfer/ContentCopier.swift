// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
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
        let moved = Counter()
        let buffer = HugePages.allocate(byteCount: HugePages.byteCount)
    }

    /// Bytes of the running transfer that were moved.
    private final class Counter {
        var byteCount = 0
    }

    /// Streams that are read at once: servers are waited for, and processors are not what is scarce then.
    private static let streamCount = 8

    let workerCount: Int
    let interruption: Interruption
    let didVerify: DidVerify

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
    /// - Throws: ``TransferError``, `FileError` or `InterruptedError`: the first that happened, after all threads
    ///   ended.
    public func run(_ transfers: [Transfer], progress: ProgressMeter) throws {
        let queue = TransferQueue(transfers)
        let directWriters = try directWriters(for: transfers)
        let hasStreams = transfers.contains { if case .stream = $0.source { true } else { false } }
        let threadCount = hasStreams ? max(workerCount, Self.streamCount) : workerCount
        WorkerThreads.run(count: min(threadCount, max(1, transfers.count))) { _ in
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
        // Not grouped: that would be a second list of very many transfers.
        for image in Set(transfers.lazy.compactMap(\.target.image)) {
            guard let writer = DirectWriter(image) else { continue }
            writers[image] = writer
            do {
                try writer.allocate(for: transfers.lazy.filter { $0.target.image == image })
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
            if case .bytes(let bytes) = transfer.source {
                try transfer.content.requireSize(of: bytes)
                try bytes.withUnsafeBytes { try target.write($0, at: base) }
                bench.progress.advance(by: bytes.count)
            }
            if case .stream(let stream) = transfer.source {
                return try copyStream(stream, transfer, to: target, at: base, bench)
            }
            guard let source = try OpenSource(transfer.content) else { return }
            defer { source.close() }
            if source.isToBeHashed {
                try copyHashing(transfer, source, to: target, at: base, bench)
            } else {
                try copyVerified(source, piece.range, to: target, at: base, bench)
                try source.requireEnd()
            }
        }
    }

    // MARK: Copying

    /// Copies a stream, from its start again as long as its bytes are not what was promised and that may pass.
    private func copyStream(
        _ stream: StreamedContent, _ transfer: Transfer, to target: PositionedOutput, at base: Int64,
        _ bench: Workbench
    ) throws {
        while true {
            bench.moved.byteCount = 0
            do {
                guard let source = try OpenSource(transfer.content) else { return }
                defer { source.close() }
                return try copyHashing(transfer, source, to: target, at: base, bench)
            } catch let error as TransferError {
                bench.hash.reset()
                try stream.retry(error)
                bench.progress.advance(by: -bench.moved.byteCount)
            }
        }
    }

    private func copyHashing(
        _ transfer: Transfer, _ source: OpenSource, to target: PositionedOutput, at base: Int64, _ bench: Workbench
    ) throws {
        source.willReadInOrder()
        let end = try copyThroughBuffer(source, transfer.range, to: target, at: base, bench) { bytes in
            bench.hash.update(bytes)
        }
        guard end == transfer.content.byteCount else { throw source.ended(after: end) }
        try source.requireEnd()
        try source.require(bench.hash.finalize())
        source.report(to: didVerify)
    }

    private func copyVerified(
        _ source: OpenSource, _ range: Range<Int64>, to target: PositionedOutput, at base: Int64, _ bench: Workbench
    ) throws {
        var end = range.lowerBound
        if !target.isDirect { end = try copyInKernel(source, range, to: target, at: base, bench) }
        end = try copyThroughBuffer(source, end..<range.upperBound, to: target, at: base, bench) { _ in }
        guard end == range.upperBound else { throw source.ended(after: end) }
    }

    /// Copies a range of `source` through the buffer of this thread; returns where the range or the source ended.
    ///
    /// - Parameter inspect: sees each run of bytes before it is written.
    private func copyThroughBuffer(
        _ source: OpenSource, _ range: Range<Int64>, to target: PositionedOutput, at base: Int64, _ bench: Workbench,
        inspect: (UnsafeRawBufferPointer) -> Void
    ) throws -> Int64 {
        var offset = range.lowerBound
        while offset < range.upperBound {
            try checkIsWanted(bench.queue)
            let room = target.roomForOneWrite(at: base + offset, bufferByteCount: bench.buffer.count)
            let part = UnsafeMutableRawBufferPointer(
                rebasing: bench.buffer[..<Int(min(range.upperBound - offset, Int64(room)))])
            let count = try source.read(at: offset, into: part)
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: part[..<count])
            inspect(bytes)
            try target.write(bytes, at: base + offset)
            offset += Int64(count)
            bench.moved.byteCount += count
            bench.progress.advance(by: count)
        }
        return offset
    }

    /// Lets the kernel copy a range, which shares blocks where the file system can; returns how far it could.
    private func copyInKernel(
        _ source: OpenSource, _ range: Range<Int64>, to target: PositionedOutput, at base: Int64, _ bench: Workbench
    ) throws -> Int64 {
        var offset = range.lowerBound
        guard let file = source.file else { return offset }
        while offset < range.upperBound {
            try checkIsWanted(bench.queue)
            // A step short enough to notice an interruption and to show progress.
            let step = Int(min(range.upperBound - offset, 16 << 20))
            var from = offset
            var to = base + offset
            let count = tsm_copy_file_range(
                file.descriptor.rawValue, &from, target.descriptor.rawValue, &to, step)
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

    /// Stops a long copy when the user wants it, or when the work of another thread has failed already.
    private func checkIsWanted(_ queue: TransferQueue) throws {
        try interruption.check()
        // Whatever is thrown here comes second: the queue keeps the first failure.
        if let failure = queue.failure { throw failure }
    }

    // MARK: Opening

    /// What errors call an image, whose path only its owner knows.
    private static let imagePath: FilePath = "the image"

    private func withTarget(
        _ transfer: Transfer, _ directWriters: [FileDescriptor: DirectWriter],
        _ body: (PositionedOutput, Int64) throws -> Void
    ) throws {
        switch transfer.target {
        case .image(let descriptor, let offset):
            let writer = directWriters[descriptor].flatMap { $0.takes(transfer) ? $0 : nil }
            try body(PositionedOutput(descriptor, path: Self.imagePath, direct: writer), offset)
        case .newFile(let path, let modified):
            let descriptor = try FileError.wrap("created", path) {
                try FileDescriptor.open(
                    path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: FilePermissions(rawValue: 0o644))
            }
            try descriptor.closeAfter {
                try body(PositionedOutput(descriptor, path: path, direct: nil), 0)
                let time = timespec(tv_sec: Int(modified.unixSeconds), tv_nsec: Int(modified.nanoseconds))
                futimens(descriptor.rawValue, [time, time])
            }
        }
    }
}

extension PositionedOutput {
    /// How many bytes to write at `offset` in one go: what lies before the first whole block goes alone, so that what
    /// follows begins with a block in memory and in the image.
    fileprivate func roomForOneWrite(at offset: Int64, bufferByteCount: Int) -> Int {
        guard isDirect else { return bufferByteCount }
        let head = DirectWriter.byteCountToBlock(from: offset)
        return head > 0 ? head : bufferByteCount
    }
}
