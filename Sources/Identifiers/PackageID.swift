// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The identifier of a package, boot image, OS image, driver package or application's content set: `ABC00001`.
///
/// A site makes them of its three-character site code and five hexadecimal digits. Eight ASCII letters and digits are
/// accepted, because a site that has used up the hexadecimal numbers goes on with other letters [I]; anything else
/// is not, so that an ID is always safe as a file name. Folded to upper case.
public struct PackageID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The number of characters: site code and number.
    public static let length = 8

    /// The ID in upper case.
    public let description: String

    /// The ID that `text` spells, in either case, or nil.
    public init?(_ text: String) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(\.isASCIILetterOrDigit) else { return nil }
        description = text.uppercased()
    }

    /// Orders by text.
    public static func < (left: PackageID, right: PackageID) -> Bool { left.description < right.description }

    /// Decodes and checks the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = PackageID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a package ID")
        }
        self = id
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
