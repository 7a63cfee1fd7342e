// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Identifiers
import Support
import SystemPackage

/// A distribution point in use: asked with the interruption and the progress of a run, and with the store that remembers
/// what came from it.
public struct DistributionPointSession: Sendable {
    private let point: any DistributionPoint
    private let store: ContentStore
    private let interruption: Interruption
    private let progress: any ProgressObserver

    init(
        _ point: any DistributionPoint, store: ContentStore, interruption: Interruption, progress: any ProgressObserver
    ) {
        self.point = point
        self.store = store
        self.interruption = interruption
        self.progress = progress
    }

    func reporting(to progress: any ProgressObserver) -> DistributionPointSession {
        DistributionPointSession(point, store: store, interruption: interruption, progress: progress)
    }

    // MARK: Lists

    /// Where the distribution point is, as the user named it.
    public var location: String { point.location }

    /// What it says of `id`, or nil when it does not have the package.
    public func package(_ id: PackageID) throws -> LibraryPackage? {
        try interruption.check()
        return try point.package(id, interruption: interruption, progress: progress)
    }

    /// The files and folders of a content.
    ///
    /// - Throws: what the distribution point throws; of the class `.notFound` when it does not have it.
    public func content(_ id: ContentID) throws -> Content {
        try interruption.check()
        return try point.content(id, interruption: interruption, progress: progress)
    }

    // MARK: Bytes

    /// Where the bytes of `file` come from when they are copied; a stream is opened when its turn comes.
    ///
    /// - Throws: what the distribution point throws.
    public func source(of file: MediaFile, in content: ContentID) throws -> TransferSource {
        switch try find(file, in: content) {
        case .file(let file): file.source
        case .stream(let stream): .stream(stream)
        }
    }

    /// A local file with the bytes of `file`: the distribution point's own, or one that the store keeps from now on.
    ///
    /// - Throws: what the distribution point throws; what ``ContentStore/keep(_:promised:interruption:progress:)`` does.
    public func fetch(_ file: MediaFile, of content: ContentID) throws -> FetchedFile {
        switch try find(file, in: content) {
        case .file(let file): return file
        case .stream(let stream):
            let promised = TransferContent(
                name: "file \(file.path) of \(content.noun)", source: .stream(stream), byteCount: file.byteCount,
                sha256: file.sha256)
            return try store.keep(stream, promised: promised, interruption: interruption, progress: progress).file
        }
    }

    private enum Found {
        case file(FetchedFile)
        case stream(StreamedContent)
    }

    private func find(_ file: MediaFile, in content: ContentID) throws -> Found {
        switch try point.supply(of: file, in: content) {
        case .localFile(let path):
            let identity = try FileIdentity(of: path)
            return .file(
                FetchedFile(
                    path: path, sha256: file.sha256,
                    isVerified: identity.byteCount == file.byteCount && store.isVerified(identity, file.sha256),
                    identity: identity))
        case .stream(let open):
            if let kept = store.kept(file.sha256, byteCount: file.byteCount) { return .file(kept) }
            let interruption = interruption
            return .stream(StreamedContent(place: location) { try open(interruption) })
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
