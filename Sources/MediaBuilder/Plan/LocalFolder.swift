// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// The files of a folder on this machine that goes onto media as it is.
enum LocalFolder {
    /// One file of the folder.
    struct File {
        let path: MediaPath
        let location: FilePath
    }

    /// Every file below `folder`, in the order of its names.
    ///
    /// - Throws: ``MediaBuilderError`` for links and special files, which media cannot hold; `MediaPathError` for
    ///   names that Windows cannot hold; `FileError`.
    static func files(in folder: FilePath) throws -> [File] {
        try files(in: folder, path: nil)
    }

    private static func files(in folder: FilePath, path: MediaPath?) throws -> [File] {
        try FolderEntry.entries(of: folder).flatMap { entry -> [File] in
            let location = folder.appending(entry.component)
            guard let name = entry.name else {
                throw MediaBuilderError(
                    .badContent, "\(location)", "has a name that is not UTF-8", nextStep: "rename it")
            }
            let path = try MediaPath(name: name, in: path)
            switch entry.kind {
            case .file: return [File(path: path, location: location)]
            case .folder: return try files(in: location, path: path)
            case .symbolicLink, .special:
                throw MediaBuilderError(
                    .badContent, "\(location)", "is a link or a special file, which media cannot hold",
                    nextStep: "replace it with a copy of what it stands for")
            }
        }
    }
}
