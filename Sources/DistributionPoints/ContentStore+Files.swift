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
        let meter = ProgressMeter(phase: "fetching", totalByteCount: promised?.byteCount, observer: progress)
        defer { meter.finish() }
        return try keep(stream, promised: promised, in: try incoming(), number: 0, interruption: interruption, meter)
    }

    /// A folder for files that arrive, gone when it is let go of; that of a killed program is removed by the next.
    func incoming() throws -> TemporaryFolder {
        let incoming = folder.appending("files").appending("incoming")
        // What is believed without hashing must be ours alone to write.
        for folder in [folder, folder.appending("files"), incoming] {
            try Folder.create(folder, permissions: .ownerReadWriteExecute)
        }
        return try TemporaryFolder(in: incoming)
    }

    /// As ``keep(_:promised:interruption:progress:)``, by way of file `number` of `incoming`.
    func keep(
        _ stream: StreamedContent, promised: TransferContent?, in incoming: TemporaryFolder, number: Int,
        interruption: Interruption, _ meter: ProgressMeter
    ) throws -> KeptFile {
        let arriving = incoming.appending("file\(number)")
        do {
            let received = try StreamReceiver(interruption: interruption, progress: SilentProgress())
                .receive(stream, promised: promised, to: arriving, meter)
            return try publish(arriving, received.sha256)
        } catch {
            try? Folder.removeFile(arriving)
            throw error
        }
    }

    /// Gives a file that arrived, whose bytes have the SHA-256 `digest`, its name.
    @discardableResult
    func publish(_ arrived: FilePath, _ digest: SHA256Digest) throws -> KeptFile {
        let target = path(of: digest)
        try Folder.create(AtomicFile.parent(of: target), permissions: .ownerReadWriteExecute)
        try AtomicFile.rename(arrived, to: target)
        let identity = try FileIdentity(of: target)
        arrive(identity, digest, path: target)
        return KeptFile(file: FetchedFile(path: target, sha256: digest, isVerified: true, identity: identity))
    }

    private func path(of digest: SHA256Digest) -> FilePath {
        let name = digest.description
        return folder.appending("files").appending(String(name.prefix(2))).appending(name)
    }
}
