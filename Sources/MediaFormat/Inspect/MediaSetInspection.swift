// SPDX-License-Identifier: GPL-3.0-or-later

/// What several volumes are, each by itself and together.
public struct MediaSetInspection: Sendable, Equatable {
    /// What each volume is, in the order in which they were given.
    public let volumes: [MediaInspection]
    /// Whether they are one set; nothing was compared but their manifests.
    public let membership: MediaSetMembership
}

extension MediaSetInspection: Encodable {
    private enum CodingKeys: String, CodingKey { case volumes, isComplete }

    /// Encodes the volumes beside what is known of the set.
    public func encode(to encoder: any Encoder) throws {
        try membership.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(volumes, forKey: .volumes)
        try container.encode(membership.isComplete, forKey: .isComplete)
    }
}
