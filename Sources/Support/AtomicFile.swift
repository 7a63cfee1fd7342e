// SPDX-License-Identifier: GPL-3.0-or-later

import CLinux
import Glibc
import SystemPackage

/// Files that appear whole or not at all: temporary name, fsync, rename, fsync of the folder.
public enum AtomicFile {
    /// Writes `bytes` to `path`, replacing what is there.
    ///
    /// - Parameter temporary: the name to write under until the bytes are safe, on the same file system; a leftover
    ///   of it is overwritten, so only one writer at a time may use it.
    public static func write(
        _ bytes: some Sequence<UInt8>, to path: FilePath, temporary: FilePath,
        permissions: FilePermissions = FilePermissions(rawValue: 0o644)
    ) throws(FileError) {
        try create(bytes, at: temporary, durable: true, permissions: permissions)
        try rename(temporary, to: path)
        try syncFolder(parent(of: path))
    }

    /// Writes `bytes` to a new or emptied file at `path`; with `durable` they are on the disk when it returns.
    public static func create(
        _ bytes: some Sequence<UInt8>, at path: FilePath, durable: Bool = false,
        permissions: FilePermissions = FilePermissions(rawValue: 0o644)
    ) throws(FileError) {
        try FileError.wrap("written", path) {
            let descriptor = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow], permissions: permissions)
            try descriptor.closeAfter {
                try descriptor.writeAll(bytes)
                if durable { try sync(descriptor) }
            }
        }
    }

    /// Gives `source` the name `target`, replacing what is there.
    public static func rename(_ source: FilePath, to target: FilePath) throws(FileError) {
        guard tsm_rename(source.string, target.string, true) == 0 else {
            throw FileError("created", target, Errno(rawValue: errno))
        }
    }

    /// Waits until the names in `folder` are on the disk.
    public static func syncFolder(_ folder: FilePath) throws(FileError) {
        try FileError.wrap("written", folder) {
            let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
            try descriptor.closeAfter {
                // Some network file systems cannot sync a folder; their renames are synchronous.
                do { try sync(descriptor) } catch Errno.invalidArgument {}
            }
        }
    }

    /// Waits until everything written to the file system that holds `folder` is on the disk.
    ///
    /// One call for any number of files, where an fsync each would wait for the journal thousands of times.
    public static func syncFileSystem(of folder: FilePath) throws(FileError) {
        try FileError.wrap("written", folder) {
            let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
            try descriptor.closeAfter {
                guard tsm_syncfs(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        }
    }

    /// The folder that holds `path`; the current one for a single name.
    public static func parent(of path: FilePath) -> FilePath {
        let parent = path.removingLastComponent()
        return parent.isEmpty ? "." : parent
    }

    private static func sync(_ descriptor: FileDescriptor) throws {
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}
