// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import SystemPackage

/// Folders made and removed.
public enum Folder {
    /// The bytes that are free for anybody on the file system of the folder `path`; the largest number for more.
    public static func freeByteCount(of path: FilePath) throws(FileError) -> Int64 {
        var status = statvfs()
        guard path.withPlatformString({ statvfs($0, &status) }) == 0 else {
            throw FileError("read", path, Errno(rawValue: errno))
        }
        let (free, overflow) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize))
        return overflow ? .max : free
    }

    /// Makes the folder `path` and those above it; a folder that exists is left alone.
    ///
    /// Folders above it that were made for one that cannot be are gone again.
    ///
    /// - Returns: the folders that were made, the outermost first.
    @discardableResult
    public static func create(
        _ path: FilePath, permissions: FilePermissions = FilePermissions(rawValue: 0o755)
    ) throws(FileError) -> [FilePath] {
        if make(path, permissions) == 0 { return [path] }
        switch errno {
        case EEXIST:
            guard let status = try? Stat(path), status.type == .directory else {
                throw FileError("created", path, .fileExists)
            }
            return []
        case ENOENT where AtomicFile.parent(of: path) != path:
            let made = try create(AtomicFile.parent(of: path), permissions: permissions)
            // Another process may have made it meanwhile.
            if make(path, permissions) == 0 { return made + [path] }
            let reason = Errno(rawValue: errno)
            guard reason == .fileExists else {
                for folder in made.reversed() { removeEmpty(folder) }
                throw FileError("created", path, reason)
            }
            return made
        default: throw FileError("created", path, Errno(rawValue: errno))
        }
    }

    /// Whether there is a folder at `path`, or a link to one.
    public static func exists(_ path: FilePath) -> Bool { (try? Stat(path))?.type == .directory }

    /// Removes the folder `path` when nothing is in it.
    public static func removeEmpty(_ path: FilePath) { _ = path.withPlatformString { rmdir($0) } }

    private static func make(_ path: FilePath, _ permissions: FilePermissions) -> Int32 {
        path.withPlatformString { mkdir($0, permissions.rawValue) }
    }

    /// Removes `path` and everything below it, without following links; nothing there is not an error.
    public static func removeTree(_ path: FilePath) throws(FileError) {
        guard path.withPlatformString({ tsm_remove_tree($0) }) == 0 || errno == ENOENT else {
            throw FileError("removed", path, Errno(rawValue: errno))
        }
    }

    /// Removes the file `path`; nothing there is not an error.
    public static func removeFile(_ path: FilePath) throws(FileError) {
        guard path.withPlatformString({ unlink($0) }) == 0 || errno == ENOENT else {
            throw FileError("removed", path, Errno(rawValue: errno))
        }
    }
}
