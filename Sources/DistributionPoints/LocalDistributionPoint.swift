// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Support
import SystemPackage

/// A content library on a local or mounted path.
public struct LocalDistributionPoint: DistributionPoint {
    /// The path as the user named it.
    public let location: String
    /// The library.
    public let library: ContentLibrary
    private let store: ContentStore

    /// The library on `drives`, the one with the metadata first; `store` knows which files were verified before.
    public init(drives: [FilePath], location: String, store: ContentStore) throws(ContentLibraryError) {
        self.location = location
        self.store = store
        library = try ContentLibrary(drives: drives)
    }

    /// What the library says of `id`, or nil when it does not list the package.
    public func package(_ id: PackageID) throws(ContentLibraryError) -> LibraryPackage? {
        do {
            return try library.package(id)
        } catch {
            if error.code == .packageMissing { return nil }
            throw error
        }
    }

    /// The files and folders of a content.
    public func content(_ id: ContentID) throws(ContentLibraryError) -> Content { try library.content(id) }

    /// The file of the library's own FileLib.
    public func fetch(_ file: ContentFile, of content: ContentID) throws -> FetchedFile {
        let path = try library.locate(file, of: content)
        let identity = try FileIdentity(of: path)
        return FetchedFile(
            path: path, sha256: file.sha256, byteCount: file.byteCount,
            isVerified: identity.byteCount == file.byteCount && store.isVerified(identity, file.sha256),
            identity: identity)
    }
}
