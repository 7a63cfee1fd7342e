// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Adds content to a library and removes it, with the reference counts kept right.
///
/// Every change is staged in `.tsmedia/work` of the library first, then announced in a journal, then made name by name;
/// the package INI comes last when something is added and first when something is removed. A reader therefore sees the
/// old library or the new one, whenever the writer is killed, and the next writer tidies up by the journal. Writers wait
/// for each other at `.tsmedia/lock` (docs/content-library.md).
public struct ContentLibraryWriter: Sendable {
    /// The drives: the first holds PkgLib and DataLib and takes new files.
    public let drives: [FilePath]
    /// True when there is no library yet: the first content makes one.
    public let isNew: Bool
    let interruption: Interruption

    /// Our own folder in each drive of a library.
    static let ownFolderName = ".tsmedia"

    /// Opens the library at `path` for writing; where nothing is, the first content makes one.
    ///
    /// - Parameter path: the library's folder, a folder that holds it as SCCMContentLib, or a new or empty folder.
    /// - Throws: ``ContentLibraryError`` `.notALibrary` for a folder with other things in it.
    public init(path: FilePath, interruption: Interruption = .ofProcess) throws(ContentLibraryError) {
        self.interruption = interruption
        var isNew = true
        do throws(ContentLibraryError) {
            switch try LibraryLocation(path) {
            case .library(let drives):
                self.drives = drives
                isNew = false
            case .furtherDrive:
                throw ContentLibraryError(
                    .notALibrary, .cannotCreate, "\(path)", "holds only a FileLib, which is a further drive",
                    nextStep: "name the drive with PkgLib and DataLib, or a new folder")
            }
        } catch {
            guard error.failureClass == .notFound || error.code == .notALibrary && error.failureClass == .malformed
            else { throw error }
            self.drives = [path]
        }
        self.isNew = isNew
        if isNew { try Self.checkIsFree(path) }
    }

    /// Refuses to scatter a library over a folder that serves something else.
    private static func checkIsFree(_ path: FilePath) throws(ContentLibraryError) {
        let entries: [FolderEntry]
        do {
            entries = try FolderEntry.entries(of: path)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw ContentLibraryError(error) }
            return
        }
        let own: Set<String> = ["PKGLIB", "DATALIB", ownFolderName.uppercased()]
        if let other = entries.first(where: { !own.contains($0.name?.uppercased() ?? "") }) {
            throw ContentLibraryError(
                .notALibrary, .cannotCreate, "\(path)",
                "is not a content library and holds other things, such as '\(other.component.string)'",
                nextStep: "name a library, or a new or empty folder")
        }
    }

    /// Runs `body` as the only writer, after what a killed writer left has been tidied up.
    ///
    /// When `body` fails, what it had begun is finished or undone at once, and a library that was made for it is gone.
    func withLock<Result>(_ body: (ContentLibrary) throws -> Result) throws(ContentLibraryError) -> Result {
        try ContentLibraryError.wrap {
            for drive in drives { try checkOwnFolder(of: drive) }
            var made = try Folder.create(ownFolder(of: drives[0]))
            // Without the lock nothing is removed that another may be filling.
            var isLocked = false
            defer { if !isLocked { for folder in made.reversed() { Folder.removeEmpty(folder) } } }
            return try FileLock.withLock(
                at: lockPath(of: drives[0]), requiresProof: true, interruption: interruption
            ) {
                isLocked = true
                do {
                    try makeParts(&made)
                    try recover()
                    let result = try body(try ContentLibrary(drives: drives))
                    try? removeWork()
                    return result
                } catch {
                    // What cannot be settled now stays with its journal, for the next writer: the only copy of a tree
                    // that was being replaced may lie in the work folder.
                    try? recover()
                    unmake(made)
                    throw error
                }
            }
        }
    }

    /// Makes the folders that the library does not have, and adds what it made to `made`.
    private func makeParts(_ made: inout [FilePath]) throws {
        let (root, lookup) = (drives[0], FolderLookup())
        // FileLib last: a writer killed in between must not leave what looks like a further drive.
        for part in ["PkgLib", "DataLib", "FileLib"] where try lookup.find(part, in: root) == nil {
            made += try Folder.create(root.appending(part))
        }
    }

    /// Removes the folders in `made` that are empty.
    private func unmake(_ made: [FilePath]) {
        let own = ownFolder(of: drives[0])
        for folder in made.reversed() where folder != own { Folder.removeEmpty(folder) }
        guard made.contains(own), (try? Stat(journalPath)) == nil else { return }
        // Whoever waits for this lock sees that it is gone, and takes another.
        try? Folder.removeFile(lockPath(of: drives[0]))
        for folder in made.reversed() { Folder.removeEmpty(folder) }
    }

    // MARK: Our own folder

    private func ownFolder(of drive: FilePath) -> FilePath { drive.appending(Self.ownFolderName) }

    /// The lock of the library, and on each of its drives the sign that the folder is ours.
    private func lockPath(of drive: FilePath) -> FilePath { ownFolder(of: drive).appending("lock") }

    var journalPath: FilePath { ownFolder(of: drives[0]).appending("journal") }

    /// Where changes to `drive` are staged: on the drive itself, so that a rename can bring them in.
    func workFolder(of drive: FilePath) -> FilePath { ownFolder(of: drive).appending("work") }

    /// Refuses to tidy up what only has the names of ours.
    private func checkOwnFolder(of drive: FilePath) throws {
        guard (try? Stat(lockPath(of: drive))) == nil else { return }
        for path in [workFolder(of: drive), journalPath] where (try? Stat(path, followTargetSymlink: false)) != nil {
            throw ContentLibraryError(
                .notALibrary, .cannotCreate, "\(path)", "was not made by tsmedia, which keeps a lock beside it",
                nextStep: "move it somewhere else")
        }
    }

    /// The folder `name` in the work folder of `drive`, made when absent.
    func workFolder(_ name: String, of drive: FilePath) throws(FileError) -> FilePath {
        let folder = workFolder(of: drive).appending(name)
        try Folder.create(ownFolder(of: drive))
        if (try? Stat(lockPath(of: drive))) == nil { try AtomicFile.create([], at: lockPath(of: drive)) }
        try Folder.create(folder)
        return folder
    }

    private func removeWork() throws(FileError) {
        for drive in drives { try Folder.removeTree(workFolder(of: drive)) }
    }

    // MARK: Journal

    func announce(_ journal: LibraryJournal) throws(FileError) {
        try AtomicFile.write(
            journal.bytes, to: journalPath, temporary: workFolder("", of: drives[0]).appending("journal.new"))
    }

    func removeJournal() throws(FileError) {
        for drive in drives { try AtomicFile.syncFileSystem(of: drive) }
        try Folder.removeFile(journalPath)
    }

    /// Finishes or undoes what a killed writer had begun.
    private func recover() throws {
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.read(journalPath)
        } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            try removeWork()
            return
        }
        if let journal = LibraryJournal(bytes: bytes) { _ = try settle(journal) }
        try removeJournal()
        try removeWork()
    }
}
