// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

/// A certificate (RFC 5280) and what it says.
public struct Certificate: Sendable, Hashable {
    /// Its bytes.
    public let der: [UInt8]
    /// Whom it names, as Windows shows it: `CN=server.example.com, O=Example`.
    public let subject: String
    /// Who issued it.
    public let issuer: String
    /// When it begins to be valid.
    public let validFrom: Timestamp
    /// When it ceases to be valid.
    public let validUntil: Timestamp
    /// The SHA-1 of its bytes in upper case hexadecimal, as Windows shows it.
    public let thumbprint: String
    /// The public key: SubjectPublicKeyInfo in DER.
    public let publicKey: [UInt8]
    /// The algorithm and size of the public key.
    public let strength: KeyStrength
    /// How it was signed, as `sha256WithRSAEncryption`.
    public let signatureAlgorithm: String
    /// The hash of the signature, as `SHA256`; nil when the algorithm has none of its own.
    public let signatureHash: String?
    /// What it may be used for, by name where libcrypto has one, else by number; nil when nothing limits it.
    public let extendedKeyUsages: [String]?
    /// Whether it is for clients that prove who they are: its extended usages name that, and it may sign.
    public let isForClientAuthentication: Bool
    /// Whether it may issue others.
    public let isCertificateAuthority: Bool
    /// Whether it is signed with its own key.
    public let isSelfSigned: Bool

    /// Reads all certificates of a file in DER or PEM (RFC 7468).
    ///
    /// - Parameters:
    ///   - name: the file, for messages.
    /// - Throws: ``CryptographyError`` `.malformed`.
    public static func read(_ bytes: [UInt8], name: String) throws(CryptographyError) -> [Certificate] {
        if let one = Certificate(der: bytes) { return [one] }
        defer { ERR_clear_error() }
        let found = Libcrypto.reading(bytes) { stream in
            var found: [Certificate] = []
            while let pointer = PEM_read_bio_X509(stream, nil, { _, _, _, _ in -1 }, nil) {
                defer { X509_free(pointer) }
                guard let certificate = Certificate(pointer) else { return [Certificate]() }
                found.append(certificate)
            }
            return found
        }
        let marks = String(decoding: bytes, as: UTF8.self).matches(of: /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/)
        guard !found.isEmpty, found.count == marks.count else {
            throw CryptographyError(
                .malformed, name, "is no certificate in DER or PEM",
                nextStep: "export it again, as a .cer or .crt without its private key")
        }
        return found
    }

    /// Certificates in DER that follow each other with nothing between them; nil when `bytes` are anything else.
    public static func read(joined bytes: [UInt8]) -> [Certificate]? {
        var (certificates, rest) = ([Certificate](), bytes[...])
        while let length = sequenceByteCount(rest) {
            guard length <= rest.count, let certificate = Certificate(der: Array(rest.prefix(length))) else {
                return nil
            }
            certificates.append(certificate)
            rest = rest.dropFirst(length)
        }
        return rest.isEmpty ? certificates : nil
    }

    /// The bytes of the SEQUENCE that `bytes` begin with, its head included (X.690 8.1.3); nil when there is none.
    private static func sequenceByteCount(_ bytes: ArraySlice<UInt8>) -> Int? {
        let head = Array(bytes.prefix(5))
        guard head.count >= 2, head[0] == 0x30 else { return nil }
        guard head[1] & 0x80 != 0 else { return 2 + Int(head[1]) }
        // No certificate has more bytes than three octets count.
        let count = Int(head[1] & 0x7F)
        guard (1...3).contains(count), head.count >= 2 + count else { return nil }
        return 2 + count + head[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The certificate that `der` is; nil when it is anything else.
    public init?(der: [UInt8]) {
        defer { ERR_clear_error() }
        let pointer = Libcrypto.decode(der, X509_free) { d2i_X509(nil, $0, $1) }
        guard let owned = LibcryptoObject(pointer, X509_free) else { return nil }
        self.init(owned.pointer)
    }

    init?(_ certificate: OpaquePointer) {
        defer { ERR_clear_error() }
        guard let der = Libcrypto.der({ i2d_X509(certificate, $0) }), let key = X509_get0_pubkey(certificate),
            let publicKey = Libcrypto.der({ i2d_PUBKEY(key, $0) }),
            let from = Self.time(X509_get0_notBefore(certificate)),
            let until = Self.time(X509_get0_notAfter(certificate))
        else { return nil }
        self.der = der
        self.publicKey = publicKey
        subject = Self.text(X509_get_subject_name(certificate))
        issuer = Self.text(X509_get_issuer_name(certificate))
        (validFrom, validUntil) = (from, until)
        thumbprint = SHA1.digest(of: der).hexadecimal(.upper)
        strength = KeyStrength(key)
        signatureAlgorithm = Self.name(X509_get_signature_nid(certificate)) ?? "unknown"
        var hash = NID_undef
        let isKnown = X509_get_signature_info(certificate, &hash, nil, nil, nil) == 1
        signatureHash = isKnown && hash != NID_undef ? OBJ_nid2sn(hash).map { String(cString: $0) } : nil
        extendedKeyUsages = Self.extendedKeyUsages(certificate)
        // Both are all ones where the certificate does not limit them.
        isForClientAuthentication =
            extendedKeyUsages != nil && X509_get_extended_key_usage(certificate) & UInt32(XKU_SSL_CLIENT) != 0
            && X509_get_key_usage(certificate) & UInt32(KU_DIGITAL_SIGNATURE) != 0
        isCertificateAuthority = X509_check_ca(certificate) > 0
        isSelfSigned = X509_self_signed(certificate, 1) == 1
    }

    // MARK: Fields

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
        var fields = tm()
        guard ASN1_TIME_to_tm(time, &fields) == 1 else { return nil }
        return Timestamp(
            unixSeconds: CivilTime.unixSeconds(
                year: Int64(fields.tm_year) + 1900, month: Int64(fields.tm_mon) + 1, day: Int64(fields.tm_mday),
                hour: Int64(fields.tm_hour), minute: Int64(fields.tm_min), second: Int64(fields.tm_sec)))
    }

    /// RFC 2253 with a space behind each comma, and letters beyond ASCII as they are.
    private static let nameFlags = UInt(
        ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN
            | ASN1_STRFLGS_DUMP_DER)

    private static func text(_ name: OpaquePointer?) -> String {
        Libcrypto.written {
            X509_NAME_print_ex($0, name, 0, nameFlags | UInt(XN_FLAG_SEP_CPLUS_SPC) | UInt(XN_FLAG_DN_REV))
        }.onOneLine
    }

    private static func name(_ identifier: Int32) -> String? { OBJ_nid2ln(identifier).map { String(cString: $0) } }

    private static func extendedKeyUsages(_ certificate: OpaquePointer) -> [String]? {
        guard let found = X509_get_ext_d2i(certificate, NID_ext_key_usage, nil, nil) else { return nil }
        let usages = OpaquePointer(found)
        defer { OPENSSL_sk_pop_free(usages) { ASN1_OBJECT_free($0.map { OpaquePointer($0) }) } }
        return LibcryptoStack.elements(usages).compactMap { Libcrypto.text(of: $0) }
    }
}
