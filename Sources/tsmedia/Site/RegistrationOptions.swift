// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import MediaBuilder
import Site
import Support

/// What the site is told, and what a management point is asked, beside what completes a request.
struct RegistrationOptions: ParsableArguments {
    @Flag(
        help:
            "When the media is whole, send the certificate that was made for it to the site, which must know it. Nothing else is ever written to a site."
    )
    var registerCertificate = false

    /// Puts the options into `request`, which `site` completes.
    func apply(to request: inout MediaRequest, _ site: SiteCompletion?) throws {
        guard registerCertificate else { return }
        guard site != nil else {
            throw ValidationError("--register-certificate sends the certificate to a site; add --site")
        }
        request.registersCertificate = true
    }
}

/// What became of a certificate at the site, for reports.
struct RegistrationReport: Encodable {
    /// How it stands.
    enum Status: String, Encodable {
        case planned, registered, failed
        case alreadyRegistered = "already-registered"
    }

    let site: String
    let thumbprint: String
    let status: Status
    let error: String?

    init(_ record: SiteRegistration, _ site: AdminService, _ status: Status, error: String? = nil) {
        self.site = site.location.text
        thumbprint = record.certificate.thumbprint
        self.status = status
        self.error = error
    }

    /// It in words.
    var line: String {
        switch status {
        case .planned: "would register certificate \(thumbprint) at the site \(site)"
        case .registered: "registered certificate \(thumbprint) at the site \(site)"
        case .alreadyRegistered: "certificate \(thumbprint) was known to the site \(site) before"
        case .failed: "certificate \(thumbprint) was NOT registered at the site \(site)"
        }
    }
}

/// Tells a site of the certificates of media that is whole.
struct CertificateRegistration {
    private let registrar: SiteRegistrar
    private let isDryRun: Bool

    /// Tells `service`, unless `isDryRun`.
    init(_ service: AdminService, isDryRun: Bool) {
        registrar = SiteRegistrar(service)
        self.isDryRun = isDryRun
    }

    private static func warning(_ record: SiteRegistration, _ others: [String]) -> DiagnosticText {
        "the site knows media GUID \(record.mediaGUID) by \(others.count == 1 ? "another certificate" : "other certificates") too"
            + " (\(others.joined(separator: ", "))), and tsmedia site block does not tell them apart: let media have GUIDs of its own"
    }

    /// What came of it.
    struct Outcome {
        let report: RegistrationReport
        var failure: RegistrationFailure?
    }

    /// Tells the site of `record`, which is on `media`.
    ///
    /// - Throws: `InterruptedError`.
    func register(_ record: SiteRegistration, on media: String) throws -> Outcome {
        let service = registrar.service
        guard !isDryRun else { return Outcome(report: RegistrationReport(record, service, .planned)) }
        do {
            let outcome = try Interruption.explaining(
                "the media is whole, and nobody knows whether the site knows its certificate: tsmedia site register tells it"
            ) { try registrar.register(record) }
            let report: RegistrationReport
            switch outcome {
            case .alreadyRegistered: report = RegistrationReport(record, service, .alreadyRegistered)
            case .registered(let others):
                report = RegistrationReport(record, service, .registered)
                if !others.isEmpty { Console.shared.warning(Self.warning(record, others)) }
            }
            Console.shared.log(report.line)
            return Outcome(report: report)
        } catch let error as InterruptedError {
            throw error
        } catch {
            let failure = RegistrationFailure(
                thumbprint: record.certificate.thumbprint, site: service.location.text, media: media, cause: error)
            return Outcome(
                report: RegistrationReport(record, service, .failed, error: ExitStatus.message(of: failure)),
                failure: failure)
        }
    }
}

/// The site was not told of the certificate of media that is whole.
struct RegistrationFailure: DiagnosticError {
    let thumbprint: String
    let site: String
    let media: String
    let cause: any Error

    var failureClass: FailureClass { (cause as? any DiagnosticError)?.failureClass ?? .unreachable }
    var object: DiagnosticText { "certificate \(thumbprint)" }
    var problem: DiagnosticText { "was not registered, and the media is whole: \(cause)" }
    var nextStep: DiagnosticText? {
        "then tsmedia site register \(media.quotedForShell) \(.site, site), with the options by which the site was asked"
    }
}
