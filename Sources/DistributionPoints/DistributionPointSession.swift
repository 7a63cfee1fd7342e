// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Identifiers
import Support
import SystemPackage

/// A distribution point in use: asked with the interruption and the progress of a run, and with the store that remembers
/// what came from it.
public struct DistributionPointSession: Sendable {
    private let number: Int
    private let siblings: Siblings
    private let store: ContentStore
    private let interruption: Interruption
    private let progress: any ProgressObserver

    /// Distribution point `number` of `siblings`.
    init(
        _ number: Int, of siblings: Siblings, store: ContentStore, interruption: Interruption,
        progress: any ProgressObserver
    ) {
        self.number = number
        self.siblings = siblings
        self.store = store
        self.interruption = interruption
        self.progress = progress
    }

    func reporting(to progress: any ProgressObserver) -> DistributionPointSession {
        DistributionPointSession(number, of: siblings, store: store, interruption: interruption, progress: progress)
    }

    private var point: any DistributionPoint { siblings.points[number] }

    // MARK: Lists

    /// Where the distribution point is, as the user named it.
    public var location: String { point.location }

    /// Whether it is asked at all, or only what it said before counts.
    var isAsked: Bool { point.isAsked }

    /// What it says of `id`, or nil when it does not have the package.
    public func package(_ id: PackageID) throws -> LibraryPackage? {
        try interruption.check()
        return try point.package(id, interruption: interruption, progress: progress)
    }

    /// The files and folders of a content.
    ///
    /// - Parameter keepsRefused: whether what media cannot hold is handed out too, as `Content.refused`, and is no error.
    /// - Throws: what the distribution point throws; of the class `.notFound` when it does not have it.
    public func content(_ id: ContentID, keepsRefused: Bool = false) throws -> Content {
        try interruption.check()
        let content = try point.content(id, interruption: interruption, progress: progress)
        if !keepsRefused, let first = content.refused.first { throw first.error }
        return content
    }

    /// Makes sure that it has a content.
    ///
    /// - Throws: as ``content(_:)``.
    func require(_ id: ContentID) throws {
        try interruption.check()
        try point.require(id, interruption: interruption, progress: progress)
    }

    // MARK: Bytes

    /// Where the bytes of `file` come from when they are copied; a stream is opened when its turn comes.
    ///
    /// What comes from a server is kept in the store as it passes.
    ///
    /// - Throws: what the distribution point throws.
    public func source(of file: MediaFile, in content: ContentID) throws -> TransferSource {
        switch try find(file, in: content) {
        case .file(let file): return file.source
        case .stream(let sources, let stored):
            sources.stored = stored
            return .stream(stream(sources, isPassing: true))
        }
    }

    /// A local file with the bytes of `file`: the distribution point's own, or one that the store keeps from now on.
    ///
    /// - Throws: what the distribution point throws; what ``ContentStore/keep(_:promised:interruption:progress:)`` does.
    public func fetch(_ file: MediaFile, of content: ContentID) throws -> FetchedFile {
        switch try find(file, in: content) {
        case .file(let file): return file
        case .stream(let sources, _):
            let stream = stream(sources, isPassing: false)
            let promised = promise(file, content, stream)
            do {
                return try store.keep(stream, promised: promised, interruption: interruption, progress: progress).file
            } catch let error as FileError where error.path.starts(with: store.folder) {
                // Full, or not ours to write: what is needed as a file is kept elsewhere until the end of the run.
                siblings.storeIsFull(error)
                let path = try siblings.path(aside: file.sha256)
                let received = try StreamReceiver(interruption: interruption, progress: progress)
                    .receive(stream, promised: promised, to: path)
                return FetchedFile(
                    path: path, sha256: received.sha256, isVerified: true, identity: try FileIdentity(of: path))
            }
        }
    }

    /// Brings a file into the store; nothing is done for a local file, or one that the store has.
    ///
    /// - Returns: whether anything was brought.
    func keep(_ file: MediaFile, of content: ContentID, _ meter: ProgressMeter) throws -> Bool {
        guard case .stream(let sources, _) = try find(file, in: content) else {
            meter.advance(by: Int(clamping: file.byteCount))
            return false
        }
        let stream = stream(sources, isPassing: false)
        let kept = try store.keep(stream, promised: promise(file, content, stream), interruption, meter, progress)
        if !kept.isNew { meter.advance(by: Int(clamping: file.byteCount)) }
        return kept.isNew
    }

    /// Whether the bytes of `file` are on this machine, and known to be what they should be.
    func isHere(_ file: MediaFile, of content: ContentID) throws -> Bool {
        if case .file = try find(file, in: content) { true } else { false }
    }

    private func promise(_ file: MediaFile, _ content: ContentID, _ stream: StreamedContent) -> TransferContent {
        TransferContent(
            name: "file \(file.path) of \(content.noun)", source: .stream(stream), byteCount: file.byteCount,
            sha256: file.sha256)
    }

    private enum Found {
        case file(FetchedFile)
        /// - Parameter stored: what the store has, which must be hashed first.
        case stream(FileSources, stored: FetchedFile?)
    }

    private func find(_ file: MediaFile, in content: ContentID) throws -> Found {
        let numbers = [number] + siblings.others(than: number, having: content)
        let sources = FileSources(file, of: content, on: numbers, siblings, store: store)
        func kept() -> Found? {
            store.kept(file.sha256, byteCount: file.byteCount).map { kept in
                kept.isVerified ? .file(kept) : .stream(sources, stored: kept)
            }
        }
        // Before the distribution point is asked, which may be offline.
        let isLookedFor = point.isStreaming
        if isLookedFor, let kept = kept() { return kept }
        while true {
            do {
                switch try sources.point.supply(of: file, in: content) {
                case .localFile(let path):
                    let identity = try FileIdentity(of: path)
                    return .file(
                        FetchedFile(
                            path: path, sha256: file.sha256,
                            isVerified: identity.byteCount == file.byteCount
                                && store.isVerified(identity, file.sha256),
                            identity: identity))
                case .stream: return (isLookedFor ? nil : kept()) ?? .stream(sources, stored: nil)
                }
            } catch let error as any DiagnosticError
                where [.unreachable, .notFound, .refused, .malformed].contains(error.failureClass)
            {
                guard sources.advance(after: error) else { throw error }
            }
        }
    }

    /// The file of `sources` as a stream.
    ///
    /// - Parameter isPassing: whether the bytes go somewhere else, by way of the store, or into the store itself.
    private func stream(_ sources: FileSources, isPassing: Bool) -> StreamedContent {
        let (interruption, progress) = (interruption, progress)
        return StreamedContent(place: location, retry: { try sources.retry(after: $0, interruption) }) {
            guard isPassing else { return FailoverStream(sources, interruption) }
            return KeepingStream(sources, isKept: sources.point.isKept, interruption, progress)
        }
    }
}

/// A local file that holds the bytes of a content file, and what is known about them.
///
/// Whoever reads it makes sure that it is still the file that was looked at: as the source of a transfer, or by its
/// identity.
public struct FetchedFile: Sendable, Equatable {
    /// The file; a symbolic link is never followed.
    public let path: FilePath
    /// The SHA-256 its bytes must have.
    public let sha256: SHA256Digest
    /// True when these very bytes had that SHA-256 before and ``identity`` has not changed since: they need no hashing.
    public let isVerified: Bool
    /// What the file was when it was looked at.
    public let identity: FileIdentity

    /// The file as the source of a transfer.
    public var source: TransferSource { isVerified ? .verifiedFile(path, identity) : .file(path) }
}
