// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The identifier of one version of one content (content-library.md section 1).
///
/// `ABC00001.2` for packages, boot and OS images and driver packages, `Content_<guid>.1` for applications, `<guid>.1`
/// for software updates. Compares without case, as the library's file system does, and keeps its spelling.
public struct ContentID: Sendable, Codable, CustomStringConvertible {
    /// Far above `Content_` and a GUID in braces; keeps a hostile name from filling a message.
    private static let maximumBaseLength = 64

    /// Everything before the last dot.
    public let base: String
    /// The version after the last dot.
    public let version: Int

    /// The content `version` of `base`, or nil when the two cannot be a file name of the library.
    public init?(base: String, version: Int) {
        guard (1...Self.maximumBaseLength).contains(base.utf8.count), (0...Int(Int32.max)).contains(version),
            base.utf8.allSatisfy({ $0.isASCIILetterOrDigit || "_-{}".utf8.contains($0) })
        else { return nil }
        self.base = PackageID(base)?.description ?? base
        self.version = version
    }

    /// The content that `text` names, or nil.
    public init?(_ text: String) {
        guard let dot = text.lastIndex(of: ".") else { return nil }
        let digits = text[text.index(after: dot)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let version = Int(digits)
        else { return nil }
        self.init(base: String(text[..<dot]), version: version)
    }

    /// Content `version` of a package.
    public init(package: PackageID, version: Int) {
        base = package.description
        self.version = max(0, min(version, Int(Int32.max)))
    }

    /// The package whose only content this is, or nil for contents of applications and software updates.
    public var packageID: PackageID? { PackageID(base) }

    /// Base, dot, version.
    public var description: String { "\(base).\(version)" }

    /// What errors call it: a package by its ID, with the content when that says more.
    public var noun: String { packageID.map { "package \($0) (content \(self))" } ?? "content \(self)" }

    /// True when `other` is a version of the same content.
    public func hasSameBase(as other: ContentID) -> Bool { base.uppercased() == other.base.uppercased() }

    /// Decodes and checks the text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = ContentID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a content ID")
        }
        self = id
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ContentID: Hashable, Comparable {
    /// Equal without case.
    public static func == (left: ContentID, right: ContentID) -> Bool {
        left.version == right.version && left.hasSameBase(as: right)
    }

    /// Hashes without case.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(base.uppercased())
        hasher.combine(version)
    }

    /// Orders by base without case, then by version as a number.
    public static func < (left: ContentID, right: ContentID) -> Bool {
        (left.base.uppercased(), left.version) < (right.base.uppercased(), right.version)
    }
}
