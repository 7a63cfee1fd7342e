// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto
import Support

extension Certificate {
    /// Chains are shorter than this.
    private static let chainLimit = 8

    /// Whether `issuer` is an authority and signed this certificate: by name, identifier and key.
    public func isIssued(by issuer: Certificate) -> Bool {
        defer { ERR_clear_error() }
        guard issuer.isCertificateAuthority, let issuing = issuer.object, let issued = object else { return false }
        return X509_check_issued(issuing.pointer, issued.pointer) == X509_V_OK
            && X509_verify(issued.pointer, X509_get0_pubkey(issuing.pointer)) == 1
    }

    /// This certificate, the one of `others` that issued it, the one that issued that, and so on as far as they lead.
    public func chain(among others: [Certificate]) -> [Certificate] {
        var chain = [self]
        while chain.count < Self.chainLimit, let last = chain.last, !last.isSelfSigned,
            let issuer = others.first(where: { !chain.contains($0) && last.isIssued(by: $0) })
        {
            chain.append(issuer)
        }
        return chain
    }

    /// The SHA-256 of its bytes.
    public var fingerprint: SHA256Digest { SHA256.digest(of: der) }

    /// The part that its issuer signed, TBSCertificate (RFC 5280 4.1.1.1), as it stands in the certificate.
    public var toBeSigned: ArraySlice<UInt8> {
        var outer = DERReader(der[...])
        guard let certificate = outer.next(DERElement.Tag.sequence) else { return [] }
        var fields = DERReader(certificate.content)
        return fields.next(DERElement.Tag.sequence)?.whole ?? []
    }

    /// The last, most specific common name of whom it names, or the whole name on one line when there is none.
    public var commonName: String { object.flatMap { Self.commonName(X509_get_subject_name($0.pointer)) } ?? subject }

    /// The common name of who issued it, or the whole name.
    public var issuerCommonName: String {
        object.flatMap { Self.commonName(X509_get_issuer_name($0.pointer)) } ?? issuer
    }

    /// The certificate as libcrypto has it; nil when it does not read what it wrote.
    private var object: LibcryptoObject? {
        LibcryptoObject(Libcrypto.decode(der, X509_free) { d2i_X509(nil, $0, $1) }, X509_free)
    }

    private static func commonName(_ name: OpaquePointer?) -> String? {
        guard let name else { return nil }
        var last: Int32 = -1
        while case let next = X509_NAME_get_index_by_NID(name, NID_commonName, last), next >= 0 { last = next }
        guard last >= 0 else { return wholeName(name) }
        guard let value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)) else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, value)
        guard count >= 0, let text else { return nil }
        defer { CRYPTO_free(text, nil, 0) }
        return String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
    }

    private static func wholeName(_ name: OpaquePointer) -> String? {
        guard let line = X509_NAME_oneline(name, nil, 0) else { return nil }
        defer { CRYPTO_free(line, nil, 0) }
        return String(cString: line)
    }
}
