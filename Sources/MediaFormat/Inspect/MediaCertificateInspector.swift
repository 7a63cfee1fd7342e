// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaVariables
import Support

/// Tells by which certificate media proves who it is.
struct MediaCertificateInspector {
    /// The certificate; nil when there is none, or none that can be read.
    let certificate: MediaInspection.Certificate?
    /// The root certificate authorities of the site; nil when the variables cannot be opened.
    let roots: [MediaInspection.RootCertificate]?
    /// What the user should know about them.
    let warnings: [String]

    /// Looks into `variables`; nil when they cannot be opened.
    init(_ variables: MediaVariableList?, now: Timestamp) {
        let found = variables.map(\.rootCertificates)
        roots = found.map { $0.certificates.map { .init($0) } }
        var warnings = found?.certificates.compactMap { $0.expiryText(now: now) } ?? []
        if found?.isReadable == false {
            warnings.append("the root certificate authorities of this media cannot be read")
        }
        do throws(CryptographyError) {
            guard let found = try variables?.certificate()?.certificate else {
                (certificate, self.warnings) = (nil, warnings)
                return
            }
            certificate = MediaInspection.Certificate(found)
            warnings += [found.expiryText(now: now)].compactMap { $0 }
            if found.validFrom > now {
                warnings.append(
                    "certificate '\(found.subject)' is not valid before \(CivilTime(found.validFrom).dayText)")
            }
            self.warnings = warnings
        } catch {
            // Genuine media may have a form that we do not know; the rest of the report is still worth having.
            certificate = nil
            self.warnings =
                warnings + ["the certificate of this media cannot be read: it \(error.problem.description)"]
        }
    }
}

extension MediaInspection.Certificate {
    /// What is told of `certificate`.
    public init(_ certificate: Cryptography.Certificate) {
        self.init(
            subject: certificate.subject, issuer: certificate.issuer, validFrom: CivilTime(certificate.validFrom).text,
            validUntil: CivilTime(certificate.validUntil).text, thumbprint: certificate.thumbprint,
            keyAlgorithm: certificate.strength.algorithm, keyBits: certificate.strength.bitCount,
            signatureAlgorithm: certificate.signatureAlgorithm, isSelfSigned: certificate.isSelfSigned)
    }
}
