// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

extension MediaCertificate {
    /// Keys with fewer bits can be broken; Windows takes none either.
    static let smallestBitCount = 2048

    /// Refuses a certificate that no management point accepts, or that does not go with those of the media.
    ///
    /// - Parameters:
    ///   - points: the URLs of the management points that the media asks.
    ///   - now: the time by the clock.
    /// - Throws: ``MediaBuilderError``: `.badRequest` for management points that it does not go with, `.badContent` for the
    ///   certificate itself.
    func check(points: [String], now: Timestamp) throws(MediaBuilderError) {
        let urls = points.compactMap { text in ManagementPointURL(text).map { (text: text, isSecure: $0.isSecure) } }
        // docs/formats/media.md section 3.
        switch self {
        case .selfSigned(let certificate):
            try certificate.key.strength.check("the private key")
            guard let other = urls.first(where: \.isSecure) else { return }
            throw MediaRequest.bad(
                .selfSignedCertificate,
                "goes with management points over http, and \(other.text) takes only certificates that it can trust",
                "give \(.certificate), with a certificate of the public key infrastructure")
        case .imported(let identity):
            try identity.certificate.check(now: now)
            guard let other = urls.first(where: { !$0.isSecure }) else { return }
            throw MediaRequest.bad(
                .certificate, "goes with management points over https, and \(other.text) is one over http",
                "give its URL with https, or use \(.selfSignedCertificate)")
        }
    }
}

extension KeyStrength {
    /// Refuses what is too weak, or nothing that Windows PE uses for media.
    fileprivate func check(_ object: DiagnosticText) throws(MediaBuilderError) {
        guard isRSA else {
            throw MediaBuilderError(
                .badContent, object, "is one of \(algorithm), and media takes RSA",
                nextStep: "use a key of RSA with 2048 bits")
        }
        guard bitCount >= MediaCertificate.smallestBitCount else {
            throw MediaBuilderError(
                .badContent, object, "is weak: it has \(bitCount) bits", nextStep: "use a key of RSA with 2048 bits")
        }
    }
}

extension Certificate {
    /// What messages call it.
    var title: String { "certificate '\(subject)'" }

    /// Signatures with these can be forged.
    private static let brokenHashes: Set<String> = ["MD2", "MD4", "MD5"]

    /// Refuses a certificate of media that no management point accepts.
    fileprivate func check(now: Timestamp) throws(MediaBuilderError) {
        try checkDates(now: now)
        guard isForClientAuthentication else {
            let named = extendedKeyUsages?.joined(separator: ", ") ?? "nothing in particular"
            let problem: DiagnosticText =
                (extendedKeyUsages ?? []).contains { $0.contains("Client Authentication") }
                ? "is not for client authentication: its key usage allows no signatures"
                : "is not for client authentication: it is for \(named)"
            throw MediaBuilderError(
                .badContent, DiagnosticText(title), problem,
                nextStep: "take one of the template Workstation Authentication, or of another for that purpose")
        }
        try strength.check("the key of \(title)")
        if let hash = signatureHash, Self.brokenHashes.contains(hash) {
            throw MediaBuilderError(
                .badContent, DiagnosticText(title), "is weak: it is signed with \(hash)",
                nextStep: "have it issued again, with SHA256")
        }
    }

    /// Refuses a certificate that is not valid today.
    func checkDates(now: Timestamp) throws(MediaBuilderError) {
        guard validUntil >= now else {
            throw MediaBuilderError(
                .badContent, DiagnosticText(title), "expired on \(CivilTime(validUntil).dayText)",
                nextStep: "give the one that took its place")
        }
        guard validFrom <= now else {
            throw MediaBuilderError(
                .badContent, DiagnosticText(title), "is not valid before \(CivilTime(validFrom).dayText)",
                nextStep: "give one that is valid, or set the clock of this machine")
        }
    }

    /// The most bits of a key that Configuration Manager's documentation has for certificates of boot images.
    private static let largestDocumentedBitCount = 2048

    /// What may keep a certificate of media from being accepted.
    func warnings(now: Timestamp) -> [DiagnosticText] {
        var warnings: [DiagnosticText] = []
        if let text = expiryText(now: now) { warnings.append(DiagnosticText(text)) }
        if strength.bitCount > Self.largestDocumentedBitCount {
            warnings.append(
                "\(title) has a key of \(strength.bitCount) bits, and Configuration Manager is documented to take 2048 at"
                    + " most")
        }
        if signatureHash == "SHA1" { warnings.append("\(title) is signed with SHA1, which many no longer trust") }
        return warnings
    }
}
