// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import SystemPackage

/// An exclusive lock between processes: flock(2) on a lock file, which the kernel drops when its holder dies.
public enum FileLock {
    /// Waits for the lock at `path`, runs `body` while holding it, and lets go.
    ///
    /// The lock file is made when absent and stays, unless `body` removes it.
    ///
    /// - Parameter requiresProof: whether to refuse a lock that somebody on another computer may hold without its being
    ///   seen here, as on some network file systems. The file then says who holds it.
    /// - Throws: ``FileError``, ``LockError``, ``InterruptedError`` while waiting, or what `body` throws.
    public static func withLock<Result>(
        at path: FilePath, permissions: FilePermissions = FilePermissions(rawValue: 0o644),
        requiresProof: Bool = false, interruption: Interruption = .ofProcess, _ body: () throws -> Result
    ) throws -> Result {
        let descriptor = try acquire(path, permissions, interruption)
        return try descriptor.closeAfter {
            guard requiresProof else { return try body() }
            let name = path.lastComponent?.string ?? ""
            if let mark = OwnerMark(in: descriptor), mark.name == name, !mark.isProvenGone(byLockOn: descriptor) {
                throw LockError(path: path, owner: mark.owner)
            }
            try FileError.wrap("written", path) {
                try descriptor.resize(to: 0)
                try OwnerMark(name: name).write(to: descriptor)
            }
            // What a killed holder leaves keeps its mark.
            defer { try? descriptor.resize(to: 0) }
            return try body()
        }
    }

    private static func acquire(
        _ path: FilePath, _ permissions: FilePermissions, _ interruption: Interruption
    ) throws -> FileDescriptor {
        try Waiting.until(interruption) {
            let descriptor = try FileError.wrap("locked", path) {
                try FileDescriptor.open(
                    path, .readWrite, options: [.create, .closeOnExec, .noFollow, .nonBlocking],
                    permissions: permissions)
            }
            do {
                // Another holder may have removed the file after it was opened: then it locks nobody out.
                if flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 {
                    let opened = try FileIdentity(of: descriptor, path: path)
                    if let named = try? FileIdentity(of: path), named.inode == opened.inode,
                        named.device == opened.device
                    {
                        return descriptor
                    }
                } else if errno != EWOULDBLOCK, errno != EINTR {
                    throw FileError("locked", path, Errno(rawValue: errno))
                }
                try descriptor.close()
                return nil
            } catch {
                try? descriptor.close()
                throw error
            }
        }
    }
}

/// A lock that somebody on another computer may hold.
public struct LockError: DiagnosticError {
    let path: FilePath
    let owner: String

    /// Going on could destroy what another works on.
    public var failureClass: FailureClass { .refused }
    /// The lock file.
    public var object: DiagnosticText { "lock \(path)" }
    /// Who may hold it.
    public var problem: DiagnosticText {
        "is held by \(owner), or was when that computer stopped, and locks of this file system may not be seen elsewhere"
    }
    /// Only the user can know.
    public var nextStep: DiagnosticText? { "wait until it has ended; remove the lock when nothing runs there" }
}
