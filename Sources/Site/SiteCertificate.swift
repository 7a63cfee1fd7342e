// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A certificate of media that a site knows.
public struct SiteCertificate: Sendable, Equatable, Encodable {
    /// By what the site knows it: of media the media GUID [I].
    public let id: String
    /// Whom it names.
    public let issuedTo: String?
    /// `self-signed` or `issued`; nil for another one.
    public let keyType: String?
    /// Whether somebody approved it.
    public let isApproved: Bool
    /// Whether it is blocked: what media has it cannot reach the site.
    public let isBlocked: Bool
    /// When it begins to be valid, in UTC.
    public let validFrom: String?
    /// When it ceases to be valid, in UTC.
    public let validUntil: String?
    /// Its SHA-1 in upper-case hexadecimal digits; nil where the site does not say it.
    public private(set) var thumbprint: String?

    init(_ entity: SiteEntity) throws(SiteError) {
        id = try entity.text(.smsID, limit: 255)
        issuedTo = try entity.optionalText(.issuedTo)
        keyType = try entity.optionalNumber(.keyType).flatMap { [1: "self-signed", 2: "issued"][$0] }
        isApproved = try entity.flag(.isApproved)
        isBlocked = try entity.flag(.isBlocked)
        validFrom = try entity.optionalTime(.validFrom)
        validUntil = try entity.optionalTime(.validUntil)
    }

    /// A thumbprint as Windows shows it, which some write with spaces or colons.
    static func plain(_ thumbprint: String) -> String {
        thumbprint.filter { $0 != " " && $0 != ":" }.uppercased()
    }

    /// Takes over what only a keyed read says.
    mutating func complete(_ entity: SiteEntity) throws(SiteError) {
        thumbprint = try entity.optionalText(.thumbprint, limit: 128).map(Self.plain)
    }
}

extension AdminService {
    /// What a certificate of boot media is registered as (docs/formats/site.md, SubmitRegistrationRecord); that lists have
    /// the same number is inferred.
    private static let bootMediaType = 1

    /// The certificates of media, by their IDs; each is asked for once more, for its thumbprint.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func certificates() throws -> [SiteCertificate] {
        var ids: Set<String> = []
        try list(.certificate, where: .number(.type, Self.bootMediaType)) { ids.insert(try SiteCertificate($0).id) }
        var found: [SiteCertificate] = []
        // That the SMSID is the key is inferred; several certificates of one come with one answer.
        try objects(.certificate, ids.sorted { ExactText($0) < ExactText($1) }.map { .text($0) }, allowsSeveral: true) {
            _, entity in
            var certificate = try SiteCertificate(entity)
            try certificate.complete(entity)
            found.append(certificate)
        }
        return found.sorted {
            (ExactText($0.id), ExactText($0.thumbprint ?? "")) < (ExactText($1.id), ExactText($1.thumbprint ?? ""))
        }
    }

    /// The certificates of media with `thumbprint`.
    ///
    /// - Throws: ``SiteError``, `.missing` where the site knows none; `InterruptedError`.
    public func certificates(thumbprint: String) throws -> [SiteCertificate] {
        let wanted = SiteCertificate.plain(thumbprint)
        let all = try certificates()
        // One that was registered twice is one.
        var seen: Set<CaseFoldedName> = []
        let found = all.filter { $0.thumbprint == wanted && seen.insert($0.id.caseFolded).inserted }
        guard !found.isEmpty else {
            throw SiteError(
                .missing, .notFound, "certificate \(wanted)", "is none that the site \(location.text) knows of media",
                nextStep: "tsmedia site certificates lists those that the user may see")
        }
        for one in found {
            guard all.contains(where: { $0.id.caseFolded == one.id.caseFolded && $0.thumbprint != wanted }) else {
                continue
            }
            // A site is told which by the ID alone.
            throw SiteError(
                .ambiguous, .usage, "certificate \(wanted)",
                "has the media GUID \(one.id) with others, and a site is told by that alone which one is meant",
                nextStep:
                    "do it in the console, below Administration, Security, Certificates; tsmedia site certificates lists them"
            )
        }
        return found
    }

    /// Blocks `certificate`, or lets it in again.
    ///
    /// - Returns: the certificate as the site has it afterwards.
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func setBlocked(_ isBlocked: Bool, _ certificate: SiteCertificate) throws -> SiteCertificate {
        do {
            try call(.blockCertificate, [.text(certificate.id), .truth(isBlocked)])
        } catch let error as SiteError where error.code == .unreachable {
            // The answer may be lost: what the site has now tells.
            do {
                if let now = try self.certificate(certificate.id), now.isBlocked == isBlocked { return now }
            } catch is SiteError {}
            throw error
        }
        return try self.certificate(certificate.id) ?? certificate
    }

    private func certificate(_ id: String) throws -> SiteCertificate? {
        var found: SiteCertificate?
        try objects(.certificate, [.text(id)], allowsSeveral: true) { _, entity in
            guard found == nil else { return }
            var certificate = try SiteCertificate(entity)
            try certificate.complete(entity)
            found = certificate
        }
        return found
    }
}
