// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The folders of every FileLib, listed once by the only writer, so that for very many new files little is looked up.
struct FileLibShelves: Sendable {
    /// The folders of all drives by their names.
    private var shelves: [CaseFoldedName: [RawFolder]] = [:]
    /// The FileLib that takes new files.
    private let first: FilePath

    init(_ library: ContentLibrary) throws(ContentLibraryError) {
        first = library.fileLibs[0]
        for fileLib in library.fileLibs {
            for entry in try ContentLibraryError.wrap({ try FolderEntry.entries(of: fileLib) }) {
                guard let name = entry.name else { continue }
                shelves[name.caseFolded, default: []].append(RawFolder(fileLib.appending(entry.component)))
            }
        }
    }

    /// How many digits of a hash name its folder (content-library.md section 1).
    static func prefix(of name: String) -> String { String(name.prefix(4)) }

    /// True when no drive has bytes, a list of users or a signature of the hash `name`, which is in upper case.
    func holdNothing(of name: String) throws(FileError) -> Bool {
        for shelf in shelves[Self.prefix(of: name).caseFolded] ?? [] {
            do {
                let entries = try FolderEntry.entries(of: shelf.path)
                if entries.contains(where: { $0.name?.caseFolded.hasPrefix(name.caseFolded) ?? true }) { return false }
            } catch {
                // What is no folder, or may not be listed, is for the lookup that names it.
                return false
            }
        }
        return true
    }

    /// The folder on the first drive where new files whose hashes begin with `prefix` belong; it need not exist.
    func shelf(_ prefix: String) -> RawFolder {
        let known = shelves[prefix.caseFolded]?.filter { $0.path.removingLastComponent() == first } ?? []
        return known.first { $0.path.lastComponent?.string == prefix } ?? known.first
            ?? RawFolder(first.appending(prefix))
    }
}
