// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto

/// A running hash of libcrypto, which uses the processor's instructions for it.
final class DigestContext {
    private let algorithm: OpaquePointer
    private let context: OpaquePointer
    private let byteCount: Int

    /// Starts a hash; `algorithm` is one that libcrypto always has.
    init(_ algorithm: OpaquePointer?, byteCount: Int) {
        guard let algorithm, let context = EVP_MD_CTX_new() else {
            fatalError("libcrypto: no memory for a digest context")
        }
        self.algorithm = algorithm
        self.context = context
        self.byteCount = byteCount
        reset()
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Forgets what was added and starts again.
    func reset() {
        let started = EVP_DigestInit_ex(context, algorithm, nil)
        precondition(started == 1, "libcrypto: the hash is not available")
    }

    /// Adds `bytes`.
    func update(_ bytes: UnsafeRawBufferPointer) {
        let added = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(added == 1, "libcrypto: updating the hash failed")
    }

    /// The digest of everything added; the hash starts again.
    func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        let finished = EVP_DigestFinal_ex(context, &digest, nil)
        precondition(finished == 1, "libcrypto: ending the hash failed")
        reset()
        return digest
    }
}
