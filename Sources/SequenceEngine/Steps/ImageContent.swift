// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import WindowsImaging

/// The archive with images in the folder of a content.
enum ImageContent {
    /// What archives of images end in; parts of a split one in the last.
    static let endings = ["wim", "esd", "swm"]
    /// Where installation files of Windows have theirs.
    private static let installationFolder: CaseFoldedName = "sources"
    private static let installationNames: Set<CaseFoldedName> = ["install.wim", "install.esd", "install.swm"]
    /// Whether a file is checked by its own hashes while it is applied.
    static func isArchive(_ path: MediaPath) -> Bool {
        endings.contains(path.name.split(separator: ".").last.map { $0.lowercased() } ?? "")
    }

    /// The archive in `folder`: its only one, or that of installation files.
    ///
    /// - Throws: ``EngineError`` `.content` when there is none, or when there are several; `FileError`.
    static func archive(in folder: FilePath, of id: String) throws -> ImageArchive {
        var found = try archives(in: folder)
        if found.isEmpty,
            let sources = try FolderEntry.entries(of: folder).first(where: {
                $0.kind == .folder && $0.name?.caseFolded == installationFolder
            })
        {
            found = try archives(in: folder.appending(sources.component)).filter {
                installationNames.contains($0.path.lastComponent?.string.caseFolded ?? "")
            }
        }
        guard let first = found.first, found.count == 1 else {
            throw EngineError(
                .content, "content \(id.onOneLine)",
                found.isEmpty ? "holds no image (.wim, .esd, .swm)" : "holds \(found.count) archives with images",
                nextStep: "let it hold one")
        }
        return first
    }

    /// The archives in `folder`.
    private static func archives(in folder: FilePath) throws -> [ImageArchive] {
        let files = try FolderEntry.entries(of: folder).filter { entry in
            guard entry.kind == .file, let name = entry.name, let path = try? MediaPath(name) else { return false }
            return isArchive(path)
        }.map { folder.appending($0.component) }.sorted { $0.string < $1.string }
        let parts = try files.filter { $0.extension?.lowercased() == "swm" }
            .map { (path: $0, header: try header(of: $0)) }.sorted { $0.header.part < $1.header.part }
        let whole = files.filter { $0.extension?.lowercased() != "swm" }.map { ImageArchive(path: $0) }
        // Sites and the wizard of Windows number the names of parts differently: what counts is what the parts say.
        let first = parts.filter { $0.header.part <= 1 }
        return whole
            + first.map { first in
                let others = parts.filter { $0.header.part > 1 && $0.header.partCount == first.header.partCount }
                return ImageArchive(path: first.path, parts: others.map(\.path))
            }
    }

    private static func header(of path: FilePath) throws -> WindowsImageHeader {
        let file = try InputFile.open(path)
        defer { try? file.close() }
        guard let header = try WindowsImageHeader.check(FileSource(file, path: path), name: path.string) else {
            throw EngineError(
                .content, "file \(path.lastComponent?.string ?? path.string)", "is no part of an image",
                nextStep: "make the media again")
        }
        return header
    }
}
