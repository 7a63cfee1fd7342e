// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// What ``ContentLibraryWriter/remove(packageID:version:)`` did.
public struct RemovedContent: Sendable, Equatable {
    /// The contents that are no longer in the package, in order.
    public let contentIDs: [ContentID]
    /// The bytes of files that nobody used any more.
    public let freedByteCount: Int64
    /// What is odd about the library but did not keep the content from being removed.
    public let warnings: [String]
}

extension ContentLibraryWriter {
    /// Removes the contents of `packageID` from the library, or those of one version.
    ///
    /// A file stays while another content uses it; a content stays while another package lists it.
    ///
    /// - Throws: ``ContentLibraryError`` `.packageMissing`, `.contentMissing` when the package has no such version.
    @discardableResult
    public func remove(packageID: PackageID, version: Int? = nil) throws(ContentLibraryError) -> RemovedContent {
        try withLock { library in
            let (package, removed) = try library.removal(of: packageID, version: version)
            // Reads every package INI: one that is malformed must be known before anything is changed.
            _ = try library.listedContents()
            var changes: [LibraryJournal.Change] = []
            for content in removed.sorted() {
                changes.append(.init(content: content, hashes: try library.hashesAsFarAsReadable(of: content)))
            }
            let journal = LibraryJournal(changes: changes)
            try announce(journal)
            if let left = package.removing(removed) {
                try AtomicFile.write(
                    left.bytes, to: package.path, temporary: workFolder("", of: drives[0]).appending("package.INI"))
            } else {
                try Folder.removeFile(package.path)
                try AtomicFile.syncFolder(library.pkgLib)
            }
            var freed: Int64 = 0
            let warnings = try settle(journal, freed: &freed)
            try removeJournal()
            return RemovedContent(contentIDs: removed.sorted(), freedByteCount: freed, warnings: warnings)
        }
    }
}

extension ContentLibrary {
    /// What ``ContentLibraryWriter/remove(packageID:version:)`` would do now; nothing is changed.
    ///
    /// - Throws: as that does.
    public func plannedRemoval(
        of packageID: PackageID, version: Int? = nil
    ) throws(ContentLibraryError) -> RemovedContent {
        let (_, removed) = try removal(of: packageID, version: version)
        var (freed, warnings) = ([SHA256Digest: Int64](), [String]())
        for content in removed {
            for hash in try hashesAsFarAsReadable(of: content) where freed[hash] == nil {
                let slot = try slot(of: hash)
                // A file without a list may be used by anybody.
                guard slot.hasUsers else { continue }
                do throws(ContentLibraryError) {
                    var users = FileUsers(document: try INIDocument(path: slot.usersPath))
                    users.remove(removed)
                    if users.isEmpty { freed[hash] = slot.file?.status.size ?? 0 }
                } catch {
                    warnings.append("\(error); its file stays")
                }
            }
        }
        return RemovedContent(
            contentIDs: removed.sorted(), freedByteCount: ByteTotal.clampedSum(freed.values), warnings: warnings)
    }

    /// The package, and those of its contents that go with `version`, or all.
    fileprivate func removal(
        of packageID: PackageID, version: Int?
    ) throws(ContentLibraryError) -> (package: PackageRecord, removed: Set<ContentID>) {
        let package = try PackageRecord(packageID, in: self)
        guard package.exists else {
            _ = try self.package(packageID)
            throw ContentLibraryError(FileError("removed", package.path, .noSuchFileOrDirectory))
        }
        let removed = Set(package.contents.filter { version == nil || $0.version == version })
        guard !removed.isEmpty || version == nil else {
            let versions = Set(package.contents.map(\.version)).sorted().map(String.init)
            throw ContentLibraryError(
                .contentMissing, .notFound, "package \(packageID)",
                "has no version \(version ?? 0), only \(versions.joined(separator: ", "))",
                nextStep: "name one of these")
        }
        return (package, removed)
    }

    /// Every content that any package lists.
    func listedContents() throws(ContentLibraryError) -> Set<ContentID> {
        var listed: Set<ContentID> = []
        for id in try packageIDs() { listed.formUnion(try PackageRecord(id, in: self).contents) }
        return listed
    }

    /// The hashes that the tree of `id` names, without those of INIs that cannot be understood.
    ///
    /// Content that is malformed must still be removable; its other files may then stay behind as unused.
    func hashesAsFarAsReadable(of id: ContentID) throws(ContentLibraryError) -> Set<SHA256Digest> {
        guard let root = try ContentLibraryError.wrap({ try lookup.find(id.description, in: dataLib) }),
            root.status.type == .directory
        else { return [] }
        var hashes: Set<SHA256Digest> = []
        var pending = [root.path]
        while let folder = pending.popLast() {
            for entry in try ContentLibraryError.wrap({ try FolderEntry.entries(of: folder) }) {
                let path = folder.appending(entry.component)
                if entry.kind == .folder { pending.append(path) }
                guard entry.kind == .file else { continue }
                do {
                    let value = try INIDocument(path: path).entry("Hash", in: "File")?.value
                    if let hash = value.flatMap({ SHA256Digest(hexadecimal: $0) }) { hashes.insert(hash) }
                } catch {
                    guard error.code == .malformed else { throw error }
                }
            }
        }
        return hashes
    }
}
