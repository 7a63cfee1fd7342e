// SPDX-License-Identifier: GPL-3.0-or-later

import CLinux
import Glibc
import SystemPackage

/// A file or folder that is being written under a temporary name and appears under its own name whole, or never.
///
/// The temporary name lies beside the output, is hidden, and is locked (flock(2)) as long as its writer lives. A writer
/// that was killed leaves it unlocked, and the next writer of the same output removes it.
public final class PendingOutput {
    /// What is being written.
    public enum Kind: Sendable {
        /// A single file; ``PendingOutput/descriptor`` writes to it.
        case file
        /// A folder; ``PendingOutput/temporaryPath`` is where its contents go.
        case folder
    }

    private static let suffix = ".tsmedia-partial"

    /// The name the output will have.
    public let path: FilePath
    /// Where it is written until then.
    public let temporaryPath: FilePath
    /// The open file, or the open folder, under the temporary name; it holds the lock.
    public let descriptor: FileDescriptor
    private let kind: Kind
    private let replacesExisting: Bool
    private var state = State.pending

    /// How far the output is.
    private enum State {
        case pending
        /// It has its name, which was free, or which a file had that is gone.
        case renamed
        /// It has its name, and what had it before has the temporary one.
        case exchanged
    }

    /// Removes what killed writers of `path` left, then begins to write it.
    ///
    /// - Throws: ``OutputError`` when the output exists and `replacesExisting` is false, or may not be replaced;
    ///   ``FileError`` when its folder cannot be written.
    public init(_ path: FilePath, kind: Kind, replacesExisting: Bool) throws {
        self.path = try Self.check(path, kind: kind, replacesExisting: replacesExisting)
        self.kind = kind
        self.replacesExisting = replacesExisting
        try Self.removeLeftovers(of: self.path)
        (temporaryPath, descriptor) = try Self.create(beside: self.path, kind: kind)
    }

    deinit {
        if state == .pending { tsm_remove_tree(temporaryPath.string) }
        try? descriptor.close()
    }

    /// Flushes everything to the disk and gives the output its name.
    ///
    /// - Throws: ``OutputError`` `.exists` when the name was taken meanwhile; ``FileError`` when the disk fails.
    public func publish() throws { try Self.publish([self]) }

    /// Flushes several outputs to the disk, then gives all of them their names, or none of them.
    ///
    /// When one cannot have its name, those before it give theirs back, and what they replaced is there again. Only a
    /// program that is killed between two of the renames, which follow one another at once, leaves some without others.
    ///
    /// - Throws: as ``publish()``.
    public static func publish(_ outputs: [PendingOutput]) throws {
        for output in outputs { try output.flush() }
        do {
            for output in outputs { try output.takeName() }
        } catch {
            for output in outputs.reversed() { output.giveNameBack() }
            throw error
        }
        for output in outputs { output.removeReplaced() }
        for folder in Set(outputs.map { AtomicFile.parent(of: $0.path) }) { try AtomicFile.syncFolder(folder) }
    }

    private func flush() throws {
        let flushed = kind == .file ? fsync(descriptor.rawValue) : tsm_syncfs(descriptor.rawValue)
        guard flushed == 0 else { throw FileError("written", temporaryPath, Errno(rawValue: errno)) }
    }

    private func takeName() throws {
        if replacesExisting, access(path.string, F_OK) == 0 {
            if tsm_exchange(temporaryPath.string, path.string) == 0 {
                // The old output now has the temporary name.
                state = .exchanged
                return
            }
            // A folder cannot be replaced in any other way.
            guard kind == .file, errno == EINVAL || errno == ENOSYS else {
                throw FileError("replaced", path, Errno(rawValue: errno))
            }
        }
        guard tsm_rename(temporaryPath.string, path.string, replacesExisting) == 0 else {
            let reason = Errno(rawValue: errno)
            throw reason == .fileExists ? Self.exists(path) : FileError("created", path, reason)
        }
        state = .renamed
    }

    private func giveNameBack() {
        switch state {
        case .pending: return
        case .exchanged: _ = tsm_exchange(temporaryPath.string, path.string)
        case .renamed: _ = tsm_rename(path.string, temporaryPath.string, false)
        }
        state = .pending
    }

    private func removeReplaced() {
        if state == .exchanged { tsm_remove_tree(temporaryPath.string) }
    }

    // MARK: Room

