// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A volume that was compared with its manifest.
package struct CheckedVolume {
    package let verification: MediaVerification
    package let manifest: MediaManifest
}

/// What verification found about several media: about each, and what they are to each other.
public struct MediaSetVerification: Sendable {
    /// What was found about each that could be verified, in the order in which they were given.
    public let volumes: [MediaVerification]
    /// What could not, in that order.
    public let failures: [MediaFailure]
    /// What those that could be verified are to each other; nil when none could.
    public let relation: MediaRelation?

    /// True when all are intact, and every set is whole.
    public var isComplete: Bool {
        failures.isEmpty && volumes.allSatisfy(\.isIntact) && relation?.isComplete ?? false
    }

    package init(_ checked: [CheckedVolume], failures: [MediaFailure] = []) {
        volumes = checked.map(\.verification)
        self.failures = failures
        relation = MediaRelation(
            checked.map { (media: $0.verification.media, manifest: $0.manifest, isDrive: $0.verification.isDrive) })
    }
}
