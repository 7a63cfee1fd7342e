// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The certificate by which media proves who it is: `_SMSTSMediaPFX` (media.md section 1).
extension MediaVariableList {
    /// The media GUID.
    package static let guidName = "_SMSMediaGuid"
    /// The certificate with its key, as a PFX in hexadecimal digits.
    package static let certificateName = "_SMSTSMediaPFX"
    /// The certificates one behind another (media.md section 1).
    public static let rootsName = "_SMSTSRootCACerts"
    /// How many characters of the media GUID, as its variable spells it, are the password of the PFX [R].
    private static let passwordLength = 31

    /// Sets the certificate; the media GUID must have been set, because the password is made of it.
    ///
    /// - Throws: ``MediaVariablesError``.
    public mutating func setCertificate(_ identity: CertificateIdentity) throws(MediaVariablesError) {
        guard let guid = self[Self.guidName] else { preconditionFailure("the media GUID is set first") }
        let sealed = PFXFile.seal(identity, password: Self.certificatePassword(guid: guid), seed: Array(guid.utf8))
        try set(Self.certificateName, to: sealed.hexadecimal(.upper))
    }

    /// The certificate with its private key; nil when there is none.
    ///
    /// - Throws: `CryptographyError` for one that is not as it must be.
    public func certificate() throws(CryptographyError) -> CertificateIdentity? {
        guard let text = self[Self.certificateName], !text.isEmpty else { return nil }
        let bytes = [UInt8](hexadecimal: text) ?? []
        let guid = self[Self.guidName] ?? ""
        do throws(CryptographyError) {
            return try PFXFile.open(bytes, password: Self.certificatePassword(guid: guid), name: Self.certificateName)
        } catch  where error.code == .wrongPassword {
            // Whether braces count is known of GUIDs alone that have none.
            return try PFXFile.open(
                bytes, password: Self.certificatePassword(guid: Self.bareGUID(guid)), name: Self.certificateName)
        }
    }

    /// The media GUID `guid` without its braces, as media with a certificate spells it: then the password of the
    /// certificate is the same whether or not a client takes them off.
    public static func bareGUID(_ guid: String) -> String { String(guid.filter { $0 != "{" && $0 != "}" }) }

    /// The root certificate authorities by which the media knows its site, and whether all of the value was read.
    public var rootCertificates: (certificates: [Certificate], isReadable: Bool) {
        guard let text = self[Self.rootsName], !text.isEmpty else { return ([], true) }
        guard let bytes = [UInt8](hexadecimal: text), let found = Certificate.read(joined: bytes) else {
            return ([], false)
        }
        return (found, true)
    }

    /// The password of the PFX of media with this media GUID, as its variable spells it.
    package static func certificatePassword(guid: String) -> String { String(guid.prefix(passwordLength)) }
}
