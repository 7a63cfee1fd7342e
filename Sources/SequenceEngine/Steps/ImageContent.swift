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
    /// More parts than any archive has.
    private static let partLimit = 1000

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
                installationNames.contains($0.lastComponent?.string.caseFolded ?? "")
            }
        }
        guard let first = found.first, found.count == 1 else {
            throw EngineError(
                .content, "content \(id.onOneLine)",
                found.isEmpty ? "holds no image (.wim, .esd, .swm)" : "holds \(found.count) archives with images",
                nextStep: "let it hold one")
        }
        return ImageArchive(path: first, parts: parts(of: first))
    }

    /// The archives in `folder`, of split ones the first parts.
    private static func archives(in folder: FilePath) throws -> [FilePath] {
        let files = try FolderEntry.entries(of: folder).filter { entry in
            guard entry.kind == .file, let name = entry.name, let path = try? MediaPath(name) else { return false }
            return isArchive(path)
        }.map { folder.appending($0.component) }
        // NAME2.swm is a part of NAME.swm.
        let others = Set(files.flatMap { parts(of: $0) })
        return files.filter { !others.contains($0) }
    }

    private static func parts(of first: FilePath) -> [FilePath] {
        guard first.extension?.lowercased() == "swm" else { return [] }
        var parts: [FilePath] = []
        while parts.count < partLimit {
            let next = first.part(parts.count + 2)
            guard (try? Stat(next)) != nil else { break }
            parts.append(next)
        }
        return parts
    }
}
