// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import Synchronization
import SystemPackage

/// Which files each content uses, by FileLib's lists of users: a witness of what a content holds beside its DataLib tree.
///
/// Every list is read once, when somebody first asks: that is only when a content does not add up to its hash, or when a
/// whole library is verified.
final class UserListIndex: Sendable {
    private let state = Mutex<[ContentID: Set<SHA256Digest>]?>(nil)

    /// The hashes that FileLib says each content uses; lists that cannot be read or understood say nothing.
    func users(
        in fileLibs: [FilePath], threadCount: Int
    ) throws(ContentLibraryError) -> [ContentID: Set<SHA256Digest>] {
        if let known = state.withLock({ $0 }) { return known }
        var shelves: [FilePath] = []
        for fileLib in fileLibs {
            for entry in try ContentLibraryError.wrap({ try FolderEntry.entries(of: fileLib) })
            where entry.kind == .folder {
                shelves.append(fileLib.appending(entry.component))
            }
        }
        let folders = shelves
        let parts = try WorkerThreads.map(count: folders.count, threadCount: threadCount) {
            number throws(ContentLibraryError) in try Self.read(folders[number])
        }
        var users: [ContentID: Set<SHA256Digest>] = [:]
        for (content, hash) in parts.joined() { users[content, default: []].insert(hash) }
        let found = users
        state.withLock { $0 = found }
        return found
    }

    /// What the lists in one folder of FileLib say.
    private static func read(_ shelf: FilePath) throws(ContentLibraryError) -> [(ContentID, SHA256Digest)] {
        try ContentLibraryError.wrap {
            let entries = try FolderEntry.entries(of: shelf)
            let folder = try OpenFolder(shelf)
            var buffer = [UInt8](repeating: 0, count: 4096)
            var found: [(ContentID, SHA256Digest)] = []
            for entry in entries where entry.kind == .file {
                guard let name = entry.name, let stem = name.withoutINIExtension,
                    let hash = SHA256Digest(hexadecimal: stem)
                else { continue }
                // A list that may not be read, or that went with its file meanwhile, says nothing.
                guard let descriptor = try? folder.open(name) else { continue }
                func path() -> FilePath { shelf.appending(name) }
                guard let count = try? INIDocument.read(descriptor, path(), into: &buffer) else { continue }
                let contents = buffer.withUnsafeBufferPointer { bytes in
                    (try? Self.contents(UnsafeBufferPointer(rebasing: bytes[..<count]), path())) ?? []
                }
                for content in contents { found.append((content, hash)) }
            }
            return found
        }
    }

    /// The contents on the list that has `bytes`.
    private static func contents(
        _ bytes: UnsafeBufferPointer<UInt8>, _ path: @autoclosure () -> FilePath
    ) throws(ContentLibraryError) -> [ContentID] {
        var contents: [ContentID] = []
        try INIDocument.withText(of: bytes, path()) { text throws(ContentLibraryError) in
            try INIScanner.scan(text, path()) { line in
                // The section's name is not known for certain: any counts, as for ``FileUsers``.
                if case .entry(let key, _, _) = line, let content = ContentID(key.text) { contents.append(content) }
            }
        }
        return contents
    }
}
