// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

extension ContentLibrary {
    /// The files and folders of content `id`, with the oddities that do not keep it from being used.
    ///
    /// - Parameter keepsRefused: whether what media cannot hold is handed out too, as ``Content/refused``, and is no error; such a
    ///   content cannot be held against its witnesses.
    /// - Throws: ``ContentLibraryError`` `.contentMissing`, `.malformed` for anything the format forbids, `.incomplete`
    ///   when both witnesses contradict the tree (``ContentTestimony``), `.accessDenied` when the library's rights keep
    ///   it from us.
    public func content(_ id: ContentID, keepsRefused: Bool = false) throws(ContentLibraryError) -> Content {
        let examined = try examine(id, keepsRefused: keepsRefused)
        if let defect = examined.defect { throw defect }
        return examined.content
    }

    /// Makes sure that content `id` is there; none of it is read.
    ///
    /// - Throws: ``ContentLibraryError`` `.contentMissing`, `.malformed`, `.accessDenied`.
    public func require(_ id: ContentID) throws(ContentLibraryError) {
        _ = try Self.namingDenied(id.noun) { () throws(ContentLibraryError) in try folder(of: id) }
    }

    /// As ``content(_:)``, and hands out a content that is not what was distributed, with what is wrong.
    func examine(_ id: ContentID, keepsRefused: Bool = false) throws(ContentLibraryError) -> ExaminedContent {
        let examined = try Self.namingDenied(id.noun) { () throws(ContentLibraryError) in try readContent(id) }
        if !keepsRefused, let first = examined.content.refused.first { throw ContentLibraryError(first.error) }
        return examined
    }

    /// Runs `body` and names `noun` in the error when access is denied.
    ///
    /// Rights in a library are how a site protects a package: we say which, and leave it at that.
    static func namingDenied<Result>(
        _ noun: String, _ body: () throws(ContentLibraryError) -> Result
    ) throws(ContentLibraryError) -> Result {
        do {
            return try body()
        } catch {
            guard error.code == .accessDenied else { throw error }
            throw ContentLibraryError(
                .accessDenied, .refused, "\(noun)", "may not be read: \(error.object) \(error.problem)",
                nextStep: "ask for the right to read it, or use another account", underlying: error)
        }
    }

    /// The folder of a content in DataLib.
    private func folder(of id: ContentID) throws(ContentLibraryError) -> FilePath {
        let folder = try ContentLibraryError.wrap { try lookup.find(id.description, in: dataLib) }
        guard let folder else {
            throw ContentLibraryError(
                .contentMissing, .notFound, "\(id.noun)", "is not in \(dataLib)",
                nextStep: "distribute the content again")
        }
        guard folder.status.type == .directory else { throw .malformed(folder.path, "is not a folder") }
        return folder.path
    }

    private func readContent(_ id: ContentID) throws(ContentLibraryError) -> ExaminedContent {
        let tree = try DataLibTree(of: id, in: self, at: try folder(of: id))
        var warnings = tree.warnings
        let hash = try contentHash(of: id, warnings: &warnings)
        guard tree.refused.isEmpty else {
            warnings.append(
                "\(id.noun): it has names that media cannot hold, so that it is not held against its content hash")
            let content = Content(
                id: id, contentHash: hash, files: tree.files, folders: tree.folders, warnings: warnings,
                refused: tree.refused)
            return ExaminedContent(content: content, defect: nil, isConfirmed: false)
        }
        let sum = ContentHash.compute(files: tree.files, folders: tree.folders)
        // A writer that is replacing the content, or was killed then, names the new tree's hash in its journal first.
        let isConfirmed =
            sum == hash?.uppercased() || pendingChanges().contains { $0.content == id && $0.contentHash == sum }
        let defect = isConfirmed ? nil : try judge(id, tree.files, hash: hash, warnings: &warnings)
        let content = Content(
            id: id, contentHash: hash, files: tree.files, folders: tree.folders, warnings: warnings)
        return ExaminedContent(content: content, defect: defect, isConfirmed: isConfirmed)
    }

    /// The hash that the content's own INI names, when it is of the kind we know.
    private func contentHash(of id: ContentID, warnings: inout [String]) throws(ContentLibraryError) -> String? {
        guard let found = try ContentLibraryError.wrap({ try lookup.find("\(id).INI", in: dataLib) }) else {
            warnings.append("\(id.noun): there is no \(id).INI in DataLib, so its content hash is not known")
            return nil
        }
        let document = try INIDocument(path: found.path)
        if let algorithm = document.entry("HashAlgorithm", in: "Info")?.value, Int(algorithm) != ContentHash.algorithm {
            warnings.append("\(id.noun): hash algorithm '\(algorithm)' is not known, its content hash is not checked")
            return nil
        }
        guard let entry = document.entry("Hash", in: "Info"), SHA256Digest(hexadecimal: entry.value) != nil else {
            warnings.append("\(id.noun): \(found.path) holds no content hash of 64 digits")
            return nil
        }
        return entry.value
    }
}
