// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Support
import SystemPackage

/// The files that the store keeps: bytes that came as streams, by their SHA-256.
///
/// They lie in `files/<first two digits>/<digest>`. A file appears there whole, under the name of the hash that was taken
/// while it was written; it is not hashed again until it changes.
extension ContentStore {
    /// A file that the store keeps, and the number of its bytes.
    public struct KeptFile: Sendable, Equatable {
        /// The file; its SHA-256 is the one that its bytes had when they came.
        public let file: FetchedFile
        /// The number of its bytes.
        public var byteCount: Int64 { file.identity.byteCount }
    }

    /// The file with the SHA-256 `digest`, if the store keeps one of that size.
    ///
    /// It counts as verified when it is the one that was written; else whoever reads it hashes it. Nobody removes it as long
    /// as this run lasts.
    func kept(_ digest: SHA256Digest, byteCount: Int64) -> FetchedFile? {
        let path = path(of: digest)
        use.note(CollectionOfOne(digest))
        guard let identity = try? FileIdentity(of: path), identity.byteCount == byteCount else { return nil }
        let isVerified = isArrived(identity, digest) || isVerified(identity, digest)
        if isVerified { index.use(identity) }
        return FetchedFile(path: path, sha256: digest, isVerified: isVerified, identity: identity)
    }

    /// As ``kept(_:byteCount:)``, with a file hashed that does not count as verified; one that is damaged is removed.
    ///
    /// - Throws: `FileError` when it cannot be read; `InterruptedError`.
    func proven(_ digest: SHA256Digest, byteCount: Int64, _ interruption: Interruption) throws -> FetchedFile? {
        guard let kept = kept(digest, byteCount: byteCount) else { return nil }
        if kept.isVerified { return kept }
        let hashed = try FileHasher(interruption: interruption).hash(kept.path)
        guard hashed.sha256 == digest else {
            discard(FetchedFile(path: kept.path, sha256: digest, isVerified: false, identity: hashed.identity))
            return nil
        }
        arrive(hashed.identity, digest, path: kept.path)
        return FetchedFile(path: kept.path, sha256: digest, isVerified: true, identity: hashed.identity)
    }

    /// Removes a file that is damaged, unless another took its place.
    func discard(_ file: FetchedFile) {
        guard (try? FileIdentity(of: file.path)) == file.identity else { return }
        try? Folder.removeFile(file.path)
    }

    /// Reads all of `stream`, hashes it while it is written, and keeps it.
    ///
    /// - Parameter promised: what it must be; nil when nobody knows before, as on a server that lists no hashes. What it
    ///   is stands in the result.
    /// - Throws: `TransferError` when it is not what was promised; `InterruptedError`; `FileError`, `OutputError` when the
    ///   store cannot be written; what the stream throws. Then nothing is kept.
    public func keep(
        _ stream: StreamedContent, promised: TransferContent? = nil, interruption: Interruption,
        progress: any ProgressObserver
    ) throws -> KeptFile {
        let meter = ProgressMeter(phase: "fetching", totalByteCount: promised?.byteCount, observer: progress)
        defer { meter.finish() }
        guard let promised else { return try keepUnknown(stream, interruption, meter) }
        return try keep(stream, promised: promised, interruption, meter, progress).file
    }

