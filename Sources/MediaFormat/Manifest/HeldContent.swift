// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Identifiers
import Support

/// How a content of media stands to what distribution points have.
public enum ContentStatus: String, Sendable, Encodable {
    /// The media holds what the distribution points have: nothing is downloaded.
    case current
    /// The distribution points have something else: the client downloads it.
    case outdated
    /// No distribution point has it.
    case missing
    /// The task sequence needs it and the media does not hold it: the client downloads it.
    case absent
}

/// What became of a comparison of one content.
package struct ContentStanding: Sendable, Equatable {
    /// How it stands.
    package let status: ContentStatus
    /// The content that the distribution point has of it now; nil when it has none.
    package let available: ContentID?
    /// What differs, in words; nil when nothing does.
    package let reason: String?
}

/// A package that a distribution point has.
package struct OfferedPackage {
    /// The package.
    package let package: LibraryPackage
    /// The distribution point, for messages.
    package let location: String
    /// The content hash that it states of a content of the package; nil when it states none.
    package let contentHash: (ContentID) throws -> String?
    /// Lists a content of the package.
    package let content: (ContentID) throws -> Content

    /// Says what there is at `location`.
    package init(
        _ package: LibraryPackage, at location: String, contentHash: @escaping (ContentID) throws -> String?,
        content: @escaping (ContentID) throws -> Content
    ) {
        self.package = package
        self.location = location
        self.contentHash = contentHash
        self.content = content
    }

    /// The content called `id` of it, in the version that counts; nil when it has none.
    package func contentID(_ id: String) -> ContentID? {
        package.contentIDs.first { $0.base.uppercased() == id.uppercased() }
    }
}

/// A content as the manifest of media tells it: what decides whether it is the one that a distribution point has.
///
/// The one rule for both who asks ahead of time and who asks on the target.
package struct HeldContent: Sendable {
    /// The content, or the package, as the manifest names it.
    package let id: String
    /// The package that it belongs to; nil for an ID that is none.
    package let packageID: PackageID?
    /// The version that the media holds.
    package let version: Int
    private let contentHash: String?
    /// Its files on this volume, by path in the content without case.
    private let files: [CaseFoldedName: SHA256Digest]
    /// True when these are all of its files, as they are at their source.
    private let isWhole: Bool
    /// The SHA-256 of a file that is one of its files; nil when none is known.
    private let fileSHA256: SHA256Digest?

    /// The operating system image whose files lie at the root.
    package init(_ image: MediaManifest.OperatingSystemImage) {
        (id, packageID, version) = (image.id, PackageID(image.id), image.version)
        contentHash = image.contentHash
        (files, isWhole) = ([:], false)
        fileSHA256 = image.packageSha256
    }

    /// The boot image; nil for one that came from no package.
    package init?(_ image: MediaManifest.BootImage) {
        guard let version = image.version else { return nil }
        (id, packageID, contentHash) = (image.id, PackageID(image.id), nil)
        self.version = version
        (files, isWhole, fileSHA256) = ([:], false, nil)
    }

    /// A content that `manifest` lists.
    package init(_ content: MediaManifest.Content, _ manifest: MediaManifest) {
        id = content.id
        packageID = PackageID(content.packageId ?? content.id)
        version = content.version
        contentHash = content.contentHash
        var files: [CaseFoldedName: SHA256Digest] = [:]
        // The hash says more, and most contents have one.
        if contentHash == nil {
            for file in manifest.files {
                if let own = file.path.relative(to: content.folder) { files[own.caseFolded] = file.sha256 }
            }
        }
        self.files = files
        isWhole = contentHash == nil && files.count == content.fileCount
        fileSHA256 = nil
    }

    /// How it stands to what a distribution point has of its package; nil when none has that.
    ///
    /// - Throws: what lists the content.
    package func standing(to offer: OfferedPackage?) throws -> ContentStanding {
        func standing(_ status: ContentStatus, _ id: ContentID?, _ reason: String?) -> ContentStanding {
            ContentStanding(status: status, available: id, reason: reason)
        }
        guard let packageID, let offer else { return standing(.missing, nil, "no distribution point has it") }
        let location = offer.location
        guard let id = offer.contentID(self.id) else {
            return standing(.missing, nil, "package \(packageID) on \(location) does not have it")
        }
        guard id.version == version else { return standing(.outdated, id, "\(location) has version \(id.version)") }
        // Asking for a hash is quick, and tells whether the content is there at all; a list may be long.
        let theirHash = try offer.contentHash(id)
        if let contentHash, let theirHash, contentHash.uppercased() != theirHash.uppercased() {
            return standing(.outdated, id, "\(location) has other files under the same version")
        }
        guard fileSHA256 != nil || isWhole else { return standing(.current, id, nil) }
        let found = try offer.content(id)
        if let fileSHA256, !found.files.contains(where: { $0.sha256 == fileSHA256 }) {
            return standing(.outdated, id, "\(location) has another image under the same version")
        }
        guard isWhole else { return standing(.current, id, nil) }
        let theirs = Dictionary(found.files.map { ($0.path.caseFolded, $0.sha256) }) { first, _ in first }
        return theirs == files
            ? standing(.current, id, nil)
            : standing(.outdated, id, "\(location) has other files under the same version")
    }
}
