// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// An incremental SHA-256 (FIPS 180-4) through libcrypto, which uses the processor's SHA instructions.
public final class SHA256 {
    private let context = DigestContext(EVP_sha256(), byteCount: SHA256Digest.byteCount)

    /// Starts a new hash.
    public init() {}

    /// Forgets what was added and starts again.
    public func reset() { context.reset() }

    /// Adds `bytes`.
    public func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

    /// Adds `bytes`.
    public func update(_ bytes: some Sequence<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
            Array(bytes).withUnsafeBytes { update($0) }
        }
    }

    /// The digest of everything added; the hash starts again.
    public func finalize() -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: context.finalize()) else { fatalError("a SHA-256 has 32 bytes") }
        return digest
    }

    /// The digest of `bytes`.
    public static func digest(of bytes: some Sequence<UInt8>) -> SHA256Digest {
        let hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}
