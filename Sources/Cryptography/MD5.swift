// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto

/// An incremental MD5 (RFC 1321): a checksum for programs that know no other, and a proof of nothing.
public final class MD5 {
    /// The bytes of a checksum.
    public static let byteCount = 16

    private let context = DigestContext(EVP_md5(), byteCount: MD5.byteCount)

    /// Starts a new checksum.
    public init() {}

    /// Adds `bytes`.
    public func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

    /// The checksum of everything added; it starts again.
    public func finalize() -> [UInt8] { context.finalize() }
}
