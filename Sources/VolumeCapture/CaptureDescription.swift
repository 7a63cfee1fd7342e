// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

/// What whoever captures says of the image.
public struct CaptureDescription: Sendable, Equatable {
    /// Who made it.
    public var createdBy = ""
    /// Its version.
    public var version = ""
    /// What it is.
    public var description = ""

    /// As many characters as the console takes (docs/formats/task-sequence.md section 4).
    public static let (createdByLimit, versionLimit, descriptionLimit) = (255, 32, 255)

    /// Nothing is said.
    public init() {}

    /// What is said.
    public init(createdBy: String, version: String, description: String) {
        self.createdBy = createdBy
        self.version = version
        self.description = description
    }

    /// What the XML of each image says of it; the elements below TSMEDIA are ours.
    var properties: [WindowsImageDescription.Property] {
        let said = [("DESCRIPTION", description), ("TSMEDIA/CREATEDBY", createdBy), ("TSMEDIA/VERSION", version)]
        return said.filter { !$0.1.isEmpty }.map { .init($0.0, Self.clean($0.1)) }
    }

    /// `text` without what XML 1.0 has no characters for.
    private static func clean(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.isControl }))
    }
}
