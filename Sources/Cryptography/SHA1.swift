// SPDX-License-Identifier: GPL-3.0-or-later

import CLibcrypto

/// SHA-1 (FIPS 180-4), which only old formats still ask for.
public enum SHA1 {
    /// The number of bytes of a digest.
    public static let byteCount = 20

    /// The 20-byte digest of `bytes`.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        let done = EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil)
        precondition(done == 1, "libcrypto: SHA-1 is not available")
        return digest
    }
}
