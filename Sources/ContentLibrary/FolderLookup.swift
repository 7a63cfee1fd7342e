// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization
import SystemPackage

/// Finds names in folders without case, as NTFS does, on file systems that have case.
///
/// The exact spelling is tried first. Only when it is absent is the folder listed, once: the listing is kept, so one
/// instance serves one reading of a library.
final class FolderLookup: Sendable {
    /// Names kept over all folders, some 30 MB; then all are dropped and listed again as needed.
    private static let maximumNameCount = 200_000

    private struct Cache {
        var folders: [FilePath: [CaseFoldedName: FilePath.Component]] = [:]
        var nameCount = 0
    }

    private let cache = Mutex(Cache())

    /// The entry `name` of `folder` and its kind, links not followed; nil when there is none or no such folder.
    func find(_ name: String, in folder: FilePath) throws(FileError) -> (path: FilePath, status: Stat)? {
        if let exact = try Self.status(of: folder.appending(name)) { return exact }
        guard let spelling = try spellings(in: folder)[name.caseFolded] else { return nil }
        return try Self.status(of: folder.appending(spelling))
    }

    private static func status(of path: FilePath) throws(FileError) -> (path: FilePath, status: Stat)? {
        do {
            return (path, try FileError.wrap("read", path) { try Stat(path, followTargetSymlink: false) })
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory, .notDirectory, .fileNameTooLong: return nil
            default: throw error
            }
        }
    }

    private func spellings(in folder: FilePath) throws(FileError) -> [CaseFoldedName: FilePath.Component] {
        if let known = cache.withLock({ $0.folders[folder] }) { return known }
        let entries: [FolderEntry]
        do {
            entries = try FolderEntry.entries(of: folder)
        } catch {
            guard error.errno == .noSuchFileOrDirectory || error.errno == .notDirectory else { throw error }
            entries = []
        }
        var spellings: [CaseFoldedName: FilePath.Component] = [:]
        for entry in entries {
            // Of names that differ in case only, the first in byte order stands for all.
            guard let key = entry.name?.caseFolded, spellings[key] == nil else { continue }
            spellings[key] = entry.component
        }
        cache.withLock { cache in
            if cache.nameCount + spellings.count > Self.maximumNameCount { cache = Cache() }
            cache.folders[folder] = spellings
            cache.nameCount += spellings.count
        }
        return spellings
    }
}
