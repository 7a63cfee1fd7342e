// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What a new archive of one image says about itself.
public struct WindowsImageDescription: Sendable, Equatable {
    /// An element of the image's XML.
    public struct Property: Sendable, Equatable {
        /// Its path, as "WINDOWS/VERSION/MAJOR".
        public let path: String
        /// Its text.
        public let value: String

        /// An element.
        public init(_ path: String, _ value: String) {
            self.path = path
            self.value = value
        }
    }

    /// The name of the image.
    public let name: String
    /// Further elements of the image's XML; those of one parent follow each other.
    public let properties: [Property]
    /// How it is compressed.
    public let compression: WindowsImageCompression
    /// Whether it gets an integrity table.
    public let hasIntegrityTable: Bool
    /// The 16 bytes that identify the archive.
    public let guid: [UInt8]
    /// The time of the image and of its folders.
    public let created: Timestamp

    /// A description.
    public init(
        name: String, properties: [Property], compression: WindowsImageCompression, hasIntegrityTable: Bool,
        guid: [UInt8], created: Timestamp
    ) {
        precondition(guid.count == 16, "a GUID has 16 bytes")
        self.name = name
        self.properties = properties
        self.compression = compression
        self.hasIntegrityTable = hasIntegrityTable
        self.guid = guid
        self.created = created
    }
}
