// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto

/// A hash that signatures of programs are made with.
public enum HashAlgorithm: String, Sendable, Hashable, CaseIterable, Codable {
    /// FIPS 180-4, 160 bits; forged signatures are possible.
    case sha1 = "SHA-1"
    /// FIPS 180-4, 256 bits.
    case sha256 = "SHA-256"
    /// FIPS 180-4, 384 bits.
    case sha384 = "SHA-384"
    /// FIPS 180-4, 512 bits.
    case sha512 = "SHA-512"

    /// The number of bytes of a digest.
    public var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The content of its object identifier in DER: 1.3.14.3.2.26, and 2.16.840.1.101.3.4.2.1 to .3 (RFC 5754 2).
    private var objectIdentifier: [UInt8] {
        switch self {
        case .sha1: [0x2B, 0x0E, 0x03, 0x02, 0x1A]
        case .sha256: [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]
        case .sha384: [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]
        case .sha512: [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03]
        }
    }

    /// The hash that the content of an object identifier names; nil for any other.
    init?(objectIdentifier: some Collection<UInt8>) {
        guard let known = Self.allCases.first(where: { $0.objectIdentifier.elementsEqual(objectIdentifier) }) else {
            return nil
        }
        self = known
    }

    private var libcryptoAlgorithm: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    /// The digest of `parts`, one behind the other.
    public func digest(of parts: [ArraySlice<UInt8>]) -> [UInt8] {
        let context = DigestContext(libcryptoAlgorithm, byteCount: byteCount)
        for part in parts { part.withUnsafeBytes { context.update($0) } }
        return context.finalize()
    }
}
