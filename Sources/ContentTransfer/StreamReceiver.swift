// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage

/// Writes a stream to a file of its own and hashes it on the way.
public struct StreamReceiver: Sendable {
    /// What came.
    public struct Received: Sendable, Equatable {
        /// The number of bytes.
        public let byteCount: Int64
        /// Their SHA-256.
        public let sha256: SHA256Digest
    }

    private let interruption: Interruption
    private let progress: any ProgressObserver

    /// A receiver that shows how much has come.
    public init(interruption: Interruption, progress: any ProgressObserver) {
        self.interruption = interruption
        self.progress = progress
    }

    /// Writes all bytes of `stream` to a new file at `path`, only for its owner.
    ///
    /// Nothing is flushed to the disk: the caller does that once, for many files.
    ///
    /// - Parameter promised: what the bytes must be; nil when nobody knows.
    /// - Throws: ``TransferError`` `.wrongSize`, `.wrongHash`; `FileError`; `InterruptedError`; what the stream throws.
    public func receive(
        _ stream: StreamedContent, promised: TransferContent?, to path: FilePath
    ) throws -> Received {
        let meter = ProgressMeter(phase: "fetching", totalByteCount: promised?.byteCount, observer: progress)
        defer { meter.finish() }
        return try receive(stream, promised: promised, to: path, meter)
    }

    /// As ``receive(_:promised:to:)``, with the progress of several files in `meter`.
    public func receive(
        _ stream: StreamedContent, promised: TransferContent?, to path: FilePath, _ meter: ProgressMeter
    ) throws -> Received {
        let file = try FileError.wrap("created", path) {
            try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        }
        return try file.closeAfter {
            try receive(stream, promised, Target(file: file, path: path, meter: meter))
        }
    }

    /// Writes what is missing of the bytes of `stream` behind those that the open file `file` has, which an earlier attempt
    /// left; all of them are hashed.
    ///
    /// Bytes that are not what was promised, though what came was, are what an earlier attempt left: then all are read.
    ///
    /// - Parameter path: what the file is called in errors.
    /// - Throws: as ``receive(_:promised:to:)``.
    public func receive(
        _ stream: StreamedContent, promised: TransferContent, resuming file: FileDescriptor, at path: FilePath,
        _ meter: ProgressMeter
    ) throws -> Received {
        try receive(stream, promised, Target(file: file, path: path, meter: meter))
    }

    /// The file that the bytes go to.
    private struct Target {
        let file: FileDescriptor
        let path: FilePath
        let meter: ProgressMeter

        func empty() throws(FileError) {
            try FileError.wrap("written", path) {
                _ = try file.seek(offset: 0, from: .start)
                guard ftruncate(file.rawValue, 0) == 0 else { throw Errno(rawValue: errno) }
            }
        }
    }

    private func receive(
        _ stream: StreamedContent, _ promised: TransferContent?, _ target: Target
    ) throws -> Received {
        while true {
            var byteCount: Int64 = 0
            var oldByteCount: Int64 = 0
            do {
                return try attempt(stream, promised, target, &byteCount, &oldByteCount)
            } catch let error as TransferError {
                // What lay here may be what is wrong: nobody else is to blame for it.
                if oldByteCount == 0 { try stream.retry(error) }
                target.meter.advance(by: -Int(byteCount))
                try target.empty()
            }
        }
    }

    /// - Parameters:
    ///   - byteCount: how many bytes there are.
    ///   - oldByteCount: how many of them lay there before.
    private func attempt(
        _ stream: StreamedContent, _ promised: TransferContent?, _ target: Target, _ byteCount: inout Int64,
        _ oldByteCount: inout Int64
    ) throws -> Received {
        let (file, path, meter) = (target.file, target.path, target.meter)
        // Small files are most of all.
        let size = promised.map { Int(min(max($0.byteCount + 1, 4096), 1 << 20)) } ?? 1 << 20
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4096)
        defer { buffer.deallocate() }
        let hash = SHA256()
        if let promised {
            while true {
                try interruption.check()
                let count = try FileError.wrap("read", path) {
                    try file.read(fromAbsoluteOffset: byteCount, into: buffer)
                }
                if count == 0 { break }
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                byteCount += Int64(count)
                oldByteCount = byteCount
                meter.advance(by: count)
                if byteCount > promised.byteCount { throw TransferError.tooLong(promised, path.string) }
            }
            try FileError.wrap("written", path) { _ = try file.seek(offset: byteCount, from: .start) }
        }
        // What is whole already needs nobody.
        let isWhole = byteCount > 0 && byteCount == promised?.byteCount
        let opened = isWhole ? nil : try OpenStream(stream, at: byteCount)
        while let opened {
            try interruption.check()
            // What has come is on the disk, whatever happens next.
            let count = try opened.readPiece(at: byteCount, into: buffer)
            if count == 0 { break }
            byteCount += Int64(count)
            // Whoever never ends must not fill the disk.
            if let promised, byteCount > promised.byteCount { throw TransferError.tooLong(promised, stream.place) }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(bytes)
            try FileError.wrap("written", path) { _ = try file.writeAll(bytes) }
            meter.advance(by: count)
        }
        let digest = hash.finalize()
        if let promised {
            guard byteCount == promised.byteCount else {
                throw TransferError.wrongSize(promised, stream.place, found: byteCount)
            }
            guard digest == promised.sha256 else {
                throw TransferError.wrongHash(promised, stream.place, found: digest)
            }
        }
        opened?.accept()
        return Received(byteCount: byteCount, sha256: digest)
    }
}
