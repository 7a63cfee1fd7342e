// SPDX-License-Identifier: GPL-3.0-or-later

import CLibcrypto
import Support

/// An incremental SHA-256 (FIPS 180-4) through libcrypto, which uses the processor's SHA instructions.
public final class SHA256 {
    private let context: OpaquePointer

    /// Starts a new hash.
    public init() {
        guard let context = EVP_MD_CTX_new() else { fatalError("libcrypto: no memory for a digest context") }
        self.context = context
        reset()
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Forgets what was added and starts again.
    public func reset() {
        let started = EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(started == 1, "libcrypto: SHA-256 is not available")
    }

    /// Adds `bytes`.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        let added = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(added == 1, "libcrypto: SHA-256 update failed")
    }

    /// Adds `bytes`.
    public func update(_ bytes: some Sequence<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) == nil {
            Array(bytes).withUnsafeBytes { update($0) }
        }
    }

    /// The digest of everything added; the hash starts again.
    public func finalize() -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
        let finished = EVP_DigestFinal_ex(context, &bytes, nil)
        precondition(finished == 1, "libcrypto: SHA-256 final failed")
        reset()
        guard let digest = SHA256Digest(bytes: bytes) else { fatalError("a SHA-256 has 32 bytes") }
        return digest
    }

    /// The digest of `bytes`.
    public static func digest(of bytes: some Sequence<UInt8>) -> SHA256Digest {
        let hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}
