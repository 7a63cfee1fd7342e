// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// A certificate of media that a site shall know; nothing of its private key.
public struct SiteRegistration: Sendable, Equatable {
    /// What computers that start the media may do about users (UdaSetting, docs/formats/site.md section 1).
    public enum UserDeviceAffinity: Int, Sendable {
        /// Nothing.
        case disabled = 0
        /// Ask an administrator.
        case pending = 1
        /// All that they ask for.
        case automatic = 2
    }

    /// The media GUID, in braces: the SMSID of the record [I].
    public let mediaGUID: String
    /// The certificate.
    public let certificate: Certificate
    /// What computers may do about users.
    public let userDeviceAffinity: UserDeviceAffinity

    /// A record of `certificate` for media with `mediaGUID`.
    public init(mediaGUID: String, certificate: Certificate, userDeviceAffinity: UserDeviceAffinity = .disabled) {
        self.mediaGUID = mediaGUID
        self.certificate = certificate
        self.userDeviceAffinity = userDeviceAffinity
    }
}

/// Makes certificates of media known to a site, each of them once.
///
/// What is known already is asked for before the first and not again. Used by one thread.
public final class SiteRegistrar {
    /// What came of it.
    public enum Outcome: Sendable, Equatable {
        /// The site knows it now.
        ///
        /// - Parameter others: thumbprints of further certificates under the same media GUID, which the site lets in; sorted.
        case registered(others: [String])
        /// The site knew it before; nothing was sent.
        case alreadyRegistered
    }

    /// The site.
    public let service: AdminService
    /// Certificates that the site knows, by their thumbprints.
    private var known: [String: Known]?

    /// What is asked of a certificate that the site knows.
    private struct Known {
        var isBlocked: Bool
        /// By what the site knows it.
        let id: CaseFoldedName
    }

    /// A certificate of boot media (docs/formats/site.md, SubmitRegistrationRecord).
    private static let bootMediaType = 1

    /// Nothing is asked yet.
    public init(_ service: AdminService) { self.service = service }

    /// Registers the certificate of `record`, unless the site knows it.
    ///
    /// The private key is not handed over, nor what has no meaning that is known: IssuedCert and ServerName stay what they
    /// are where nobody says them.
    ///
    /// - Throws: ``SiteError``; `.blocked` for a certificate that is registered and blocked; `InterruptedError`.
    public func register(_ record: SiteRegistration) throws -> Outcome {
        let thumbprint = record.certificate.thumbprint
        if let isBlocked = try isBlocked(thumbprint) {
            guard !isBlocked else {
                throw SiteError(
                    .blocked, .refused, "certificate \(thumbprint)",
                    "is known to the site \(service.location.text), and blocked there",
                    nextStep: "make the media with a new key, or let it in again with tsmedia site unblock")
            }
            return .alreadyRegistered
        }
        do {
            try service.call(
                .submitRegistrationRecord,
                [
                    .text(record.mediaGUID), .text(record.certificate.der.hexadecimal(.upper)),
                    .number(Self.bootMediaType), .number(record.userDeviceAffinity.rawValue),
                ])
        } catch let error as SiteError where error.code == .unreachable {
            // The answer may be lost, and not the record: sent again it would be there twice.
            known = nil
            guard try isThere(thumbprint) else { throw error }
        }
        let id = record.mediaGUID.caseFolded
        let others = known?.filter { $0.key != thumbprint && $0.value.id == id && !$0.value.isBlocked }.keys.sorted()
        known?[thumbprint] = Known(isBlocked: false, id: id)
        return .registered(others: others ?? [])
    }

    /// Whether the site knows the certificate and lets it in, as far as it says.
    private func isThere(_ thumbprint: String) throws(InterruptedError) -> Bool {
        do {
            return try isBlocked(thumbprint) == false
        } catch let error as InterruptedError {
            throw error
        } catch {
            return false
        }
    }

    /// Whether the certificate is blocked; nil where the site does not know it.
    private func isBlocked(_ thumbprint: String) throws -> Bool? {
        if known == nil {
            var found: [String: Known] = [:]
            for certificate in try service.certificates() {
                guard let thumbprint = certificate.thumbprint else { continue }
                let isBlocked = found[thumbprint]?.isBlocked == true || certificate.isBlocked
                found[thumbprint] = Known(isBlocked: isBlocked, id: certificate.id.caseFolded)
            }
            known = found
        }
        return known?[thumbprint]?.isBlocked
    }
}
