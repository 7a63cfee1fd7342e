// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// Takes the SHA-256 of local files of any size.
public struct FileHasher: Sendable {
    /// What a file was found to be.
    public struct Hashed: Sendable, Equatable {
        /// Its SHA-256.
        public let sha256: SHA256Digest
        /// What it was while it was read.
        public let identity: FileIdentity
        /// When reading began; nil when the digest was known before.
        public let began: FileIdentity.Instant?
    }

    private let interruption: Interruption
    private let progress: any ProgressObserver
    private let phase: String

    /// A hasher that shows its progress as `phase`.
    public init(
        interruption: Interruption = .ofProcess, progress: any ProgressObserver = SilentProgress(),
        phase: String = "reading"
    ) {
        self.interruption = interruption
        self.progress = progress
        self.phase = phase
    }

    /// The digest of the file at `path` and the identity it had while it was read.
    ///
    /// - Parameter known: asked first; a digest it returns for the identity saves reading the file.
    /// - Throws: `FileError`, ``TransferError`` `.changed`, `InterruptedError`.
    public func hash(
        _ path: FilePath, known: (FileIdentity) -> SHA256Digest? = { _ in nil }
    ) throws -> Hashed {
        let descriptor = try InputFile.open(path)
        return try descriptor.closeAfter {
            let identity = try FileIdentity(of: descriptor, path: path)
            if let digest = known(identity) { return Hashed(sha256: digest, identity: identity, began: nil) }
            let began = FileIdentity.Instant.now
            let meter = ProgressMeter(phase: phase, totalByteCount: identity.byteCount, observer: progress)
            defer { meter.finish() }
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
            defer { buffer.deallocate() }
            let hash = SHA256()
            var byteCount: Int64 = 0
            // A file that grows all the time has no end; its identity shows that it grew.
            while byteCount <= identity.byteCount {
                try interruption.check()
                let count = try FileError.wrap("read", path) { try descriptor.read(into: buffer) }
                if count == 0 { break }
                byteCount += Int64(count)
                hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                meter.advance(by: count)
            }
            guard try FileIdentity(of: descriptor, path: path) == identity else {
                throw TransferError(
                    code: .changed, object: "file \(path)", problem: "changed while it was read")
            }
            return Hashed(sha256: hash.finalize(), identity: identity, began: began)
        }
    }
}
