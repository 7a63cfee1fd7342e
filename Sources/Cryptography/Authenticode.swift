// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto

/// Who signed a program, by the names in the signing certificate.
///
/// The names are read, not proved: neither the certificate's chain nor the hash of the program is checked.
public struct CodeSigner: Sendable, Hashable {
    /// The common name of the signing certificate's issuer.
    public let certificateAuthority: String
    /// The common name of the signing certificate.
    public let commonName: String
}

/// The signatures that Windows programs carry: PKCS #7 SignedData (Authenticode, "Windows Authenticode Portable
/// Executable Signature Format", 2008).
public enum Authenticode {
    /// The first signer of the DER `signedData`, or nil when it is not a sound SignedData with its signer's certificate.
    ///
    /// Bytes after the DER structure are ignored: the table that holds it pads to 8 bytes.
    public static func signer(ofSignedData signedData: some Collection<UInt8>) -> CodeSigner? {
        defer { ERR_clear_error() }
        return Array(signedData).withUnsafeBufferPointer { buffer -> CodeSigner? in
            var cursor = buffer.baseAddress
            guard let message = d2i_PKCS7(nil, &cursor, buffer.count) else { return nil }
            defer { PKCS7_free(message) }
            // The certificates belong to the message, the stack is ours.
            guard let signers = PKCS7_get0_signers(message, nil, 0) else { return nil }
            defer { OPENSSL_sk_free(signers) }
            guard OPENSSL_sk_num(signers) > 0, let certificate = OPENSSL_sk_value(signers, 0) else { return nil }
            let signer = OpaquePointer(certificate)
            guard let issuer = commonName(X509_get_issuer_name(signer)),
                let subject = commonName(X509_get_subject_name(signer))
            else { return nil }
            return CodeSigner(certificateAuthority: issuer, commonName: subject)
        }
    }

    /// The last, most specific common name of `name`, or the whole name on one line when it has none.
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
