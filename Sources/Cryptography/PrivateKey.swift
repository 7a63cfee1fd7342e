// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// The algorithm and the size of a key.
public struct KeyStrength: Sendable, Hashable {
    /// The name of its algorithm, as `RSA` or `EC`.
    public let algorithm: String
    /// Its bits.
    public let bitCount: Int

    /// Whether it is a key of RSA (RFC 8017).
    public var isRSA: Bool { algorithm == "RSA" }

    init(_ key: OpaquePointer) {
        algorithm = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
        bitCount = Int(EVP_PKEY_get_bits(key))
    }
}

/// A private key; it is never printed or logged.
public struct PrivateKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// PrivateKeyInfo (RFC 5208) in DER.
    let der: [UInt8]
    /// Its public half: SubjectPublicKeyInfo (RFC 5280 4.1.2.7) in DER.
    public let publicKey: [UInt8]
    /// Its algorithm and size.
    public let strength: KeyStrength

    /// Never the key.
    public var description: String { "(private key)" }
    /// Never the key.
    public var debugDescription: String { description }
    /// Never the key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }

    /// A new key of RSA with `bitCount` bits.
    public static func newRSA(bitCount: Int = 2048) -> PrivateKey {
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil) else {
            fatalError("libcrypto: no memory for a key")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bitCount)) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let owned = LibcryptoObject(key, EVP_PKEY_free),
            let made = PrivateKey(owned.pointer)
        else { fatalError("libcrypto: a key of RSA cannot be made") }
        return made
    }

    /// Reads a key from PEM (RFC 7468): PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY.
    ///
    /// - Parameters:
    ///   - name: the file, for messages.
    ///   - password: what opens it; nil for a key that is not encrypted.
    /// - Throws: ``CryptographyError`` `.malformed`, `.wrongPassword` for a key that `password` does not open,
    ///   `.noPrivateKey`, `.severalPrivateKeys`.
    public init(pem bytes: [UInt8], name: String, password: [UInt8]? = nil) throws(CryptographyError) {
        defer { ERR_clear_error() }
        let text = String(decoding: bytes, as: UTF8.self)
        let count = text.matches(of: /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/).count
        guard count > 0 else {
            throw CryptographyError(
                .noPrivateKey, name, "holds no private key in PEM",
                nextStep: "name a file that begins as BEGIN PRIVATE KEY")
        }
        guard count == 1 else {
            throw CryptographyError(
                .severalPrivateKeys, name, "holds \(count) private keys", nextStep: "leave one in it")
        }
        let isEncrypted = text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
        guard !isEncrypted || password != nil else {
            throw CryptographyError(
                .wrongPassword, name, "holds a private key that is encrypted",
                nextStep: "write it without its password: openssl pkey -in FILE -out NEW")
        }
        let owned = LibcryptoObject(Self.read(bytes, password), EVP_PKEY_free)
        guard owned != nil || !isEncrypted else {
            throw CryptographyError(
                .wrongPassword, name, "holds a private key that its password does not open",
                nextStep: "check the file of the password")
        }
        guard let owned, let key = PrivateKey(owned.pointer) else {
            throw CryptographyError(
                .malformed, name, "holds a private key that cannot be read", nextStep: "export it again")
        }
        guard Self.isSound(owned.pointer) else {
            throw CryptographyError(
                .malformed, name, "holds a damaged private key: its numbers do not belong together",
                nextStep: "copy it again, or make a new one")
        }
        self = key
    }

    /// The key in `bytes`; nil when it cannot be read.
    private static func read(_ bytes: [UInt8], _ password: [UInt8]?) -> OpaquePointer? {
        Libcrypto.reading(bytes) { stream in
            guard let password, !password.contains(0) else {
                // Whoever reads a damaged file is not asked for a password either.
                return PEM_read_bio_PrivateKey(stream, nil, { _, _, _, _ in -1 }, nil)
            }
            var text = password + [0]
            defer { text.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
            // Without a function, libcrypto takes the text that is handed over (PEM_read_bio_PrivateKey(3)).
            return text.withUnsafeMutableBytes { PEM_read_bio_PrivateKey(stream, nil, nil, $0.baseAddress) }
        }
    }

    /// Whether the numbers of `key` belong together: a flipped bit is read without a word, and signs what nobody can check.
    static func isSound(_ key: OpaquePointer) -> Bool {
        // Looking for primes in more bits than any site uses takes minutes.
        guard EVP_PKEY_get_bits(key) <= longestCheckedBitCount else { return true }
        guard let context = EVP_PKEY_CTX_new(key, nil) else { fatalError("libcrypto: no memory for a key") }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        return EVP_PKEY_check(context) == 1
    }

    private static let longestCheckedBitCount: Int32 = 8192

    /// The key that `key` is; nil when it cannot be written.
    init?(_ key: OpaquePointer) {
        guard let info = LibcryptoObject(EVP_PKEY2PKCS8(key), PKCS8_PRIV_KEY_INFO_free),
            let der = Libcrypto.der({ i2d_PKCS8_PRIV_KEY_INFO(info.pointer, $0) }),
            let publicKey = Libcrypto.der({ i2d_PUBKEY(key, $0) })
        else { return nil }
        self.der = der
        self.publicKey = publicKey
        strength = KeyStrength(key)
    }

    /// Calls `body` with the key as libcrypto has it, and as PrivateKeyInfo.
    func withKey<Result>(_ body: (_ key: OpaquePointer, _ info: OpaquePointer) -> Result) -> Result {
        let info = Libcrypto.decode(der, PKCS8_PRIV_KEY_INFO_free) { d2i_PKCS8_PRIV_KEY_INFO(nil, $0, $1) }
        guard let info = LibcryptoObject(info, PKCS8_PRIV_KEY_INFO_free),
            let key = LibcryptoObject(EVP_PKCS82PKEY(info.pointer), EVP_PKEY_free)
        else { fatalError("libcrypto: a key that it wrote cannot be read") }
        return body(key.pointer, info.pointer)
    }
}
