// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

extension ContentStore {
    /// What lies in a folder that is a store, any of it.
    private static let parts: Set<String> = ["files", "lists", "verified.index", "sha1.index"]

    /// The store in `folder`, which must be there: for those who look after it.
    ///
    /// - Parameter isNamed: whether somebody has named it; the usual one need not be there yet.
    /// - Throws: ``DistributionPointError`` `.noStore`, `.storeInLibrary`; `FileError`.
    public static func existing(_ folder: FilePath, isNamed: Bool) throws -> ContentStore {
        let store = ContentStore(folder: folder)
        try store.requirePlace()
        let entries: [FolderEntry]
        do {
            entries = try FolderEntry.entries(of: folder)
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory where !isNamed: return store
            case .noSuchFileOrDirectory:
                throw DistributionPointError(
                    .noStore, .notFound, "store \(folder)", "is not there", nextStep: "check \(.store)")
            case .notDirectory:
                throw DistributionPointError(
                    .noStore, .notFound, "store \(folder)", "is a file, and no store",
                    nextStep: "name the folder of a store with \(.store)")
            default: throw error
            }
        }
        guard let other = entries.first, !entries.contains(where: { parts.contains($0.name ?? "") }) else {
            return store
        }
        throw DistributionPointError(
            .noStore, .notFound, "store \(folder)",
            "is no store: it holds other things, such as '\(other.component.string)'",
            nextStep: "name the folder of a store with \(.store)")
    }

    /// Refuses a store inside a content library: it is opened for reading only, and everything in it is the site's; and one
    /// that anybody may write to, whose links would lead us anywhere.
    ///
    /// - Throws: ``DistributionPointError`` `.storeInLibrary`, `.openStore`.
    func requirePlace() throws(DistributionPointError) {
        if let stat = try? Stat(folder), stat.type == .directory, stat.permissions.contains(.otherWrite) {
            throw DistributionPointError(
                .openStore, .refused, "store \(folder)",
                "may be written to by anybody, and nothing in it could be believed",
                nextStep: "make it yours alone with chmod go-w, or name another folder with \(.store)")
        }
        var place = folder.resolved
        while true {
            if Self.isLibrary(place) {
                throw DistributionPointError(
                    .storeInLibrary, .refused, "store \(folder)", "would lie in the content library \(place)",
                    nextStep: "name another folder with \(.store)")
            }
            let parent = place.removingLastComponent()
            guard parent != place, !parent.isEmpty else { return }
            place = parent
        }
    }

    /// True for a folder with the parts of a content library, or with those of a further drive (content-library.md section 1).
    private static func isLibrary(_ folder: FilePath) -> Bool {
        func holds(_ name: String) -> Bool { (try? Stat(folder.appending(name)))?.type == .directory }
        let isFurther = folder.lastComponent?.string.lowercased().hasPrefix("sccmcontentlib") ?? false
        return holds("PkgLib") && holds("DataLib") || isFurther && holds("FileLib")
    }
}

extension FilePath {
    /// The path without links, as far as it exists.
    fileprivate var resolved: FilePath {
        if let found = withPlatformString({ realpath($0, nil) }) {
            defer { free(found) }
            return FilePath(platformString: found)
        }
        guard let last = lastComponent, !removingLastComponent().isEmpty || isRelative else { return self }
        return AtomicFile.parent(of: self).resolved.appending(last)
    }
}
