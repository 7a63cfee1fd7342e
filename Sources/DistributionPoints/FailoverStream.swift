// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Glibc
import Identifiers
import Support
import Synchronization
import SystemPackage

/// Where a file of a content is looked for, one distribution point after another, and how often.
///
/// Shared by the attempts at one file.
final class FileSources: Sendable {
    let file: MediaFile
    let content: ContentID
    private let numbers: [Int]
    let siblings: Siblings
    private let state: Mutex<(place: Int, tries: Int)>

    init(_ file: MediaFile, of content: ContentID, on numbers: [Int], _ siblings: Siblings) {
        self.file = file
        self.content = content
        self.numbers = numbers
        self.siblings = siblings
        state = Mutex((0, 1))
    }

    /// The distribution point whose turn it is.
    var point: any DistributionPoint { siblings.points[numbers[state.withLock { $0.place }]] }

    /// Goes to the next distribution point for `error`; false when there is none.
    func advance(after error: any DiagnosticError) -> Bool {
        let failed: Int? = state.withLock { state in
            guard state.place + 1 < numbers.count else { return nil }
            defer { state = (state.place + 1, 1) }
            return numbers[state.place]
        }
        guard let failed else { return false }
        siblings.failed(failed, siblings.points[failed].location, error)
        return true
    }

    /// Waits until the bytes, which were not what was promised, may be asked for again; then from the next distribution
    /// point, if there is one.
    ///
    /// - Throws: `error` when that was often enough; `InterruptedError`.
    func retry(after error: TransferError, _ interruption: Interruption) throws {
        let policy = point.retryPolicy
        if advance(after: error) { return }
        let tries = state.withLock { state in
            state.tries += 1
            return state.tries
        }
        guard tries <= policy.tryCount, error.code == .wrongHash || error.code == .wrongSize else { throw error }
        try policy.pause(before: tries, interruption)
    }

    /// Opens the file on the distribution point whose turn it is.
    func open(_ interruption: Interruption) throws -> any ByteStream {
        switch try point.supply(of: file, in: content) {
        case .stream(let open): try open(interruption)
        case .localFile(let path): try LocalStream(path)
        }
    }
}

/// A stream that another distribution point goes on with when one fails.
///
/// Unchecked: used by one thread at a time, as streams are.
final class FailoverStream: ByteStream, @unchecked Sendable {
    private let sources: FileSources
    private let interruption: Interruption
    private var stream: (any ByteStream)?
    private var offset: Int64 = 0
    private var surplus: Int64 = 0

    init(_ sources: FileSources, _ interruption: Interruption) {
        self.sources = sources
        self.interruption = interruption
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            do {
                return try readOnce(into: buffer)
            } catch let error as any DiagnosticError
                where [.unreachable, .notFound, .refused, .malformed].contains(error.failureClass)
            {
                stream = nil
                guard sources.advance(after: error) else { throw error }
                surplus = offset
            }
        }
    }

    private func readOnce(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let stream = try self.stream ?? sources.open(interruption)
        self.stream = stream
        // What was read before: it has the same hash.
        while surplus > 0 {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(buffer.count), surplus))])
            let count = try stream.read(into: part)
            if count == 0 { return 0 }
            surplus -= Int64(count)
        }
        let count = try stream.read(into: buffer)
        offset += Int64(count)
        return count
    }

    func accept() { stream?.accept() }
}

/// A stream whose bytes are kept in the store as they pass.
///
/// A store that takes no more is no failure. Unchecked: used by one thread at a time, as streams are.
final class KeepingStream: ByteStream, @unchecked Sendable {
    private let stream: any ByteStream
    private let store: ContentStore
    private let sources: FileSources
    /// Gone with the stream, unless the file was given its name.
    private var arriving: (folder: TemporaryFolder, file: FileDescriptor, path: FilePath)?

    init(_ stream: any ByteStream, _ sources: FileSources, in store: ContentStore) {
        self.stream = stream
        self.sources = sources
        self.store = store
        do {
            let folder = try store.incoming()
            let path = folder.appending("file")
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
            arriving = (folder, file, path)
        } catch {
            sources.siblings.storeIsFull(error)
        }
    }

    deinit { try? arriving?.file.close() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try stream.read(into: buffer)
        if let arriving, count > 0 {
            do {
                try arriving.file.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            } catch {
                giveUp(FileError("written", arriving.path, error as? Errno ?? .ioError))
            }
        }
        return count
    }

    private func giveUp(_ error: any Error) {
        try? arriving?.file.close()
        arriving = nil
        sources.siblings.storeIsFull(error)
    }

    /// The hash was taken by whoever read the bytes.
    func accept() {
        stream.accept()
        guard let arriving else { return }
        do {
            try arriving.file.close()
            self.arriving = nil
            try store.publish(arriving.path, sources.file.sha256)
        } catch {
            self.arriving = nil
            sources.siblings.storeIsFull(error)
        }
    }
}

/// A local file as a stream: what stands in for a server.
final class LocalStream: ByteStream {
    private let file: FileDescriptor

    init(_ path: FilePath) throws { file = try InputFile.open(path) }

    deinit { try? file.close() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try file.read(into: buffer) }
}
