// SPDX-License-Identifier: GPL-3.0-or-later

/// A volume that was compared with its manifest.
package struct CheckedVolume {
    package let verification: MediaVerification
    package let manifest: MediaManifest
}

/// What verification found about several volumes: about each, and whether together they are one whole set.
public struct MediaSetVerification: Sendable, Equatable {
    /// What was found about each volume, in the order in which they were given.
    public let volumes: [MediaVerification]
    /// Whether they are one set.
    public let membership: MediaSetMembership

    /// True when every volume is there and intact, and no other.
    public var isComplete: Bool { membership.isComplete && volumes.allSatisfy(\.isIntact) }

    package init(_ checked: [CheckedVolume]) {
        volumes = checked.map(\.verification)
        membership = MediaSetMembership(checked.map { (media: $0.verification.media, manifest: $0.manifest) })
    }
}

extension MediaSetVerification: Encodable {
    private enum CodingKeys: String, CodingKey { case volumes, isComplete }

    /// Encodes the volumes beside what is known of the set.
    public func encode(to encoder: any Encoder) throws {
        try membership.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(volumes, forKey: .volumes)
        try container.encode(isComplete, forKey: .isComplete)
    }
}
