// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Identifiers
import Support
import SystemPackage

/// What ``ContentLibraryWriter/add(source:packageID:version:contentBase:replacing:progress:)`` did.
public struct AddedContent: Sendable, Equatable {
    /// The content.
    public let content: Content
    /// The bytes that the library did not have before.
    public let newByteCount: Int64
    /// What is odd about the library but did not keep the content from being added.
    public let warnings: [String]
}

extension ContentLibraryWriter {
    /// Adds `source`, a folder or one file, as a version of a content of `packageID`.
    ///
    /// - Parameters:
    ///   - version: the highest version of the content and one by default.
    ///   - contentBase: which content of the package; the package's only one by default.
    ///   - replacing: takes the place of a version that exists.
    /// - Throws: ``ContentLibraryError`` `.unsuitableSource`, `.alreadyExists`, `.file`.
    @discardableResult
    public func add(
        source: FilePath, packageID: PackageID, version: Int? = nil, contentBase: ContentBase = .package,
        replacing: Bool = false, progress: any ProgressObserver = SilentProgress()
    ) throws(ContentLibraryError) -> AddedContent {
        let tree = try SourceTree(source)
        guard !holdsLibrary(tree) else { throw SourceTree.unsuitable(source, "holds the content library itself") }
        return try withLock { library in
            let package = try PackageRecord(packageID, in: library)
            let id = try contentID(contentBase, version, package)
            try checkIsFree(id, package, library, replacing: replacing)
            let shelves = try FileLibShelves(library)
            let staged = try StagedContent(
                tree, in: workFolder("files", of: drives[0]), library: library, shelves: shelves,
                interruption: interruption, progress: progress)
            return try publish(staged, as: id, of: package, library, shelves)
        }
    }

    /// True when the library lies in `tree`, or would when it is made.
    private func holdsLibrary(_ tree: SourceTree) -> Bool {
        var folder = drives[0]
        while true {
            if let resolved = folder.resolved { return resolved.starts(with: tree.root) }
            let parent = AtomicFile.parent(of: folder)
            guard parent != folder else { return false }
            folder = parent
        }
    }

    private func contentID(
        _ base: ContentBase, _ version: Int?, _ package: PackageRecord
    ) throws(ContentLibraryError) -> ContentID {
        let text = base.text(in: package.id)
        let highest = package.contents.filter { $0.base.uppercased() == text.uppercased() }.map(\.version).max() ?? 0
        guard let id = ContentID(base: text, version: version ?? highest + 1) else {
            throw ContentLibraryError(
                .unsuitableSource, .usage, "content '\(text)' version \(version ?? highest + 1)",
                "cannot be named in a content library",
                nextStep: "use letters, digits and '-', and a version from 0 to \(Int32.max)")
        }
        return id
    }

    func checkIsFree(
        _ id: ContentID, _ package: PackageRecord, _ library: ContentLibrary, replacing: Bool
    ) throws(ContentLibraryError) {
        if !replacing, package.contents.contains(id) {
            throw ContentLibraryError(
                .alreadyExists, .cannotCreate, "content \(id)", "is in the library already",
                nextStep: "leave out the version to add the next one, or replace it with \(.force)")
        }
        guard id.packageID != package.id else { return }
        for other in try library.packageIDs() where other != package.id {
            guard try PackageRecord(other, in: library).contents.contains(id) else { continue }
            throw ContentLibraryError(
                .alreadyExists, .cannotCreate, "content \(id)", "belongs to package \(other)",
                nextStep: "choose another content ID or version")
        }
    }

