// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers

/// What a WIM's XML data says about one of its images.
///
/// Nothing here is checked against the image itself.
public struct ImageProperties: Sendable, Equatable {
    /// The number of the image, from 1.
    public let index: Int
    /// The name; empty when the image has none.
    public let name: String
    /// The description; empty when the image has none.
    public let description: String
    /// The architecture, or nil when the image does not say: it is then not marked as Windows.
    public let architecture: Architecture?
    /// The Windows version `major.minor.build` and, when recorded, `.revision`; nil when the image does not say.
    public let version: String?
    /// The edition, as `WindowsPE` or `Enterprise`.
    public let edition: String?
    /// The default language, as `en-US`.
    public let defaultLanguage: String?
    /// Bytes of all files before compression, hard links counted once per name; nil when not recorded.
    public let totalByteCount: Int64?
    /// Bytes that hard links save; nil when not recorded.
    public let hardLinkByteCount: Int64?
    /// Files; nil when not recorded.
    public let fileCount: Int?
    /// Folders; nil when not recorded.
    public let folderCount: Int?
}