    /// Makes sure that `byteCount` bytes fit on the output's file system.
    ///
    /// - Throws: ``OutputError`` `.noSpace`, ``FileError``.
    public static func requireSpace(_ byteCount: Int64, for path: FilePath) throws {
        let folder = AtomicFile.parent(of: path)
        var status = statvfs()
        guard statvfs(folder.string, &status) == 0 else { throw FileError("read", folder, Errno(rawValue: errno)) }
        let (free, overflow) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize))
        guard overflow || free >= byteCount else {
            throw OutputError(
                .noSpace, path, "needs \(byteCount) bytes, and \(folder) has \(free) free",
                nextStep: "free some space or choose another folder")
        }
    }

    // MARK: Names

    /// Checks that `path` can become an output, and resolves a link to what it points to.
    ///
    /// - Throws: ``OutputError``.
    public static func check(_ path: FilePath, kind: Kind, replacesExisting: Bool) throws -> FilePath {
        guard let name = path.lastComponent, name.kind == .regular else {
            throw OutputError(.unsafe, path, "has no name of its own", nextStep: "name a new file or folder")
        }
        let folder = AtomicFile.parent(of: path)
        guard (try? Stat(folder))?.type == .directory else {
            throw OutputError(.noFolder, path, "lies in \(folder), which is not a folder", nextStep: "create it first")
        }
        guard let status = try? Stat(path, followTargetSymlink: false) else { return path }
        if status.type == .symbolicLink {
            guard let resolved = realpath(path.string, nil) else {
                throw OutputError(.unsafe, path, "is a broken link", nextStep: "remove it or choose another name")
            }
            defer { free(resolved) }
            return try check(FilePath(String(cString: resolved)), kind: kind, replacesExisting: replacesExisting)
        }
        switch (kind, status.type) {
        case (.file, .regular), (.folder, .directory): break
        case (.file, .directory):
            throw OutputError(.exists, path, "is a folder, and an image is a file", nextStep: "name a file")
        case (.folder, .regular):
            throw OutputError(.exists, path, "is a file, and a folder was asked for", nextStep: "name a folder")
        default:
            throw OutputError(
                .unsafe, path, "is neither a file nor a folder", nextStep: "name a file; drives are written with --usb")
        }
        if !replacesExisting { throw exists(path) }
        return path
    }

    private static func exists(_ path: FilePath) -> OutputError {
        OutputError(.exists, path, "exists", nextStep: "choose another name, or replace it with --force")
    }

    /// The start of every temporary name for `path`; long names are cut so that the suffix fits 255 bytes.
    private static func prefix(for path: FilePath) -> String {
        let name = path.lastComponent?.string ?? ""
        return "." + String(decoding: name.utf8.prefix(200), as: UTF8.self) + "."
    }

    private static func create(beside path: FilePath, kind: Kind) throws -> (FilePath, FileDescriptor) {
        let folder = AtomicFile.parent(of: path)
        while true {
            let tag = String(UInt64.random(in: .min ... .max), radix: 36)
            let temporary = folder.appending(prefix(for: path) + tag + suffix)
            let descriptor: FileDescriptor
            switch kind {
            case .file:
                descriptor = try FileError.wrap("created", temporary) {
                    try FileDescriptor.open(
                        temporary, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                        permissions: FilePermissions(rawValue: 0o644))
                }
            case .folder:
                guard mkdir(temporary.string, 0o755) == 0 else {
                    throw FileError("created", temporary, Errno(rawValue: errno))
                }
                do {
                    descriptor = try FileError.wrap("opened", temporary) {
                        try FileDescriptor.open(temporary, .readOnly, options: [.directory, .noFollow, .closeOnExec])
                    }
                } catch {
                    rmdir(temporary.string)
                    throw error
                }
            }
            // A file system without locks is written to as well: nobody there can take ours for a leftover.
            let isOurs = flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            // Another writer may have taken ours for a leftover before the lock was there: then begin again.
            if isOurs, access(temporary.string, F_OK) == 0 { return (temporary, descriptor) }
            try? descriptor.close()
            tsm_remove_tree(temporary.string)
        }
    }

    private static func removeLeftovers(of path: FilePath) throws {
        let folder = AtomicFile.parent(of: path)
        let prefix = prefix(for: path)
        for entry in try FolderEntry.entries(of: folder) {
            guard let name = entry.name, name.hasPrefix(prefix), name.hasSuffix(suffix) else { continue }
            let leftover = folder.appending(entry.component)
            // Whoever may write to the folder can put a pipe or a link under such a name.
            let descriptor = try? FileDescriptor.open(
                leftover, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
            guard let descriptor else { continue }
            if let status = try? Stat(descriptor), status.userID.rawValue == geteuid(),
                flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0
            {
                tsm_remove_tree(leftover.string)
            }
            try? descriptor.close()
        }
    }
}
