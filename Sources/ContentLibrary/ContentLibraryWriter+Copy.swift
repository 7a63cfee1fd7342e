// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

extension ContentLibraryWriter {
    /// Puts the bytes of files into a folder, each under its SHA-256 in upper-case digits, proved.
    public typealias Stage = (_ files: [ContentFile], _ folder: FilePath) throws -> Void

    /// Adds a content of another library as it is there: with its ID, its content hash, and the attributes and times of its
    /// files.
    ///
    /// - Parameter stage: is called once, with each file whose bytes the library lacks; not at all when it has the content.
    /// - Returns: what was added; nil when the library had all of it.
    /// - Throws: ``ContentLibraryError``; what `stage` throws, as one.
    public func add(
        _ content: Content, of packageID: PackageID, stage: Stage
    ) throws(ContentLibraryError) -> AddedContent? {
        try withLock { library in try bringIn(content, of: packageID, library, stage) }
    }

    private func bringIn(
        _ content: Content, of packageID: PackageID, _ library: ContentLibrary, _ stage: Stage
    ) throws -> AddedContent? {
        let package = try PackageRecord(packageID, in: library)
        if package.contents.contains(content.id), try library.holds(content) { return nil }
        // What is there under this ID and is not whole is replaced.
        try checkIsFree(content.id, package, library, replacing: true)
        let shelves = try FileLibShelves(library)
        let missing = try library.missing(of: content)
        let fresh = try missing.filter { try shelves.holdNothing(of: $0.sha256.upperCase) }
        if !missing.isEmpty { try stage(missing, workFolder("files", of: drives[0])) }
        let staged = StagedContent(
            content, newHashes: Set(missing.map(\.sha256)), freshHashes: Set(fresh.map(\.sha256)),
            newByteCount: ByteTotal.clampedSum(missing.lazy.map(\.byteCount)))
        return try publish(staged, as: content.id, of: package, library, shelves)
    }
}

extension ContentLibrary {
    /// Whether the library has this very content, whole.
    fileprivate func holds(_ content: Content) throws -> Bool {
        guard let here = try readable(content.id), here.files == content.files, here.folders == content.folders else {
            return false
        }
        return try missing(of: content).isEmpty
    }

    /// The content, if it can be used.
    private func readable(_ id: ContentID) throws -> Content? {
        do throws(ContentLibraryError) {
            return try content(id)
        } catch {
            if error.code == .contentMissing || error.code == .malformed || error.code == .incomplete { return nil }
            throw error
        }
    }

    /// The files whose bytes FileLib lacks, of each hash one.
    fileprivate func missing(of content: Content) throws -> [ContentFile] {
        var seen: Set<SHA256Digest> = []
        var missing: [ContentFile] = []
        for file in content.files {
            guard seen.insert(file.sha256).inserted else { continue }
            if try !hasBytes(of: file) { missing.append(file) }
        }
        return missing
    }

    /// Whether FileLib has a file of this hash and size.
    private func hasBytes(of file: ContentFile) throws -> Bool {
        guard let status = try find(file.sha256)?.status else { return false }
        return status.type == .regular && status.size == file.byteCount
    }
}
