// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat

/// How the contents of media stand to what distribution points have.
public struct ContentComparison: Sendable, Equatable, Encodable {
    /// How one content stands.
    public typealias Status = ContentStatus

    /// A content.
    public struct Entry: Sendable, Equatable, Encodable {
        /// The package, or the content of an application.
        public let id: String
        /// The version on the media; nil when it does not tell, or when the media does not hold it.
        public let version: Int?
        /// How it stands.
        public let status: Status
        /// The version that the distribution points have.
        public let availableVersion: Int?
        /// What differs, in words; nil when nothing does.
        public let reason: String?
    }

    /// The media GUID; nil when the media has no manifest.
    public let mediaGuid: String?
    /// The boot image, where it came from a package, then the contents in the order of the media.
    public let contents: [Entry]
}
