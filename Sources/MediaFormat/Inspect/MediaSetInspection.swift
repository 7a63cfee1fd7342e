// SPDX-License-Identifier: GPL-3.0-or-later

/// What several volumes are, each by itself and together.
public struct MediaSetInspection: Sendable, Equatable {
    /// What each volume is, in the order in which they were given.
    public let volumes: [MediaInspection]
    /// The certificates of those that have one, that which expires first being first.
    public let certificates: [DatedCertificate]
    /// Whether they are one set; nothing was compared but their manifests.
    public let membership: MediaSetMembership
}

/// When the certificate of one of several media expires.
public struct DatedCertificate: Sendable, Equatable, Encodable {
    /// The media, as it was named.
    public let media: String
    /// When its certificate ceases to be valid, as YYYY-MM-DDThh:mm:ssZ.
    public let validUntil: String
    /// Whom the certificate names.
    public let subject: String
    /// The SHA-1 of the certificate.
    public let thumbprint: String

    /// The certificates of `media`, soonest first.
    static func list(_ media: [(name: String, inspection: MediaInspection)]) -> [DatedCertificate] {
        let all = media.compactMap { name, inspection in
            inspection.certificate.map {
                DatedCertificate(
                    media: name, validUntil: $0.validUntil, subject: $0.subject, thumbprint: $0.thumbprint)
            }
        }
        // Times in this form have the order of their texts.
        return all.sorted { ($0.validUntil, $0.media) < ($1.validUntil, $1.media) }
    }
}

extension MediaSetInspection: Encodable {
    private enum CodingKeys: String, CodingKey { case volumes, certificates, isComplete }

    /// Encodes the volumes beside what is known of the set.
    public func encode(to encoder: any Encoder) throws {
        try membership.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(volumes, forKey: .volumes)
        try container.encode(certificates, forKey: .certificates)
        try container.encode(membership.isComplete, forKey: .isComplete)
    }
}
