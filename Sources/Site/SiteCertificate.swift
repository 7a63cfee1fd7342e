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

    /// Takes over what only a keyed read says.
    mutating func complete(_ entity: SiteEntity) throws(SiteError) {
        thumbprint = try entity.optionalText(.thumbprint, limit: 128)?.uppercased()
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
        var found: [SiteCertificate] = []
        try list(.certificate, where: .number(.type, Self.bootMediaType)) { found.append(try SiteCertificate($0)) }
        // That the SMSID is the key is inferred.
        try objects(.certificate, found.map { .text($0.id) }) { number, entity in try found[number].complete(entity) }
        return found.sorted { ExactText($0.id) < ExactText($1.id) }
    }
}
