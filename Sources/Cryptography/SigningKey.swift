// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// A private key whose signatures of the same bytes are the same bytes.
///
/// Ed25519 (RFC 8032) and RSA with PKCS #1 v1.5 and SHA-256 (RFC 8017 8.2). ECDSA takes a random number for each signature,
/// so that the same media would have other bytes in every run; libcrypto 3.0 has no other way.
public struct SigningKey: Sendable {
    private let key: PrivateKey
    /// What checks its signatures.
    public let verificationKey: VerificationKey
    /// The number of bytes of each signature.
    public let signatureByteCount: Int

    /// The key `key` of the file `name`.
    ///
    /// - Throws: ``CryptographyError`` `.unsupported` for a key of another kind, or one that is too short.
    public init(_ key: PrivateKey, name: String) throws(CryptographyError) {
        guard let kind = SignatureKind(key.strength), kind.isDeterministic else {
            let isRSA = key.strength.isRSA
            throw CryptographyError(
                .unsupported, name,
                isRSA
                    ? "is a key of RSA with \(key.strength.bitCount) bits, and one that signs has 2048 to 16384"
                    : "is a key of \(key.strength.algorithm), whose signatures are not the same in every run",
                nextStep: "make one of Ed25519 with 'openssl genpkey -algorithm ed25519', or of RSA with 3072 bits")
        }
        self.key = key
        verificationKey = VerificationKey(der: key.publicKey, kind: kind)
        signatureByteCount = kind.signatureByteCount(key.strength)
    }

    /// Reads a key from PEM (RFC 7468); `password` opens one that is encrypted.
    ///
    /// - Throws: as `PrivateKey.init(pem:name:password:)` and ``init(_:name:)``.
    public init(pem bytes: [UInt8], password: [UInt8]? = nil, name: String) throws(CryptographyError) {
        try self.init(PrivateKey(pem: bytes, name: name, password: password), name: name)
    }

    /// The signature of `bytes`.
    public func signature(of bytes: [UInt8]) -> [UInt8] {
        key.withKey { key, _ in
            let context = SignatureContext()
            let digest = verificationKey.kind.digest
            guard EVP_DigestSignInit(context.pointer, nil, digest, nil, key) == 1 else { Self.fail() }
            var count = 0
            guard EVP_DigestSign(context.pointer, nil, &count, bytes, bytes.count) == 1 else { Self.fail() }
            var signature = [UInt8](repeating: 0, count: count)
            guard EVP_DigestSign(context.pointer, &signature, &count, bytes, bytes.count) == 1 else { Self.fail() }
            return Array(signature.prefix(count))
        }
    }

    /// Ends the program: a sound key signs everything.
    private static func fail() -> Never { fatalError("libcrypto: a key that was checked does not sign") }
}

/// How keys of a kind sign.
enum SignatureKind: Sendable, Hashable {
    /// RFC 8032 5.1.
    case ed25519
    /// RFC 8017 8.2, with SHA-256.
    case rsa
    /// FIPS 186-4 section 6 on the curve P-256, with SHA-256.
    case ecdsa

    /// Shorter keys of RSA are not good enough any more (NIST SP 800-131A, table 2).
    private static let leastRSABitCount = 2048
    /// Longer ones take minutes for each signature.
    private static let mostRSABitCount = 16384
    /// The bits of P-256.
    private static let ellipticBitCount = 256

    /// The kind of a key; nil for one that signs in no way of ours.
    init?(_ strength: KeyStrength) {
        switch strength.algorithm {
        case "ED25519": self = .ed25519
        case "RSA" where (Self.leastRSABitCount...Self.mostRSABitCount).contains(strength.bitCount): self = .rsa
        case "EC" where strength.bitCount == Self.ellipticBitCount: self = .ecdsa
        default: return nil
        }
    }

    /// Whether a signature of the same bytes is the same each time.
    var isDeterministic: Bool { self != .ecdsa }

    /// The name of the algorithm.
    var name: String {
        switch self {
        case .ed25519: "Ed25519"
        case .rsa: "RSA"
        case .ecdsa: "ECDSA P-256"
        }
    }

    /// What is signed instead of the bytes; nil where the algorithm hashes by itself (RFC 8032 5.1.6).
    var digest: OpaquePointer? { self == .ed25519 ? nil : EVP_sha256() }

    /// The bytes of a signature (RFC 8032 5.1.6; RFC 8017 8.2.1: as many as the modulus has).
    func signatureByteCount(_ strength: KeyStrength) -> Int {
        self == .ed25519 ? 64 : (strength.bitCount + 7) / 8
    }
}

/// Owns a context of libcrypto in which something is signed or checked.
final class SignatureContext {
    let pointer: OpaquePointer

    init() {
        guard let pointer = EVP_MD_CTX_new() else { fatalError("libcrypto: no memory for a signature") }
        self.pointer = pointer
    }

    deinit {
        EVP_MD_CTX_free(pointer)
        ERR_clear_error()
    }
}
