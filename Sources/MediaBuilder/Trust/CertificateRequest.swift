// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage

/// The certificate of media as it is asked for: names of files, and days as people write them.
public struct CertificateRequest: Sendable {
    /// Whether one is made.
    public var isSelfSigned = false
    /// When it begins to be valid: a day or a time.
    public var start: String?
    /// When it ceases to be valid: a day or a time.
    public var expiration: String?
    /// The private key with which it is made; a new one when nil.
    public var key: FilePath?
    /// The PFX that holds one.
    public var file: FilePath?

    /// No certificate.
    public init() {}

    /// The files that it is read from.
    public var sources: [FilePath] { [key, file].compactMap { $0 } }

    /// Reads the certificate, or makes the key of one; nil when none is asked for.
    ///
    /// - Parameter password: what opens the PFX; nil for none.
    /// - Throws: ``MediaBuilderError`` `.badRequest` for what contradicts itself; `CryptographyError`; `FileError`.
    public func certificate(password: String?) throws -> MediaCertificate? {
        if isSelfSigned, file != nil {
            throw MediaRequest.bad(
                .certificate, "and \(.selfSignedCertificate) are both given, and media has one certificate",
                "leave one out")
        }
        if password != nil, file == nil {
            throw MediaRequest.bad(.certificatePassword, "opens nothing", "add \(.certificate)")
        }
        guard isSelfSigned else {
            let given = [
                (RequestField.certificateStart, start != nil), (.certificateExpire, expiration != nil),
                (.certificateKey, key != nil),
            ]
            if let (field, _) = given.first(where: \.1) {
                throw MediaRequest.bad(
                    field, "is for a certificate that is made with the media", "add \(.selfSignedCertificate)")
            }
            return try file.map {
                .imported(try PFXFile.open(try SmallFile.read($0), password: password, name: $0.string))
            }
        }
        var certificate = SelfSignedCertificate(
            key: try key.map { try PrivateKey(pem: try SmallFile.read($0), name: $0.string) } ?? .newRSA(),
            start: try start.map { try FieldValue.start($0, .certificateStart) },
            expiration: try expiration.map { try FieldValue.end($0, .certificateExpire) })
        certificate.isKeyNew = key == nil
        return .selfSigned(certificate)
    }
}