    func publish(
        _ staged: StagedContent, as id: ContentID, of package: PackageRecord, _ library: ContentLibrary,
        _ shelves: FileLibShelves
    ) throws -> AddedContent {
        let work = workFolder(of: drives[0])
        let hashes = Set(staged.files.map(\.sha256))
        var warnings: [String] = []
        // Everything under names of ours.
        try staged.writeTree(to: work.appending("tree"), threadCount: library.threadCount)
        try AtomicFile.create(StagedContent.contentINI(hash: staged.contentHash), at: work.appending("content.INI"))
        let users = try stageUsers(of: hashes.subtracting(staged.freshHashes), adding: id, library, &warnings)
        let fresh = staged.freshHashes.map(\.upperCase).sorted()
        try stageUsers(ofFresh: fresh, adding: id, threadCount: library.threadCount)
        let old = try library.hashesAsFarAsReadable(of: id)
        for drive in drives { try AtomicFile.syncFileSystem(of: drive) }
        try announce(
            LibraryJournal(changes: [
                .init(content: id, hashes: hashes.union(old), contentHash: staged.contentHash)
            ]))
        // FileLib: the user list before the bytes, so that no file of ours is ever without one.
        for change in users { try change.bringIn() }
        let (lists, bytes) = (RawFolder(work.appending("users")), RawFolder(work.appending("files")))
        try bringIn(fresh, shelves) { name, shelf throws(FileError) in try lists.move("\(name).INI", to: shelf) }
        for name in staged.newHashes.subtracting(staged.freshHashes).map(\.upperCase).sorted() {
            guard let hash = SHA256Digest(hexadecimal: name) else { continue }
            try AtomicFile.rename(bytes.path.appending(name), to: try library.slot(of: hash).path)
        }
        try bringIn(fresh, shelves) { name, shelf throws(FileError) in try bytes.move(name, to: shelf) }
        // DataLib: nothing refers to it yet, unless a version is replaced.
        let target = try library.lookup.find(id.description, in: library.dataLib)?.path
        try bringInTree(
            work.appending("tree"), to: target ?? library.dataLib.appending(id.description), replacing: target != nil)
        let ini = try library.lookup.find("\(id).INI", in: library.dataLib)?.path
        try AtomicFile.rename(work.appending("content.INI"), to: ini ?? library.dataLib.appending("\(id).INI"))
        for drive in drives { try AtomicFile.syncFileSystem(of: drive) }
        // PkgLib: from here on the content is in the library.
        try AtomicFile.write(
            package.adding(id).bytes, to: package.path, temporary: work.appending("package.INI"))
        if !old.isSubset(of: hashes) {
            warnings += try settle(LibraryJournal(changes: [.init(content: id, hashes: old.union(hashes))]))
        }
        try removeJournal()
        let content = Content(
            id: id, contentHash: staged.contentHash, files: staged.files, folders: staged.folders)
        return AddedContent(content: content, newByteCount: staged.newByteCount, warnings: warnings)
    }

    /// Writes the user lists that `id` must be on to the work folders.
    private func stageUsers(
        of hashes: Set<SHA256Digest>, adding id: ContentID, _ library: ContentLibrary, _ warnings: inout [String]
    ) throws -> [UserChange] {
        var changes: [UserChange] = []
        for name in hashes.map(\.upperCase).sorted() {
            guard let hash = SHA256Digest(hexadecimal: name) else { continue }
            let slot = try library.slot(of: hash)
            guard slot.hasUsers || slot.file == nil else {
                // A list with only our content on it would let the next remove delete a file that others need.
                warnings.append("\(slot.path) has no list of users, so it will never be removed")
                continue
            }
            var users = FileUsers(document: slot.hasUsers ? try INIDocument(path: slot.usersPath) : INIDocument())
            guard !users.contains(id) else { continue }
            users.insert(id)
            let temporary = try workFolder("users", of: slot.drive).appending("\(name).INI")
            try AtomicFile.create(users.document.bytes, at: temporary)
            changes.append(UserChange(slot: slot, temporary: temporary))
        }
        return changes
    }

    /// Writes the user lists of hashes that FileLib knows nothing of: all say the same.
    private func stageUsers(ofFresh names: [String], adding id: ContentID, threadCount: Int) throws {
        let folder = RawFolder(try workFolder("users", of: drives[0]))
        var users = FileUsers()
        users.insert(id)
        let text = String(decoding: users.document.bytes, as: UTF8.self)
        let portions = names.portions(of: 1024)
        _ = try WorkerThreads.map(count: portions.count, threadCount: threadCount) { number throws(FileError) in
            for name in names[portions[number]] { try folder.create("\(name).INI", text: text) }
        }
    }

    /// Calls `move` for each of the hashes `names`, which are sorted, with the folder of FileLib where it belongs.
    private func bringIn(
        _ names: [String], _ shelves: FileLibShelves, _ move: (String, RawFolder) throws(FileError) -> Void
    ) throws(FileError) {
        var last: (prefix: String, shelf: RawFolder)?
        for name in names {
            let prefix = FileLibShelves.prefix(of: name)
            if last?.prefix != prefix {
                let shelf = shelves.shelf(prefix)
                try shelf.make()
                last = (prefix, shelf)
            }
            if let shelf = last?.shelf { try move(name, shelf) }
        }
    }

    private func bringInTree(_ tree: FilePath, to target: FilePath, replacing: Bool) throws {
        guard replacing else { return try AtomicFile.rename(tree, to: target) }
        if tsm_exchange(tree.string, target.string) == 0 { return }
        guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) else {
            throw FileError("created", target, Errno(rawValue: errno))
        }
        // File systems that cannot swap: settle() moves the old tree back when we fail or are killed between the two.
        try AtomicFile.rename(target, to: workFolder(of: drives[0]).appending(Self.replacedTreeName))
        try AtomicFile.rename(tree, to: target)
    }

    /// The work name of a tree that is being replaced.
    static let replacedTreeName = "replaced"
}

/// A user list in a work folder that is to take its place.
struct UserChange {
    let slot: FileSlot
    let temporary: FilePath

    func bringIn() throws(FileError) {
        try Folder.create(slot.folder)
        try AtomicFile.rename(temporary, to: slot.usersPath)
    }
}
