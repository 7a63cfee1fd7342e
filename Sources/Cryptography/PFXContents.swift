// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// What was found in a PFX.
struct PFXContents {
    private let password: String?
    /// Whether the password is known to be right.
    private let isChecked: Bool
    private let name: String
    private var certificates: [Certificate] = []
    private var keys: [PrivateKey] = []

    /// Bags lie in bags no deeper than this; nobody writes more than one level.
    private static let levelLimit = 4
    /// The most certificates; a chain has a handful, all of it goes to every medium.
    private static let certificateLimit = 100

    init(password: String?, isChecked: Bool, name: String) {
        (self.password, self.isChecked, self.name) = (password, isChecked, name)
    }

    /// Reads all of `file`.
    mutating func read(_ file: OpaquePointer) throws(CryptographyError) {
        let safes = LibcryptoStack(PKCS12_unpack_authsafes(file)) { PKCS7_free($0.map { UnsafeMutablePointer($0) }) }
        guard let safes else { throw damaged }
        for safe in safes.elements {
            let safe = UnsafeMutablePointer<PKCS7>(safe)
            let bags: OpaquePointer?
            switch OBJ_obj2nid(safe.pointee.type) {
            case NID_pkcs7_data:
                bags = PKCS12_unpack_p7data(safe)
                if bags == nil { throw damaged }
            case NID_pkcs7_encrypted:
                bags = try decrypt(safe)
            default:
                throw PFXFile.unsupported(name, "a part", safe.pointee.type)
            }
            guard let bags = LibcryptoStack(bags, PKCS12_SAFEBAG_free) else { continue }
            for bag in bags.elements { try read(bag: bag, level: 0) }
        }
    }

    /// The one key with its certificate.
    func identity() throws(CryptographyError) -> CertificateIdentity {
        var keys: [PrivateKey] = []
        for key in self.keys where !keys.contains(where: { $0.publicKey == key.publicKey }) { keys.append(key) }
        guard let key = keys.first else {
            throw CryptographyError(
                .noPrivateKey, name, "holds no private key",
                nextStep: "export the certificate again, with its private key")
        }
        guard keys.count == 1 else {
            throw CryptographyError(
                .severalPrivateKeys, name, "holds \(keys.count) private keys, and nothing tells which is meant",
                nextStep: "export the one certificate alone, with its private key")
        }
        // Of certificates that were renewed with the same key the last counts.
        let own = certificates.filter { $0.publicKey == key.publicKey }.max { $0.validUntil < $1.validUntil }
        guard let own else {
            throw CryptographyError(
                .noCertificate, name, "holds a private key without its certificate",
                nextStep: "export the certificate again, with its private key")
        }
        return CertificateIdentity(own, key, chain: certificates.filter { $0.publicKey != key.publicKey })
    }

    private mutating func read(bag: OpaquePointer, level: Int) throws(CryptographyError) {
        switch PKCS12_SAFEBAG_get_nid(bag) {
        case NID_keyBag:
            guard let key = Self.key(PKCS12_SAFEBAG_get0_p8inf(bag)) else { throw damaged }
            keys.append(key)
        case NID_pkcs8ShroudedKeyBag:
            keys.append(try decrypt(bag: bag))
        case NID_certBag where PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate:
            guard let owned = LibcryptoObject(PKCS12_SAFEBAG_get1_cert(bag), X509_free),
                let certificate = Certificate(owned.pointer)
            else { throw damaged }
            certificates.append(certificate)
            guard certificates.count <= Self.certificateLimit else {
                throw CryptographyError(
                    .malformed, name,
                    "holds more than \(Self.certificateLimit) certificates, and no chain has so many",
                    nextStep: "export the one certificate again, with those that issued it alone")
            }
        case NID_safeContentsBag where level < Self.levelLimit:
            for inner in LibcryptoStack.elements(PKCS12_SAFEBAG_get0_safes(bag)) {
                try read(bag: inner, level: level + 1)
            }
        default:
            // Revocation lists and secrets of other kinds are nothing that media needs.
            break
        }
    }

    private static func key(_ info: OpaquePointer?) -> PrivateKey? {
        guard let info, let key = LibcryptoObject(EVP_PKCS82PKEY(info), EVP_PKEY_free),
            PrivateKey.isSound(key.pointer)
        else { return nil }
        return PrivateKey(key.pointer)
    }

    // MARK: Encryption

    private func decrypt(_ safe: UnsafeMutablePointer<PKCS7>) throws(CryptographyError) -> OpaquePointer {
        let encryption = safe.pointee.d.encrypted?.pointee.enc_data?.pointee.algorithm
        try PFXRounds.check(encryption.map { UnsafePointer($0) }, name)
        let algorithm = encryption?.pointee.algorithm
        if let bags = Self.withOldCiphers(algorithm, { PKCS12_unpack_p7encdata(safe, password, count) }) { return bags }
        throw failure(algorithm)
    }

    private func decrypt(bag: OpaquePointer) throws(CryptographyError) -> PrivateKey {
        var algorithm: UnsafePointer<X509_ALGOR>?
        X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &algorithm, nil)
        try PFXRounds.check(algorithm, name)
        let cipher = algorithm?.pointee.algorithm
        let decrypted = Self.withOldCiphers(cipher) { PKCS12_decrypt_skey(bag, password, count) }
        guard let info = LibcryptoObject(decrypted, PKCS8_PRIV_KEY_INFO_free) else { throw failure(cipher) }
        guard let key = Self.key(info.pointer) else { throw damaged }
        return key
    }

    private var count: Int32 { password == nil ? 0 : -1 }

    private static let oldCiphers: Set<Int32> = [
        NID_pbe_WithSHA1And40BitRC2_CBC, NID_pbe_WithSHA1And128BitRC2_CBC, NID_pbe_WithSHA1And40BitRC4,
        NID_pbe_WithSHA1And128BitRC4,
    ]

    /// Calls `body`, with libcrypto's old ciphers where `algorithm` is one: Windows encrypted certificates with RC2 until
    /// Windows 10 1709.
    private static func withOldCiphers<Result>(_ algorithm: OpaquePointer?, _ body: () -> Result) -> Result {
        guard oldCiphers.contains(OBJ_obj2nid(algorithm)), OSSL_PROVIDER_available(nil, "legacy") != 1 else {
            return body()
        }
        // The usual ciphers stay where they are; nothing is done with the old ones but this.
        let provider = OSSL_PROVIDER_try_load(nil, "legacy", 1)
        defer { if let provider { OSSL_PROVIDER_unload(provider) } }
        return body()
    }

    private func failure(_ algorithm: OpaquePointer?) -> CryptographyError {
        isChecked
            ? PFXFile.unsupported(name, "a part that is encrypted", algorithm)
            : PFXFile.wrongPassword(name, isGiven: password != nil)
    }

    private var damaged: CryptographyError {
        CryptographyError(.malformed, name, "is damaged", nextStep: "export it again")
    }
}
