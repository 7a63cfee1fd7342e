// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcrypto

/// A signature that Windows programs carry: PKCS #7 SignedData (Authenticode, "Windows Authenticode Portable Executable
/// Signature Format", 2008).
public struct AuthenticodeSignature: Sendable {
    /// The hash of the program that was signed.
    public let algorithm: HashAlgorithm
    /// The digest of the program that was signed.
    public let programDigest: [UInt8]
    /// The certificate of whoever signed.
    public let signer: Certificate
    /// All certificates that the signature brings along, the signer's included.
    public let certificates: [Certificate]
    /// Whether the key of ``signer`` made the signature, over this digest: whose key that is, only the chain tells.
    public let isOfSigner: Bool
    /// Signatures of the same program inside this one, which Windows looks at and firmware does not.
    public let nested: [AuthenticodeSignature]

    /// Genuine signatures have up to four.
    private static let certificateLimit = 64
    /// Genuine programs have one or two.
    private static let nestedLimit = 8
    /// SPC_NESTED_SIGNATURE_OBJID: an attribute that is not signed and holds a SignedData each.
    private static let nestedSignature = "1.3.6.1.4.1.311.2.4.1"

    /// Reads the DER `signedData`; nil when it is not a sound SignedData of one signer, with its certificate.
    ///
    /// Bytes after the DER structure are ignored: the table that holds it pads to 8 bytes.
    public init?(signedData: some Collection<UInt8>) { self.init(Array(signedData), readsNested: true) }

    private init?(_ signedData: [UInt8], readsNested: Bool) {
        defer { ERR_clear_error() }
        let message = signedData.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_PKCS7(nil, &cursor, buffer.count)
        }
        guard let message else { return nil }
        defer { PKCS7_free(message) }
        guard OBJ_obj2nid(message.pointee.type) == NID_pkcs7_signed, let signed = message.pointee.d.sign,
            OPENSSL_sk_num(signed.pointee.signer_info) == 1,
            let information = OPENSSL_sk_value(signed.pointee.signer_info, 0)?
                .assumingMemoryBound(to: PKCS7_SIGNER_INFO.self),
            let signer = Self.signer(message),
            let content = Self.content(signed), let digest = SignedProgramDigest(content: content[...])
        else { return nil }
        let stack = signed.pointee.cert
        guard OPENSSL_sk_num(stack) <= Self.certificateLimit else { return nil }
        (algorithm, programDigest) = (digest.algorithm, digest.digest)
        self.signer = signer
        certificates = LibcryptoStack.elements(stack).compactMap { Certificate($0) }
        isOfSigner = Self.holds(message, over: content)
        nested = readsNested ? Self.nested(in: information) : []
    }

    private static func signer(_ message: UnsafeMutablePointer<PKCS7>) -> Certificate? {
        // The certificates belong to the message, the stack is ours.
        guard let signers = PKCS7_get0_signers(message, nil, 0) else { return nil }
        defer { OPENSSL_sk_free(signers) }
        return LibcryptoStack.elements(signers).first.flatMap { Certificate($0) }
    }

    /// The octets of what was signed, without tag and length, which are not hashed.
    private static func content(_ signed: UnsafeMutablePointer<PKCS7_SIGNED>) -> [UInt8]? {
        guard let contents = signed.pointee.contents,
            Libcrypto.text(of: contents.pointee.type) == SignedProgramDigest.objectIdentifier,
            let value = contents.pointee.d.other, value.pointee.type == V_ASN1_SEQUENCE,
            let text = value.pointee.value.sequence, let start = ASN1_STRING_get0_data(text)
        else { return nil }
        let whole = [UInt8](UnsafeBufferPointer(start: start, count: max(0, Int(ASN1_STRING_length(text)))))
        var reader = DERReader(whole[...])
        return reader.next(DERElement.Tag.sequence).map { Array($0.content) }
    }

    /// Whether the signer's key signed `content`, or attributes with its digest.
    private static func holds(_ message: UnsafeMutablePointer<PKCS7>, over content: [UInt8]) -> Bool {
        Libcrypto.reading(content) { stream in
            // Nobody is trusted here: who issued the certificate is asked elsewhere.
            PKCS7_verify(message, nil, nil, stream, nil, PKCS7_BINARY | PKCS7_NOVERIFY) == 1
        }
    }

    private static func nested(in information: UnsafeMutablePointer<PKCS7_SIGNER_INFO>) -> [AuthenticodeSignature] {
        var found: [AuthenticodeSignature] = []
        for attribute in LibcryptoStack.elements(information.pointee.unauth_attr)
        where Libcrypto.text(of: X509_ATTRIBUTE_get0_object(attribute)) == nestedSignature {
            for index in 0..<max(0, X509_ATTRIBUTE_count(attribute)) where found.count < nestedLimit {
                guard let value = X509_ATTRIBUTE_get0_type(attribute, index),
                    value.pointee.type == V_ASN1_SEQUENCE, let text = value.pointee.value.sequence,
                    let start = ASN1_STRING_get0_data(text)
                else { continue }
                let bytes = [UInt8](
                    UnsafeBufferPointer(start: start, count: max(0, Int(ASN1_STRING_length(text)))))
                if let inner = AuthenticodeSignature(bytes, readsNested: false) { found.append(inner) }
            }
        }
        return found
    }
}
