// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Glibc
import Support
import SystemPackage

/// A file as a stream, by way of the store: what lies there comes from there, what comes from servers is kept as it passes.
///
/// Nothing is decided before the first byte is wanted. A store that takes no more is no failure. Unchecked: used by one
/// thread at a time, as streams are.
final class KeepingStream: ByteStream, @unchecked Sendable {
    private enum Origin {
        case stored(LocalStream, FetchedFile)
        case servers(FailoverStream)
    }

    private let sources: FileSources
    private let isKept: Bool
    private let interruption: Interruption
    private let progress: any ProgressObserver
    private var store: ContentStore { sources.store }
    private var origin: Origin?
    private var partial: PartialFile?
    /// Bytes of ``partial`` that were there before, which come from there.
    private var oldByteCount: Int64 = 0
    private var offset: Int64 = 0

    /// The file of `sources`.
    ///
    /// - Parameter isKept: whether what comes from servers is kept.
    init(_ sources: FileSources, isKept: Bool, _ interruption: Interruption, _ progress: any ProgressObserver) {
        self.sources = sources
        self.isKept = isKept
        self.interruption = interruption
        self.progress = progress
    }

    deinit { partial?.letGo() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try readNext(into: buffer)
        offset += Int64(count)
        return count
    }

    private func readNext(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        switch try opened() {
        case .stored(let stream, _): return try stream.read(into: buffer)
        case .servers(let stream):
            if let partial, offset < oldByteCount {
                let part = UnsafeMutableRawBufferPointer(
                    rebasing: buffer[..<Int(min(Int64(buffer.count), oldByteCount - offset))])
                return try FileError.wrap("read", partial.path) {
                    try partial.descriptor.read(fromAbsoluteOffset: offset, into: part)
                }
            }
            // What is whole already needs nobody.
            if offset == oldByteCount, offset > 0, offset == sources.file.byteCount { return 0 }
            let count = try stream.read(into: buffer)
            if let partial, count > 0 {
                do {
                    _ = try partial.descriptor.writeAll(
                        toAbsoluteOffset: offset, UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                } catch {
                    giveUp(FileError("written", partial.path, error as? Errno ?? .ioError))
                }
            }
            return count
        }
    }

    private func opened() throws -> Origin {
        if let origin { return origin }
        let origin = try open()
        self.origin = origin
        return origin
    }

    private func open() throws -> Origin {
        if let stored = sources.stored {
            // Gone or not to be read, it is as if it had not been there.
            if let stream = try? LocalStream(stored.path) { return .stored(stream, stored) }
            sources.stored = nil
        }
        let servers = FailoverStream(sources, interruption)
        guard isKept else { return .servers(servers) }
        do {
            switch try claim() {
            case .kept(let file):
                sources.stored = file
                return .stored(try LocalStream(file.path), file)
            case .partial(let partial):
                self.partial = partial
                oldByteCount = partial.byteCount
                if oldByteCount > sources.file.byteCount {
                    try FileError.wrap("written", partial.path) { try partial.descriptor.resize(to: 0) }
                    oldByteCount = 0
                }
                sources.bring(partial, isResumed: oldByteCount > 0)
                if oldByteCount > 0 { _ = servers.skip(oldByteCount) }
            }
        } catch let error as InterruptedError {
            throw error
        } catch {
            giveUp(error)
        }
        return .servers(servers)
    }

    private func claim() throws -> ContentStore.Claim {
        let waiting = ProgressUpdate(
            phase: "waiting for another tsmedia that fetches '\(sources.file.path)'", completedByteCount: 0,
            totalByteCount: nil)
        return try store.claim(sources.file.sha256, byteCount: sources.file.byteCount, interruption) {
            progress.update(waiting)
        }
    }

    private func giveUp(_ error: any Error) {
        // The bytes that are on the disk already would only keep it full.
        partial?.discard()
        partial = nil
        sources.siblings.storeIsFull(error)
    }

    /// The hash was taken by whoever read the bytes.
    func accept() {
        switch origin {
        case .stored(_, let file):
            guard (try? FileIdentity(of: file.path)) == file.identity else { return }
            store.arrive(file.identity, file.sha256, path: file.path)
        case .servers(let stream):
            stream.accept()
            guard let partial else { return }
            self.partial = nil
            do {
                try store.publish(partial, sources.file.sha256)
            } catch {
                partial.discard()
                sources.siblings.storeIsFull(error)
            }
        case nil: return
        }
    }
}
