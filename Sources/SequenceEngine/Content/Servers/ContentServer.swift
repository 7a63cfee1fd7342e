// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import MediaFormat
import Support
import SystemPackage

/// A file of a content, and where it is to lie.
struct ServedFile {
    let file: ContentFile
    let target: FilePath
}

/// A distribution point as the target asks it.
protocol ContentServer {
    /// Where it is, for messages.
    var location: String { get }

    /// What it says of a package; nil when it does not have it.
    ///
    /// - Throws: a `DiagnosticError`, of the class `.unreachable` when nobody answers; `InterruptedError`.
    func package(_ id: PackageID) throws -> LibraryPackage?

    /// The content hash that it states; nil when it states none.
    ///
    /// - Throws: as ``package(_:)``.
    func contentHash(_ id: ContentID) throws -> String?

    /// The files of a content, each with its size and its hash.
    ///
    /// - Throws: as ``package(_:)``.
    func content(_ id: ContentID) throws -> Content

    /// Brings `files`, whose folders are there, and whose bytes whoever asks looks at.
    ///
    /// - Parameter progress: gets the bytes that came.
    /// - Throws: as ``package(_:)``.
    func fetch(_ files: [ServedFile], of content: ContentID, _ progress: (Int64) -> Void) throws
}

extension ContentServer {
    /// What it offers of a package; nil when it does not have it, or the ID is none.
    ///
    /// - Throws: as ``package(_:)``.
    func offer(_ id: PackageID?) throws -> OfferedPackage? {
        try id.flatMap { try package($0) }.map { package in
            OfferedPackage(package, at: location) {
                try contentHash($0)
            } content: {
                try content($0)
            }
        }
    }
}
