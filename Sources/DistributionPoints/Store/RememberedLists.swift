// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Identifiers
import Support
import SystemPackage

/// What a distribution point has listed before, kept in the store: `lists/<SHA-256 of the location>/<ID>.package` and
/// `.content`.
///
/// A ``ListText`` each. A list that is missing, damaged or somebody else's is
/// none, and failing to keep one is no failure: it is read again.
struct RememberedLists: Sendable {
    private let folder: FilePath

    /// The lists of what is called `name`.
    init(named name: String, in store: ContentStore) {
        folder = store.folder.appending("lists").appending(SHA256.digest(of: name.utf8).description)
    }

    // MARK: Packages

    func remember(_ package: LibraryPackage) {
        var lines = ["package \(package.id)"]
        if let version = package.version { lines.append("version \(version)") }
        lines += package.listedContentIDs.map { "content \($0)" }
        write(lines, to: "\(package.id).package")
    }

    func package(_ id: PackageID) -> LibraryPackage? {
        var (named, version, listed): (PackageID?, Int?, [ContentID]) = (nil, nil, [])
        let isWhole = read("\(id).package")?.forEachLine { line in
            if line.takes("package") {
                named = line.text().flatMap { PackageID($0) }
                return named == id
            } else if line.takes("version") {
                version = line.number().flatMap { Int(exactly: $0) }
                return version != nil
            } else if line.takes("content"), let content = line.text().flatMap({ ContentID($0) }) {
                listed.append(content)
                return true
            }
            return false
        }
        guard isWhole ?? false, named != nil, !listed.isEmpty else { return nil }
        return LibraryPackage(id: id, version: version, listed: listed)
    }

    // MARK: Contents

    /// Remembers a list.
    ///
    /// - Parameter witness: what must be the same when it is used again, if the content hash does not say enough.
    func remember(_ content: Content, witness: SHA256Digest? = nil) {
        // What is odd should be told again, and read again: it may have been mended.
        guard let hash = content.contentHash, content.warnings.isEmpty else { return }
        var lines = ["content \(content.id)", "hash \(hash)"]
        if let witness { lines.append("witness \(witness)") }
        lines.reserveCapacity(content.files.count + content.folders.count + 2)
        lines += content.folders.map { "folder \($0)" }
        lines += content.files.map { file in
            "file \(file.sha256) \(file.byteCount) \(file.attributes) \(file.modified.fileTime) \(file.path)"
        }
        write(lines, to: Self.name(of: content.id))
    }

    func content(_ id: ContentID) -> Content? { remembered(id)?.content }

    /// Forgets a list that led to files which are not what it says: the next run reads it again.
    func forget(_ id: ContentID) { try? Folder.removeFile(folder.appending(Self.name(of: id))) }

    private static func name(of id: ContentID) -> String { "\(id.description.uppercased()).content" }

    /// A list, and the witness that it was remembered with.
    func remembered(_ id: ContentID) -> (content: Content, witness: SHA256Digest?)? {
        var (named, hash, witness): (ContentID?, String?, SHA256Digest?) = (nil, nil, nil)
        var (files, folders): ([ContentFile], [MediaPath]) = ([], [])
        let isWhole = read(Self.name(of: id))?.forEachLine { line in
            if line.takes("file") {
                guard let file = Self.file(&line) else { return false }
                files.append(file)
            } else if line.takes("folder") {
                guard let path = line.path() else { return false }
                folders.append(path)
            } else if line.takes("content") {
                named = line.text().flatMap { ContentID($0) }
                return named == id
            } else if line.takes("hash") {
                hash = line.text()
            } else if line.takes("witness") {
                witness = line.digest()
                return witness != nil
            } else {
                return false
            }
            return true
        }
        guard isWhole ?? false, named != nil, let hash else { return nil }
        return (Content(id: id, contentHash: hash, files: files, folders: folders), witness)
    }

    /// A content whose files the store has, where no server is asked.
    ///
    /// - Parameter location: the server, for messages.
    /// - Throws: ``DistributionPointError`` `.contentMissing`.
    func completeContent(
        _ id: ContentID, in store: ContentStore, location: String
    ) throws(DistributionPointError) -> Content {
        guard let content = content(id) else { throw .notAsked("\(id.noun)", location) }
        // An empty file has no bytes that anybody could have.
        let missing = content.files.filter {
            $0.byteCount > 0 && store.kept($0.sha256, byteCount: $0.byteCount) == nil
        }
        guard missing.isEmpty else {
            throw DistributionPointError(
                .contentMissing, .notFound, "\(id.noun)",
                "is not in the store: \(missing.count) of its \(content.files.count) files are missing, the first is '\(missing[0].path)'",
                nextStep: "fetch it first, or leave out \(.offline)")
        }
        return content
    }

    /// The file of a line behind its key.
    private static func file(_ line: inout ListLine) -> ContentFile? {
        guard let digest = line.digest(), let byteCount = line.number(),
            byteCount <= UInt64(Content.maximumByteCount),
            let attributes = line.number().flatMap({ UInt32(exactly: $0) }), let time = line.number(),
            let path = line.path()
        else { return nil }
        return ContentFile(
            MediaFile(
                path: path, byteCount: Int64(byteCount), sha256: digest, modified: Timestamp(fileTime: time)),
            attributes: attributes)
    }

    // MARK: Files

    private func write(_ lines: [String], to name: String) {
        do {
            // What is believed must be ours alone to write.
            for folder in [
                folder.removingLastComponent().removingLastComponent(), folder.removingLastComponent(), folder,
            ] {
                try Folder.create(folder, permissions: .ownerReadWriteExecute)
            }
            try AtomicFile.write(ListText.bytes(of: lines), to: folder.appending(name), isSecret: true)
        } catch {
            // It is read again.
        }
    }

    private func read(_ name: String) -> ListText? { OwnFile.read(folder.appending(name)).flatMap { ListText($0) } }
}
