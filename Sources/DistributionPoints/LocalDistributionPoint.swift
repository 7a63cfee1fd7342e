// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import Support
import SystemPackage

/// A content library on a local or mounted path.
struct LocalDistributionPoint: DistributionPoint {
    /// The path as the user named it.
    let location: String
    private let library: ContentLibrary

    /// The library on `drives`, the one with the metadata first.
    init(drives: [FilePath], location: String) throws(ContentLibraryError) {
        self.location = location
        library = try ContentLibrary(drives: drives)
    }

    func package(
        _ id: PackageID, interruption: Interruption, progress: any ProgressObserver
    ) throws(ContentLibraryError) -> LibraryPackage? {
        do {
            return try library.package(id)
        } catch {
            if error.code == .packageMissing { return nil }
            throw error
        }
    }

    func content(
        _ id: ContentID, interruption: Interruption, progress: any ProgressObserver
    ) throws(ContentLibraryError) -> Content { try library.content(id) }

    func supply(of file: MediaFile, in content: ContentID) throws(ContentLibraryError) -> ContentSupply {
        .localFile(try library.locate(file, of: content))
    }
}
