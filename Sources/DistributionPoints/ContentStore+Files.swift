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
    /// It counts as verified when it is the one that was written; else whoever copies it hashes it.
    func kept(_ digest: SHA256Digest, byteCount: Int64) -> FetchedFile? {
        guard let identity = try? FileIdentity(of: path(of: digest)), identity.byteCount == byteCount else {
            return nil
        }
        return FetchedFile(
            path: path(of: digest), sha256: digest,
            isVerified: isArrived(identity, digest) || isVerified(identity, digest), identity: identity)
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
        let incoming = folder.appending("files").appending("incoming")
        // What is believed without hashing must be ours alone to write.
        for folder in [folder, folder.appending("files"), incoming] {
            try Folder.create(folder, permissions: .ownerReadWriteExecute)
        }
        // Gone at the end; that of a killed program is removed by the next.
        let temporary = try TemporaryFolder(in: incoming)
        let arriving = temporary.appending("file")
        let received = try StreamReceiver(interruption: interruption, progress: progress)
            .receive(stream, promised: promised, to: arriving)
        let target = path(of: received.sha256)
        try Folder.create(AtomicFile.parent(of: target), permissions: .ownerReadWriteExecute)
        try AtomicFile.rename(arriving, to: target)
        let identity = try FileIdentity(of: target)
        arrive(identity, received.sha256, path: target)
        return KeptFile(
            file: FetchedFile(path: target, sha256: received.sha256, isVerified: true, identity: identity))
    }

    private func path(of digest: SHA256Digest) -> FilePath {
        let name = digest.description
        return folder.appending("files").appending(String(name.prefix(2))).appending(name)
    }
}
