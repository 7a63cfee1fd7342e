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
    private let lists: RememberedLists
    private let isDistrustful: Bool

    /// From this many files on a list is remembered: fewer are read as quickly.
    static let longListCount = 1_000

    /// The library on `drives`, the one with the metadata first; long lists are remembered in `store`.
    init(drives: [FilePath], location: String, store: ContentStore) throws(ContentLibraryError) {
        self.location = location
        library = try ContentLibrary(drives: drives)
        // Another path to the same library only costs another list; another library at the same path has other witnesses.
        lists = RememberedLists(named: "path \(drives[0])", in: store)
        isDistrustful = store.isDistrustful
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
    ) throws(ContentLibraryError) -> Content {
        if !isDistrustful, let known = lists.remembered(id), let witness = known.witness,
            library.witness(of: known.content)?.digest == witness
        {
            return known.content
        }
        let began = FileIdentity.Instant.now
        let content = try library.content(id, keepsRefused: true)
        // A content whose files do not add up to its hash has a warning, and is not remembered.
        guard content.files.count >= Self.longListCount, content.warnings.isEmpty,
            let witness = library.witness(of: content)
        else { return content }
        // What changed so shortly before could change again, and look the same.
        let settled = FileIdentity.Instant(
            seconds: began.seconds - VerificationIndex.settlingSeconds, nanoseconds: began.nanoseconds)
        if witness.lastChange < settled { lists.remember(content, witness: witness.digest) }
        return content
    }

    /// Looks for it, and reads nothing: that is done when it is listed.
    func require(
        _ id: ContentID, interruption: Interruption, progress: any ProgressObserver
    ) throws(ContentLibraryError) {
        try library.require(id)
    }

    func supply(of file: MediaFile, in content: ContentID) throws(ContentLibraryError) -> ContentSupply {
        .localFile(try library.locate(file, of: content))
    }
}
