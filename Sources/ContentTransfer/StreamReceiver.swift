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
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        }
        return try file.closeAfter {
            while true {
                var byteCount: Int64 = 0
                do {
                    return try attempt(stream, promised, file, path, meter, &byteCount)
                } catch let error as TransferError {
                    try stream.retry(error)
                    meter.advance(by: -Int(byteCount))
                    try FileError.wrap("written", path) {
                        _ = try file.seek(offset: 0, from: .start)
                        guard ftruncate(file.rawValue, 0) == 0 else { throw Errno(rawValue: errno) }
                    }
                }
            }
        }
    }

    private func attempt(
        _ stream: StreamedContent, _ promised: TransferContent?, _ file: FileDescriptor, _ path: FilePath,
        _ meter: ProgressMeter, _ byteCount: inout Int64
    ) throws -> Received {
        let opened = try OpenStream(stream)
        // Small files are most of all.
        let size = promised.map { Int(min(max($0.byteCount + 1, 4096), 1 << 20)) } ?? 1 << 20
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4096)
        defer { buffer.deallocate() }
        let hash = SHA256()
        while true {
            try interruption.check()
            let count = try opened.read(at: byteCount, into: buffer)
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
        opened.accept()
        return Received(byteCount: byteCount, sha256: digest)
    }
}
