// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import DistributionPoints
import Identifiers
import Synchronization

/// The lists of contents that a run has read, so that many media that hold the same contents cost one reading.
final class ContentMemory: Sendable {
    private struct Key: Hashable {
        let package: PackageID
        let content: ContentID
        let version: Int?
    }

    private let known = Mutex<[Key: FoundContent]>([:])

    /// The content `id` of `found`: as before, or read now.
    func content(
        _ id: ContentID, of found: DistributionPointGroup.FoundPackage
    ) throws -> FoundContent {
        let key = Key(package: found.package.id, content: id, version: found.package.version)
        if let known = known.withLock({ $0[key] }) { return known }
        let content = try found.content(id, keepsRefused: true)
        known.withLock { $0[key] = content }
        return content
    }
}
