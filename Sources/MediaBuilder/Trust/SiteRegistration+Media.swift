// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import Site
import Support
import SystemPackage

extension SiteRegistration {
    /// What a site is told of the certificate of the media at `path`.
    ///
    /// - Parameter password: the media's; nil where it has none.
    /// - Throws: ``MediaBuilderError`` for media without a certificate that has to be registered; errors of reading.
    public init(of path: FilePath, password: MediaPassword?) throws {
        switch try MediaInspector(password: password).certificate(of: path) {
        case .sealed:
            throw MediaBuilderError(
                .badRequest, "\(path)", "says its certificate only to who has its password",
                nextStep: "add \(.password)")
        case .none:
            throw MediaBuilderError(
                .missing, "\(path)", "has no certificate that a site could be told of",
                nextStep: "make it with \(.selfSignedCertificate)")
        case .certificate(let certificate, let variables):
            guard certificate.isSelfSigned else {
                throw MediaBuilderError(
                    .badRequest, "\(path)",
                    "has a certificate that '\(certificate.issuer)' issued: whoever trusts that needs no registration",
                    nextStep: "leave it out")
            }
            let affinity = variables[Management.affinityVariable].flatMap { value in
                MediaBuilder.UserDeviceAffinity.allCases.first { $0.variableValue.caseFolded == value.caseFolded }
            }
            self.init(
                mediaGUID: MediaGUID.normalize(variables["_SMSMediaGuid"] ?? ""), certificate: certificate,
                userDeviceAffinity: affinity?.registered ?? .disabled)
        }
    }
}
