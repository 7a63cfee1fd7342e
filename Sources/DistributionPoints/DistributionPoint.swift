// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary

/// Something that holds packages: a content library on a path, and later on a server.
///
/// Whoever uses one does not know where the bytes come from. ``fetch(_:of:)`` gives a local file that holds them: the
/// library's own where it is local, one in the ``ContentStore`` where it had to be downloaded.
public protocol DistributionPoint: Sendable {
    /// Where it is, as the user named it.
    var location: String { get }
    /// What it says of `id`, or nil when it does not have the package.
    func package(_ id: PackageID) throws -> LibraryPackage?
    /// The files and folders of a content.
    func content(_ id: ContentID) throws -> Content
    /// A local file with the bytes of `file`, as many as the content says.
    func fetch(_ file: ContentFile, of content: ContentID) throws -> FetchedFile
}
