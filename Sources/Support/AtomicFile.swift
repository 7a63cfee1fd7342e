// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import SystemPackage

/// Files that appear whole or not at all: temporary name, fsync, rename, fsync of the folder.
public enum AtomicFile {
    /// Writes `bytes` to `path`, replacing what is there.
    ///
    /// - Parameter isSecret: whether nobody but the owner may read it.
    /// - Throws: ``OutputError``, ``FileError``.
    public static func write(_ bytes: some Sequence<UInt8>, to path: FilePath, isSecret: Bool = false) throws {
        let output = try PendingOutput(path, kind: .file, replacesExisting: true, isSecret: isSecret)
        try FileError.wrap("written", path) { _ = try output.descriptor.writeAll(bytes) }
        try output.publish()
    }

    /// Writes `bytes` to `path`, replacing what is there.
    ///
    /// - Parameter temporary: the name to write under until the bytes are safe, in a folder of ours on the same file
    ///   system that nobody else writes to meanwhile; a leftover of it is overwritten.
    public static func write(
        _ bytes: some Sequence<UInt8>, to path: FilePath, temporary: FilePath
    ) throws(FileError) {
        try create(bytes, at: temporary, durable: true)
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

    /// Gives `source` the name `target`, replacing what is there; a file that replaces another gets its mode.
    public static func rename(_ source: FilePath, to target: FilePath) throws(FileError) {
        ReplacedMode(of: target)?.apply(to: source)
        let result = source.withPlatformString { source in
            target.withPlatformString { tsm_rename(source, $0, true) }
        }
        guard result == 0 else { throw FileError("created", target, Errno(rawValue: errno)) }
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

    /// Starts to write an open file to the disk without waiting for it, so that less is left for
    /// ``syncFileSystem(of:)``.
    public static func beginSync(_ descriptor: FileDescriptor) {
        _ = tsm_start_writeback(descriptor.rawValue, 0, 0)
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
