// SPDX-License-Identifier: GPL-3.0-or-later

/// What several media are, each by itself and together.
public struct MediaSetInspection: Sendable {
    /// The media that could be inspected, as they were named and in that order.
    public let media: [String]
    /// What each of them is.
    public let volumes: [MediaInspection]
    /// What could not be inspected at all.
    public let failures: [MediaFailure]
    /// The certificates of those that have one, that which expires first being first.
    public let certificates: [DatedCertificate]
    /// What those with a manifest are to each other, by nothing but their manifests; nil when none has one.
    public let relation: MediaRelation?
}

/// When the certificate of one of several media expires.
public struct DatedCertificate: Sendable, Equatable, Encodable {
    /// The media, as it was named.
    public let media: String
    /// When its certificate ceases to be valid, as YYYY-MM-DDThh:mm:ssZ; nil when only the password tells whether there
    /// is one.
    public let validUntil: String?
    /// Whom the certificate names.
    public let subject: String?
    /// The SHA-1 of the certificate.
    public let thumbprint: String?

    /// The certificates of `media`, soonest first, then media that only their password opens; none when nothing is known
    /// of any.
    static func list(_ media: [(name: String, inspection: MediaInspection)]) -> [DatedCertificate] {
        let known = media.compactMap { name, inspection in
            inspection.certificate.map { (validUntil: $0.validUntil, media: name, certificate: $0) }
        }
        guard !known.isEmpty else { return [] }
        let closed = media.filter { $0.inspection.isClosed && $0.inspection.volume == 1 }
        // Times in this form have the order of their texts.
        return known.sorted { ($0.validUntil, $0.media) < ($1.validUntil, $1.media) }.map {
            DatedCertificate(
                media: $0.media, validUntil: $0.validUntil, subject: $0.certificate.subject,
                thumbprint: $0.certificate.thumbprint)
        } + closed.map { DatedCertificate(media: $0.name, validUntil: nil, subject: nil, thumbprint: nil) }
    }
}
