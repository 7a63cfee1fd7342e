// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Support
import SystemPackage

/// The certificate by which the media proves who it is.
struct CertificateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Certificate of the media with its private key, for management points over https.", valueName: "file.pfx"),
        completion: .file(extensions: ["pfx", "p12"]))
    var certificate: String?

    @Option(
        help: ArgumentHelp(
            "File whose first line opens that certificate; - reads standard input, env:NAME the environment.",
            valueName: "file|-|env:name"),
        completion: .file())
    var certificatePasswordFile: String?

    @Flag(
        help:
            "Make a certificate for the media instead, for management points over http: RSA 2048, SHA-256, a year long."
    )
    var selfSignedCertificate = false

    @Option(
        help: ArgumentHelp(
            "When a self-signed certificate begins to be valid: a day or a time (UTC; default: today).",
            valueName: "date"))
    var certificateStart: String?

    @Option(
        help: ArgumentHelp(
            "When it ceases to be valid: a day (to its end, UTC) or a time (default: a year later).", valueName: "date")
    )
    var certificateExpire: String?

    @Option(
        help: ArgumentHelp(
            "Private key of a self-signed certificate, in PEM (default: a new one each time).", valueName: "file.pem"),
        completion: .file(extensions: ["pem", "key"]))
    var certificateKey: String?

    /// Puts the options into `request`, whose password comes from `passwordFile`.
    ///
    /// - Parameter beforeAsking: what must hold before somebody is asked for the password of the certificate.
    func apply(
        to request: inout MediaRequest, passwordFile: String?, beforeAsking: (MediaRequest) throws -> Void
    ) throws {
        if certificatePasswordFile == "-", passwordFile == "-" {
            throw MediaBuilderError(
                .badRequest, "\(.certificatePassword)",
                "and \(.password) both read standard input, which has one first line",
                nextStep: "name a file for one of them")
        }
        var asked = CertificateRequest()
        asked.file = certificate.map { FilePath($0) }
        asked.isSelfSigned = selfSignedCertificate
        (asked.start, asked.expiration) = (certificateStart, certificateExpire)
        asked.key = certificateKey.map { FilePath($0) }
        // Files of secrets are sources even when they cannot be used: nothing may be written over them.
        request.otherSources += asked.sources
        let password = try certificatePasswordFile.map { [request] in
            try PasswordFile.firstLine($0, .certificatePassword) { try beforeAsking(request) }
        }
        request.certificate = try asked.certificate(password: password)
    }

    /// The fields that are given.
    var givenFields: [(field: RequestField, isGiven: Bool)] {
        [
            (.certificate, certificate != nil), (.certificatePassword, certificatePasswordFile != nil),
            (.selfSignedCertificate, selfSignedCertificate), (.certificateStart, certificateStart != nil),
            (.certificateExpire, certificateExpire != nil), (.certificateKey, certificateKey != nil),
        ]
    }
}
