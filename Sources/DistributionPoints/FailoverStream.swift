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
    let store: ContentStore
    private let numbers: [Int]
    let siblings: Siblings

    private struct State {
        var place = 0
        var tries = 1
        /// A file of the store that nobody has hashed since it changed: looked into before anybody is asked.
        var stored: FetchedFile?
        /// The file on its way into the store, and whether a part of it was there before.
        var partial: (file: PartialFile, isResumed: Bool)?
    }

    private let state: Mutex<State>

    init(
        _ file: MediaFile, of content: ContentID, on numbers: [Int], _ siblings: Siblings, store: ContentStore,
        stored: FetchedFile? = nil
    ) {
        self.file = file
        self.content = content
        self.numbers = numbers
        self.siblings = siblings
        self.store = store
        state = Mutex(State(stored: stored))
    }

    /// The number of the distribution point whose turn it is.
    var number: Int { numbers[state.withLock { $0.place }] }

    /// The file of the store that is looked into first.
    var stored: FetchedFile? {
        get { state.withLock { $0.stored } }
        set { state.withLock { $0.stored = newValue } }
    }

    /// Takes note of the file on its way into the store.
    func bring(_ partial: PartialFile, isResumed: Bool) { state.withLock { $0.partial = (partial, isResumed) } }

    /// The distribution point whose turn it is.
    var point: any DistributionPoint { siblings.points[number] }

    /// Goes to the next distribution point for `error`; false when there is none.
    func advance(after error: any DiagnosticError) -> Bool {
        if (error as? DistributionPointError)?.code == .malformedAnswer { point.forget(content) }
        let failed: Int? = state.withLock { state in
            guard state.place + 1 < numbers.count else { return nil }
            defer { (state.place, state.tries) = (state.place + 1, 1) }
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
        let (stored, partial) = state.withLock { state in
            defer { (state.stored, state.partial) = (nil, nil) }
            return (state.stored, state.partial)
        }
        // Whoever read it may have let go of it by now.
        partial?.file.discard()
        if partial != nil { store.discardPartial(file.sha256) }
        // What lay here was wrong, and nobody else is to blame for it.
        if let stored {
            store.discard(stored)
            siblings.warn(
                "file '\(file.path)' of \(content.noun) was damaged in the store, and is taken from elsewhere")
            return
        }
        if partial?.isResumed ?? false { return }
        point.forget(content)
        let policy = point.retryPolicy
        if advance(after: error) { return }
        siblings.countFailure(of: number)
        let tries = state.withLock { state in
            state.tries += 1
            return state.tries
        }
        guard tries <= policy.tryCount, error.code == .wrongHash || error.code == .wrongSize else { throw error }
        try policy.wait(policy.pause(before: tries), interruption)
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
        if surplus > 0, try stream.skip(surplus) { surplus = 0 }
        // What was read before: it has the same hash.
        while surplus > 0 {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(buffer.count), surplus))])
            let count = try stream.read(into: part)
            if count == 0 { return 0 }
            surplus -= Int64(count)
        }
        let count = try stream.read(into: buffer)
        offset += Int64(count)
        sources.siblings.count(count, from: sources.number)
        return count
    }

    func skip(_ byteCount: Int64) -> Bool {
        (offset, surplus) = (byteCount, byteCount)
        return true
    }

    func accept() {
        stream?.accept()
        if stream != nil { sources.siblings.countFile(from: sources.number) }
    }
}

/// A local file as a stream: what stands in for a server.
final class LocalStream: ByteStream {
    private let file: FileDescriptor

    init(_ path: FilePath) throws { file = try InputFile.open(path) }

    deinit { try? file.close() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try file.read(into: buffer) }

    func skip(_ byteCount: Int64) throws -> Bool {
        try file.seek(offset: byteCount, from: .start)
        return true
    }
}
