// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// A public key that checks signatures.
public struct VerificationKey: Sendable, Hashable {
    /// SubjectPublicKeyInfo (RFC 5280 4.1.2.7) in DER.
    public let der: [UInt8]
    let kind: SignatureKind

    init(der: [UInt8], kind: SignatureKind) {
        self.der = der
        self.kind = kind
    }

    /// The SHA-256 of ``der``: what the key is called.
    public var fingerprint: SHA256Digest { SHA256.digest(of: der) }

    /// The name of its algorithm.
    public var algorithm: String { kind.name }

    /// No key of ours has more bytes: SubjectPublicKeyInfo of RSA with 16384 bits.
    public static let byteLimit = 1 << 12

    /// Reads a key from PEM (RFC 7468 13), PUBLIC KEY; a certificate or a private key is none.
    ///
    /// - Parameter name: the file, for messages.
    /// - Throws: ``CryptographyError`` `.malformed`, `.unsupported`.
    public init(pem bytes: [UInt8], name: String) throws(CryptographyError) {
        defer { ERR_clear_error() }
        let owned = LibcryptoObject(
            Libcrypto.reading(bytes) { PEM_read_bio_PUBKEY($0, nil, { _, _, _, _ in -1 }, nil) }, EVP_PKEY_free)
        guard let owned else {
            throw CryptographyError(
                .malformed, name, "holds no public key in PEM",
                nextStep: "name a file that begins as BEGIN PUBLIC KEY: 'openssl pkey -in KEY -pubout' makes it of a"
                    + " private key")
        }
        try self.init(owned, name: name)
    }

    /// Reads a key from SubjectPublicKeyInfo in DER.
    ///
    /// - Parameter name: where it is from, for messages.
    /// - Throws: ``CryptographyError`` `.malformed`, `.unsupported`.
    public init(der bytes: [UInt8], name: String) throws(CryptographyError) {
        defer { ERR_clear_error() }
        guard bytes.count <= Self.byteLimit,
            let owned = LibcryptoObject(
                Libcrypto.decode(bytes, EVP_PKEY_free, { d2i_PUBKEY(nil, $0, $1) }), EVP_PKEY_free)
        else {
            throw CryptographyError(.malformed, name, "is no public key", nextStep: "export it again")
        }
        try self.init(owned, name: name)
    }

    private init(_ key: LibcryptoObject, name: String) throws(CryptographyError) {
        let strength = KeyStrength(key.pointer)
        guard let kind = SignatureKind(strength), let der = Libcrypto.der({ i2d_PUBKEY(key.pointer, $0) }) else {
            throw CryptographyError(
                .unsupported, name, "is a key of \(strength.algorithm) with \(strength.bitCount) bits",
                nextStep: "use one of Ed25519, of RSA with 2048 bits or more, or of ECDSA on P-256")
        }
        self.init(der: der, kind: kind)
    }

    /// Whether `signature` is one of `bytes` by this key.
    public func accepts(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        let decoded = LibcryptoObject(
            Libcrypto.decode(der, EVP_PKEY_free, { d2i_PUBKEY(nil, $0, $1) }), EVP_PKEY_free)
        guard let decoded else { return false }
        let context = SignatureContext()
        guard EVP_DigestVerifyInit(context.pointer, nil, kind.digest, nil, decoded.pointer) == 1 else { return false }
        return EVP_DigestVerify(context.pointer, signature, signature.count, bytes, bytes.count) == 1
    }
}