    /// Reads all of `stream` but what an earlier run left, hashes it while it is written, and keeps it; waits while somebody
    /// else does the same.
    ///
    /// - Returns: the file, and whether anything was read.
    /// - Throws: as ``keep(_:promised:interruption:progress:)``; what came stays for the next run, unless it is not what was
    ///   promised.
    func keep(
        _ stream: StreamedContent, promised: TransferContent, _ interruption: Interruption, _ meter: ProgressMeter,
        _ progress: any ProgressObserver
    ) throws -> (file: KeptFile, isNew: Bool) {
        let digest = promised.sha256
        while true {
            if let file = try proven(digest, byteCount: promised.byteCount, interruption) {
                return (KeptFile(file: file), false)
            }
            let waiting = ProgressUpdate(
                phase: "waiting for another tsmedia that fetches \(promised.name)", completedByteCount: 0,
                totalByteCount: nil)
            let claim = try claim(digest, byteCount: promised.byteCount, interruption) { progress.update(waiting) }
            // Somebody else's is looked at as any.
            guard case .partial(let partial) = claim else { continue }
            do {
                _ = try StreamReceiver(interruption: interruption, progress: SilentProgress())
                    .receive(stream, promised: promised, resuming: partial.descriptor, at: partial.path, meter)
                return (try publish(partial, digest), true)
            } catch {
                if error is TransferError { partial.discard() } else { partial.letGo() }
                throw error
            }
        }
    }

    /// Keeps a stream of which nobody knows what it is.
    private func keepUnknown(
        _ stream: StreamedContent, _ interruption: Interruption, _ meter: ProgressMeter
    ) throws -> KeptFile {
        let folder = try incoming()
        let arriving = folder.appending("file")
        let received = try StreamReceiver(interruption: interruption, progress: SilentProgress())
            .receive(stream, promised: nil, to: arriving, meter)
        return try withExtendedLifetime(folder) {
            try publish(received.sha256) { target throws(FileError) in try AtomicFile.rename(arriving, to: target) }
        }
    }

    /// Where the files that are kept lie.
    var filesFolder: FilePath { folder.appending("files") }
    /// Where the files lie that are on their way.
    var incomingFolder: FilePath { filesFolder.appending("incoming") }

    /// Makes the folders of the store.
    func makeFolders() throws(FileError) {
        // What is believed without hashing must be ours alone to write.
        for folder in [folder, filesFolder, incomingFolder] {
            try Folder.create(folder, permissions: .ownerReadWriteExecute)
        }
    }

    /// Makes the folders of the store, and notes what this run will use: once, and not for each of many files.
    func willBring(_ digests: some Sequence<SHA256Digest>) throws(FileError) {
        try makeFolders()
        use.note(digests)
    }

    /// Calls `body`, which makes or renames a file in a folder of the store, again after `make` where the folder is not there:
    /// most of the time it is.
    func makingFolders<Result>(
        _ make: () throws(FileError) -> Void, _ body: () throws(FileError) -> Result
    ) throws(FileError) -> Result {
        do {
            return try body()
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            try make()
            return try body()
        }
    }

    /// A folder for files that arrive, gone when it is let go of; that of a killed program is removed by the next.
    private func incoming() throws -> TemporaryFolder {
        try makeFolders()
        return try TemporaryFolder(in: incomingFolder)
    }

    /// Gives a file that arrived, whose bytes have the SHA-256 `digest`, its name.
    @discardableResult
    func publish(_ arrived: PartialFile, _ digest: SHA256Digest) throws -> KeptFile {
        defer { arrived.letGoOfPublished() }
        return try publish(digest) { target throws(FileError) in try arrived.rename(to: target) }
    }

    private func publish(
        _ digest: SHA256Digest, _ rename: (FilePath) throws(FileError) -> Void
    ) throws(FileError) -> KeptFile {
        let target = path(of: digest)
        use.note(CollectionOfOne(digest))
        try makingFolders { () throws(FileError) in
            try Folder.create(AtomicFile.parent(of: target), permissions: .ownerReadWriteExecute)
        } _: { () throws(FileError) in
            try rename(target)
        }
        let identity = try FileIdentity(of: target)
        arrive(identity, digest, path: target)
        return KeptFile(file: FetchedFile(path: target, sha256: digest, isVerified: true, identity: identity))
    }

    /// Where the file with the SHA-256 `digest` lies.
    func path(of digest: SHA256Digest) -> FilePath {
        let name = digest.description
        return filesFolder.appending(String(name.prefix(2))).appending(name)
    }
}
