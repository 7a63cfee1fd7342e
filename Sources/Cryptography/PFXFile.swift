// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// Files that hold a certificate with its private key: PFX, which is PKCS #12 (RFC 7292).
public enum PFXFile {
    // MARK: Writing

    /// Rounds of the derivation of keys; Windows writes 2,000.
    private static let iterationCount: Int32 = 2000
    /// Bytes of the salts of encryption, as RFC 7292 B.1 derives with.
    private static let saltByteCount = 8

    /// A PFX that Windows opens from XP on: triple DES under keys derived over SHA-1, and a MAC of SHA-1.
    ///
    /// AES and SHA-256 are opened from Windows 10 1709 and Windows Server 2019 on only. Nothing is random: the same
    /// identity, password and `seed` give the same bytes.
    ///
    /// - Parameters:
    ///   - seed: what the salts are derived from, besides the key: another seed, other salts.
    public static func seal(_ identity: CertificateIdentity, password: String, seed: [UInt8]) -> [UInt8] {
        defer { ERR_clear_error() }
        let encryption = NID_pbe_WithSHA1And3_Key_TripleDES_CBC
        func salt(_ purpose: String) -> [UInt8] {
            // Of the private key too, so that nobody who does not have it can know the salts beforehand.
            let hash = SHA256()
            for part in [Array("tsmedia PFX salt".utf8), Array(purpose.utf8), identity.privateKey.der, seed] {
                var length: [UInt8] = []
                length.append(littleEndian: UInt64(part.count))
                hash.update(length + part)
            }
            return Array(hash.finalize().bytes.prefix(saltByteCount))
        }
        var (certificateSalt, keySalt, macSalt) = (salt("certificates"), salt("key"), salt("MAC"))
        let bags = LibcryptoStack(PKCS12_SAFEBAG_free)
        // It tells Windows which certificate the key is of.
        var keyIdentifier = SHA1.digest(of: identity.certificate.der)
        var isMade = true
        for (index, certificate) in ([identity.certificate] + identity.chain).enumerated() {
            let bag = certificate.withCertificate { PKCS12_SAFEBAG_create_cert($0) }
            isMade = bags.append(bag) && isMade
            if index == 0, isMade {
                isMade = PKCS12_add_localkeyid(bag, &keyIdentifier, Int32(keyIdentifier.count)) == 1
            }
        }
        let keys = LibcryptoStack(PKCS12_SAFEBAG_free)
        identity.privateKey.withKey { _, info in
            let bag = PKCS12_SAFEBAG_create_pkcs8_encrypt(
                encryption, password, -1, &keySalt, Int32(keySalt.count), iterationCount, info)
            isMade = isMade && keys.append(bag)
            isMade = isMade && PKCS12_add_localkeyid(bag, &keyIdentifier, Int32(keyIdentifier.count)) == 1
        }
        let safes = LibcryptoStack { PKCS7_free($0.map { UnsafeMutablePointer($0) }) }
        isMade =
            isMade
            && safes.append(
                PKCS12_pack_p7encdata(
                    encryption, password, -1, &certificateSalt, Int32(certificateSalt.count), iterationCount,
                    bags.pointer
                ).map { OpaquePointer($0) })
            && safes.append(PKCS12_pack_p7data(keys.pointer).map { OpaquePointer($0) })
        guard isMade, let file = LibcryptoObject(PKCS12_init(NID_pkcs7_data), PKCS12_free),
            PKCS12_pack_authsafes(file.pointer, safes.pointer) == 1,
            PKCS12_set_mac(
                file.pointer, password, -1, &macSalt, Int32(macSalt.count), iterationCount, EVP_sha1()) == 1,
            let bytes = Libcrypto.der({ i2d_PKCS12(file.pointer, $0) })
        else { fatalError("libcrypto: a PFX cannot be made") }
        return bytes
    }

    // MARK: Reading

    /// The certificate, its private key and the further certificates of a PFX.
    ///
    /// - Parameters:
    ///   - password: nil for none.
    ///   - name: the file, for messages.
    /// - Throws: ``CryptographyError``: `.malformed`, `.wrongPassword`, `.noPrivateKey`, `.severalPrivateKeys`,
    ///   `.noCertificate`, `.unsupported`.
    public static func open(
        _ bytes: [UInt8], password: String?, name: String
    ) throws(CryptographyError) -> CertificateIdentity {
        defer { ERR_clear_error() }
        let decoded = Libcrypto.decode(bytes, PKCS12_free) { d2i_PKCS12(nil, $0, $1) }
        guard let file = LibcryptoObject(decoded, PKCS12_free) else {
            throw CryptographyError(
                .malformed, name, "is no PFX (PKCS #12)",
                nextStep: "export the certificate with its private key, as a .pfx")
        }
        let opened = try check(file.pointer, password, name)
        var contents = PFXContents(password: opened, isChecked: PKCS12_mac_present(file.pointer) == 1, name: name)
        try contents.read(file.pointer)
        return try contents.identity()
    }

    /// The password as it opens the file: without one, both ways in which programs write that.
    private static func check(
        _ file: OpaquePointer, _ password: String?, _ name: String
    ) throws(CryptographyError) -> String? {
        guard PKCS12_mac_present(file) == 1 else { return password }
        var algorithm: UnsafePointer<X509_ALGOR>?
        var rounds: UnsafePointer<ASN1_INTEGER>?
        PKCS12_get0_mac(nil, &algorithm, nil, &rounds, file)
        try PFXRounds.check(rounds, name)
        let identifier = algorithm.map { OBJ_obj2nid($0.pointee.algorithm) } ?? NID_undef
        guard EVP_get_digestbyname(OBJ_nid2sn(identifier)) != nil else {
            throw unsupported(name, "a check", algorithm?.pointee.algorithm)
        }
        if let password {
            if PKCS12_verify_mac(file, password, -1) == 1 { return password }
        } else {
            if PKCS12_verify_mac(file, "", 0) == 1 { return "" }
            if PKCS12_verify_mac(file, nil, 0) == 1 { return nil }
        }
        throw wrongPassword(name, isGiven: password != nil)
    }

    static func wrongPassword(_ name: String, isGiven: Bool) -> CryptographyError {
        isGiven
            ? CryptographyError(
                .wrongPassword, name, "cannot be opened with this password",
                nextStep: "give the password with which it was exported")
            : CryptographyError(
                .wrongPassword, name, "cannot be opened without a password",
                nextStep: "give the password with which it was exported")
    }

    static func unsupported(_ name: String, _ what: String, _ algorithm: OpaquePointer?) -> CryptographyError {
        let text = Libcrypto.text(of: algorithm) ?? ""
        return CryptographyError(
            .unsupported, name, "has \(what) by \(text), which cannot be read here",
            nextStep: "export it again, with AES256-SHA256 or TripleDES-SHA1")
    }
}

extension Certificate {
    /// Calls `body` with the certificate as libcrypto has it.
    func withCertificate<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        let decoded = Libcrypto.decode(der, X509_free) { d2i_X509(nil, $0, $1) }
        guard let owned = LibcryptoObject(decoded, X509_free) else {
            fatalError("libcrypto: a certificate that it wrote cannot be read")
        }
        return body(owned.pointer)
    }
}
