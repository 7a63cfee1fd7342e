// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Identifiers
import Support
import SystemPackage

extension ContentLibraryWriter {
    /// Makes DataLib and FileLib agree with PkgLib for the contents of `journal`.
    ///
    /// What the package INIs list is in the library, what they do not list is not: whatever a writer had done when it
    /// ended, this leads to the one or the other. It can be repeated and interrupted at any point.
    func settle(_ journal: LibraryJournal) throws -> [String] {
        var freed: Int64 = 0
        return try settle(journal, freed: &freed)
    }

    /// As ``settle(_:)``, and adds up the bytes of the files that were removed.
    func settle(_ journal: LibraryJournal, freed: inout Int64) throws -> [String] {
        let library = try ContentLibrary(drives: drives)
        let listed = try library.listedContents()
        var warnings: [String] = []
        var dropped: [SHA256Digest: Set<ContentID>] = [:]
        for change in journal.changes {
            var wanted: Set<SHA256Digest> = []
            if listed.contains(change.content) {
                try restoreReplacedTree(of: change.content, library)
                let content: Content
                do {
                    // Whatever contradicts it: that is what may have to be mended.
                    content = try library.examine(change.content).content
                } catch {
                    // Without its tree nobody can tell which files it needs: keep them all.
                    warnings.append("\(error)")
                    continue
                }
                // A failure here is the disk's, and the journal stays for the next writer.
                try repairContentHash(of: content, change, library)
                wanted = Set(content.files.map(\.sha256))
            }
            for hash in change.hashes.subtracting(wanted) { dropped[hash, default: []].insert(change.content) }
        }
        freed += try drop(dropped, library, &warnings)
        for change in journal.changes where !listed.contains(change.content) {
            try removeData(of: change.content, library)
        }
        return warnings
    }

    private func restoreReplacedTree(of id: ContentID, _ library: ContentLibrary) throws {
        let replaced = workFolder(of: drives[0]).appending(Self.replacedTreeName)
        guard try library.lookup.find(id.description, in: library.dataLib) == nil, (try? Stat(replaced)) != nil
        else { return }
        try AtomicFile.rename(replaced, to: library.dataLib.appending(id.description))
    }

    /// A writer killed after it had swapped the trees left the hash of the old one.
    private func repairContentHash(
        of content: Content, _ change: LibraryJournal.Change, _ library: ContentLibrary
    ) throws {
        guard let hash = change.contentHash, content.contentHash?.uppercased() != hash,
            ContentHash.compute(files: content.files, folders: content.folders) == hash
        else { return }
        let ini = try library.lookup.find("\(content.id).INI", in: library.dataLib)?.path
        try AtomicFile.write(
            StagedContent.contentINI(hash: hash), to: ini ?? library.dataLib.appending("\(content.id).INI"),
            temporary: workFolder("", of: drives[0]).appending("content.INI"))
    }

    /// Takes contents off the user lists of files and removes each file that nobody uses any more.
    private func drop(
        _ dropped: [SHA256Digest: Set<ContentID>], _ library: ContentLibrary, _ warnings: inout [String]
    ) throws -> Int64 {
        var changes: [UserChange] = []
        var unused: [FileSlot] = []
        for (hash, contents) in dropped.sorted(by: { $0.key.upperCase < $1.key.upperCase }) {
            let slot = try library.slot(of: hash)
            // A file without a list may be used by anybody.
            guard slot.hasUsers else {
                // Whoever ended before it had brought the list in left the folder for it.
                Folder.removeEmpty(slot.folder)
                continue
            }
            var users: FileUsers
            do {
                users = FileUsers(document: try INIDocument(path: slot.usersPath))
            } catch {
                warnings.append("\(error); its file stays")
                continue
            }
            let before = users.document
            users.remove(contents)
            if users.isEmpty {
                unused.append(slot)
            } else if users.document != before {
                let temporary = try workFolder("users", of: slot.drive).appending("\(hash.upperCase).INI")
                try AtomicFile.create(users.document.bytes, at: temporary)
                changes.append(UserChange(slot: slot, temporary: temporary))
            }
        }
        if !changes.isEmpty { for drive in drives { try AtomicFile.syncFileSystem(of: drive) } }
        for change in changes { try change.bringIn() }
        var freed: Int64 = 0
        for slot in unused {
            freed += slot.file?.status.size ?? 0
            // The list last: while it is there, a repetition finds the file.
            try Folder.removeFile(slot.path)
            if let signature = try library.lookup.find("\(slot.path.lastComponent?.string ?? "").SIG", in: slot.folder)
            {
                try Folder.removeFile(signature.path)
            }
            try Folder.removeFile(slot.usersPath)
            // Refused while other hashes begin with the same four digits.
            rmdir(slot.folder.string)
        }
        return freed
    }

    private func removeData(of id: ContentID, _ library: ContentLibrary) throws {
        if let tree = try library.lookup.find(id.description, in: library.dataLib) {
            // Out of the library in one step, then file by file.
            let doomed = try workFolder("removed", of: drives[0]).appending(id.description)
            try Folder.removeTree(doomed)
            try AtomicFile.rename(tree.path, to: doomed)
            try Folder.removeTree(doomed)
        }
        if let ini = try library.lookup.find("\(id).INI", in: library.dataLib) { try Folder.removeFile(ini.path) }
    }
}
