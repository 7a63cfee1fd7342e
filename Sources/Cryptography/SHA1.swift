// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto

/// An incremental SHA-1 (FIPS 180-4), which only old formats still ask for.
public final class SHA1 {
    /// The number of bytes of a digest.
    public static let byteCount = 20

    private let context = DigestContext(EVP_sha1(), byteCount: byteCount)

    /// Starts a new hash.
    public init() {}

    /// Adds `bytes`.
    public func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

    /// The 20 bytes of the digest of everything added; the hash starts again.
    public func finalize() -> [UInt8] { context.finalize() }

    /// The 20-byte digest of `bytes`.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        let hash = SHA1()
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.finalize()
    }
}
