// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
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
    struct Target {
        let file: FileDescriptor
        let path: FilePath
        let meter: ProgressMeter

        func byteCount() throws(FileError) -> Int64 { try FileError.wrap("read", path) { try Stat(file).size } }

        func empty() throws(FileError) { try FileError.wrap("written", path) { try file.resize(to: 0) } }
    }

    private func receive(
        _ stream: StreamedContent, _ promised: TransferContent?, _ target: Target
    ) throws -> Received {
        while true {
            var arrival = Arrival(target, of: promised)
            do {
                return try attempt(stream, promised, target, &arrival)
            } catch let error as TransferError {
                // What lay here may be what is wrong: nobody else is to blame for it.
                if arrival.oldByteCount == 0 { try stream.retry(error) }
                target.meter.advance(by: -Int(arrival.byteCount))
                try target.empty()
            }
        }
    }

    private func attempt(
        _ stream: StreamedContent, _ promised: TransferContent?, _ target: Target, _ arrival: inout Arrival
    ) throws -> Received {
        if let promised, try target.byteCount() > 0 {
            while try arrival.readOld(interruption) {
                if arrival.byteCount > promised.byteCount { throw TransferError.tooLong(promised, target.path.string) }
            }
        }
        // What is whole already needs nobody.
        let isWhole = arrival.byteCount > 0 && arrival.byteCount == promised?.byteCount
        let opened = isWhole ? nil : try OpenStream(stream, at: arrival.byteCount)
        if let opened {
            try arrival.keepingWhatCame { arrival throws in
                try arrival.allocate(promised)
                while true {
                    try interruption.check()
                    guard try arrival.takePiece(opened) else { break }
                    // Whoever never ends must not fill the disk.
                    if let promised, arrival.byteCount > promised.byteCount {
                        throw TransferError.tooLong(promised, stream.place)
                    }
                }
            }
        }
        let digest = arrival.hash.finalize()
        if let promised {
            guard arrival.byteCount == promised.byteCount else {
                throw TransferError.wrongSize(promised, stream.place, found: arrival.byteCount)
            }
            guard digest == promised.sha256 else {
                throw TransferError.wrongHash(promised, stream.place, found: digest)
            }
        }
        opened?.accept()
        return Received(byteCount: arrival.byteCount, sha256: digest)
    }
}
