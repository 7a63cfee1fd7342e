// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// A content, and what contradicts its tree in DataLib.
struct ExaminedContent {
    let content: Content
    /// Its files, also those that media cannot hold.
    let files: [ContentFile]
    /// Set when the content hash and FileLib's lists of users both say that the tree is not what was distributed.
    let defect: ContentLibraryError?
    /// True when the tree adds up to the content hash.
    let isConfirmed: Bool
}

/// What FileLib's lists of users say about the tree of a content.
///
/// The content hash is one witness and this is the other: each alone may be wrong, for the recipe of the hash is not
/// confirmed and a list may be out of date; both together are believed.
struct ContentTestimony {
    /// Files whose lists name the content, and which its tree does not hold.
    let missing: [SHA256Digest]
    /// Files of the tree whose lists, which exist, do not name it, though others do.
    let unexpected: [ContentFile]

    init(
        about id: ContentID, files: [ContentFile], in library: ContentLibrary
    ) throws(ContentLibraryError) {
        let users = try library.usersOfFileLib()
        // Lists that never name the content may be written in a way that is not known: they say nothing.
        guard let used = users[id] else {
            (missing, unexpected) = ([], [])
            return
        }
        missing = used.subtracting(files.map(\.sha256)).sorted { $0.upperCase < $1.upperCase }
        var unexpected: [ContentFile] = []
        for file in files where !used.contains(file.sha256) {
            if try library.slot(of: file.sha256).hasUsers { unexpected.append(file) }
        }
        self.unexpected = unexpected
    }

    /// What it says against the tree, or nil.
    var objection: String? {
        var parts: [String] = []
        if let first = missing.first {
            parts.append(
                missing.count == 1
                    ? "a file with the SHA-256 \(first.upperCase) is missing"
                    : "\(missing.count) files are missing, one with the SHA-256 \(first.upperCase)")
        }
        if let first = unexpected.first {
            parts.append(
                unexpected.count == 1
                    ? "'\(first.path)' does not belong to it"
                    : "\(unexpected.count) files do not belong to it, one is '\(first.path)'")
        }
        return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }
}

extension ContentLibrary {
    /// Which files each content uses, by FileLib's lists of users.
    func usersOfFileLib() throws(ContentLibraryError) -> [ContentID: Set<SHA256Digest>] {
        try users.users(in: fileLibs, threadCount: threadCount)
    }

    /// What one witness says when the other does not agree, or the error when both do.
    ///
    /// - Parameter hash: the content hash in DataLib, nil when there is none; it is not that of the tree.
    func judge(
        _ id: ContentID, _ files: [ContentFile], hash: String?, warnings: inout [String]
    ) throws(ContentLibraryError) -> ContentLibraryError? {
        let objection = try ContentTestimony(about: id, files: files, in: self).objection
        guard let hash else {
            if let objection { warnings.append("\(id.noun): \(objection), FileLib's lists of users say") }
            return nil
        }
        guard let objection else {
            warnings.append(
                "\(id.noun): its files do not add up to the content hash \(hash); "
                    + "FileLib's lists of users do not say that one is missing")
            return nil
        }
        return ContentLibraryError(
            .incomplete, .malformed, "\(id.noun)",
            "is not what was distributed: \(objection), FileLib's lists of users say, and the content hash is another",
            nextStep: "distribute the content again")
    }

    /// What is odd about the library as a whole: contents that FileLib or DataLib hold and no package lists.
    ///
    /// Of what a killed writer of ours left, its journal tells: that is for the next writer.
    public func strayContents() throws(ContentLibraryError) -> [String] {
        let listed = try listedContents()
        let users = try usersOfFileLib()
        var strays = Set(users.keys)
        for entry in try ContentLibraryError.wrap({ try FolderEntry.entries(of: dataLib) })
        where entry.kind == .folder {
            if let id = entry.name.flatMap({ ContentID($0) }) { strays.insert(id) }
        }
        strays.subtract(listed)
        strays.subtract(pendingChanges().map(\.content))
        var warnings: [String] = []
        for id in strays.sorted() {
            let isInDataLib = try ContentLibraryError.wrap { try lookup.find(id.description, in: dataLib) } != nil
            let count = users[id]?.count ?? 0
            let places = [isInDataLib ? "DataLib" : nil, count > 0 ? "FileLib's lists of users (\(count) files)" : nil]
            warnings.append(
                "content \(id) is in \(places.compactMap { $0 }.joined(separator: " and in ")), "
                    + "but no package lists it: a line of PkgLib is lost, or it was not removed whole")
        }
        return warnings
    }

    /// What a writer of ours is changing now, or was when it was killed.
    func pendingChanges() -> [LibraryJournal.Change] {
        let path = drives[0].appending(ContentLibraryWriter.ownFolderName).appending("journal")
        guard let bytes = try? SmallFile.read(path) else { return [] }
        return LibraryJournal(bytes: bytes)?.changes ?? []
    }
}
