// SPDX-License-Identifier: GPL-3.0-or-later

import CLinux
import Glibc
import SystemPackage

/// Folders made and removed.
public enum Folder {
    /// Makes the folder `path` and those above it; a folder that exists is left alone.
    public static func create(
        _ path: FilePath, permissions: FilePermissions = FilePermissions(rawValue: 0o755)
    ) throws(FileError) {
        if mkdir(path.string, permissions.rawValue) == 0 { return }
        switch errno {
        case EEXIST:
            guard let status = try? Stat(path), status.type == .directory else {
                throw FileError("created", path, .fileExists)
            }
        case ENOENT where AtomicFile.parent(of: path) != path:
            try create(AtomicFile.parent(of: path), permissions: permissions)
            // Another process may have made it meanwhile.
            guard mkdir(path.string, permissions.rawValue) == 0 || errno == EEXIST else {
                throw FileError("created", path, Errno(rawValue: errno))
            }
        default: throw FileError("created", path, Errno(rawValue: errno))
        }
    }

    /// Removes `path` and everything below it, without following links; nothing there is not an error.
    public static func removeTree(_ path: FilePath) throws(FileError) {
        guard tsm_remove_tree(path.string) == 0 || errno == ENOENT else {
            throw FileError("removed", path, Errno(rawValue: errno))
        }
    }

    /// Removes the file `path`; nothing there is not an error.
    public static func removeFile(_ path: FilePath) throws(FileError) {
        guard unlink(path.string) == 0 || errno == ENOENT else {
            throw FileError("removed", path, Errno(rawValue: errno))
        }
    }
}
