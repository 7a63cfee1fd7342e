// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// A certificate with its private key, by which somebody proves who it is.
public struct CertificateIdentity: Sendable {
    /// The certificate.
    public let certificate: Certificate
    /// Its private key.
    public let privateKey: PrivateKey
    /// Further certificates, which lead from it to a root.
    public let chain: [Certificate]

    init(_ certificate: Certificate, _ privateKey: PrivateKey, chain: [Certificate]) {
        self.certificate = certificate
        self.privateKey = privateKey
        self.chain = chain
    }

    /// A certificate for the authentication of clients that is signed with its own key: SHA-256, no authority.
    ///
    /// The same parameters give the same bytes when the key is one of RSA.
    ///
    /// - Parameters:
    ///   - commonName: the one part of its name.
    ///   - serialNumber: up to 20 bytes, of which the first bit is not looked at (RFC 5280 4.1.2.2).
    ///   - validFrom: when it begins to be valid, in whole seconds.
    ///   - validUntil: when it ceases to be valid, in whole seconds.
    public static func selfSigned(
        commonName: String, key: PrivateKey, serialNumber: [UInt8], validFrom: Timestamp, validUntil: Timestamp
    ) -> CertificateIdentity {
        precondition((1...20).contains(serialNumber.count), "a serial number has 1 to 20 bytes")
        defer { ERR_clear_error() }
        guard let certificate = LibcryptoObject(X509_new(), X509_free),
            let made = key.withKey({ key, _ -> Certificate? in
                let pointer = certificate.pointer
                guard X509_set_version(pointer, 2) == 1, set(serialNumber, of: pointer),
                    ASN1_TIME_set(X509_getm_notBefore(pointer), time_t(validFrom.unixSeconds)) != nil,
                    ASN1_TIME_set(X509_getm_notAfter(pointer), time_t(validUntil.unixSeconds)) != nil,
                    X509_set_pubkey(pointer, key) == 1, set(commonName, of: pointer),
                    extensions.allSatisfy({ add($0.identifier, $0.value, to: pointer) }),
                    X509_sign(pointer, key, EVP_sha256()) > 0
                else { return nil }
                return Certificate(pointer)
            })
        else { fatalError("libcrypto: a certificate cannot be made") }
        return CertificateIdentity(made, key, chain: [])
    }

    /// RFC 5280 4.2.1.9, 4.2.1.3 and 4.2.1.12.
    private static let extensions: [(identifier: Int32, value: String)] = [
        (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature,keyEncipherment"), (NID_ext_key_usage, "clientAuth"),
    ]

    private static func add(_ identifier: Int32, _ value: String, to certificate: OpaquePointer) -> Bool {
        guard let made = LibcryptoObject(X509V3_EXT_conf_nid(nil, nil, identifier, value), X509_EXTENSION_free) else {
            return false
        }
        return X509_add_ext(certificate, made.pointer, -1) == 1
    }

    private static func set(_ serialNumber: [UInt8], of certificate: OpaquePointer) -> Bool {
        var bytes = serialNumber
        bytes[0] &= 0x7F
        // Zero is no serial number.
        bytes[bytes.count - 1] |= 1
        guard let number = LibcryptoObject(BN_bin2bn(bytes, Int32(bytes.count), nil), BN_free) else { return false }
        return BN_to_ASN1_INTEGER(number.pointer, X509_get_serialNumber(certificate)) != nil
    }

    private static func set(_ commonName: String, of certificate: OpaquePointer) -> Bool {
        let bytes = Array(commonName.utf8)
        guard let name = LibcryptoObject(X509_NAME_new(), X509_NAME_free),
            X509_NAME_add_entry_by_NID(
                name.pointer, NID_commonName, V_ASN1_UTF8STRING, bytes, Int32(bytes.count), -1, 0) == 1
        else { return false }
        return X509_set_subject_name(certificate, name.pointer) == 1
            && X509_set_issuer_name(certificate, name.pointer) == 1
    }
}
