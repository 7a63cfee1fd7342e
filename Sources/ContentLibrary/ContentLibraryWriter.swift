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
    let interruption: Interruption

    /// Our own folder in each drive of a library.
    static let ownFolderName = ".tsmedia"

    /// Opens the library at `path` for writing, and makes an empty one where nothing is.
    ///
    /// - Parameter path: the library's folder, a folder that holds it as SCCMContentLib, or a new or empty folder.
    /// - Throws: ``ContentLibraryError`` `.notALibrary` for a folder with other things in it.
    public init(path: FilePath, interruption: Interruption = Interruption()) throws(ContentLibraryError) {
        self.interruption = interruption
        var isNew = true
        do throws(ContentLibraryError) {
            switch try LibraryLocation(path) {
            case .library(let drives):
                self.drives = drives
                isNew = false
            case .furtherDrive:
                throw ContentLibraryError(
                    .notALibrary, .cannotCreate, path.string, "holds only a FileLib, which is a further drive",
                    nextStep: "name the drive with PkgLib and DataLib, or a new folder")
            }
        } catch {
            guard error.failureClass == .notFound || error.code == .notALibrary && error.failureClass == .malformed
            else { throw error }
            self.drives = [path]
        }
        if isNew { try Self.checkIsFree(path) }
        // FileLib last: a writer killed in between must not leave what looks like a further drive.
        let (root, lookup) = (drives[0], FolderLookup())
        try ContentLibraryError.wrap {
            for part in ["PkgLib", "DataLib", "FileLib"] where try lookup.find(part, in: root) == nil {
                try Folder.create(root.appending(part))
            }
        }
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
                .notALibrary, .cannotCreate, path.string,
                "is not a content library and holds other things, such as '\(other.component.string)'",
                nextStep: "name a library, or a new or empty folder")
        }
    }

    /// Runs `body` as the only writer, after what a killed writer left has been tidied up.
    func withLock<Result>(_ body: (ContentLibrary) throws -> Result) throws(ContentLibraryError) -> Result {
        try ContentLibraryError.wrap {
            let own = drives[0].appending(Self.ownFolderName)
            try Folder.create(own)
            return try FileLock.withLock(at: own.appending("lock"), interruption: interruption) {
                try recover()
                defer { try? removeWork() }
                return try body(try ContentLibrary(drives: drives))
            }
        }
    }

    // MARK: Our own folder

    var journalPath: FilePath { drives[0].appending(Self.ownFolderName).appending("journal") }

    /// Where changes to `drive` are staged: on the drive itself, so that a rename can bring them in.
    func workFolder(of drive: FilePath) -> FilePath { drive.appending(Self.ownFolderName).appending("work") }

    /// The folder `name` in the work folder of `drive`, made when absent.
    func workFolder(_ name: String, of drive: FilePath) throws(FileError) -> FilePath {
        let folder = workFolder(of: drive).appending(name)
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
