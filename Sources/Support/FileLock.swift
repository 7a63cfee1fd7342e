// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// An exclusive lock between processes: flock(2) on a lock file, which the kernel drops when its holder dies.
public enum FileLock {
    private static let pollMicroseconds: UInt32 = 20_000

    /// Waits for the lock at `path`, runs `body` while holding it, and lets go.
    ///
    /// The lock file is made when absent and stays: removing it would let two processes hold two files of one name.
    ///
    /// - Throws: ``FileError``, ``InterruptedError`` while waiting, or what `body` throws.
    public static func withLock<Result>(
        at path: FilePath, permissions: FilePermissions = FilePermissions(rawValue: 0o644),
        interruption: Interruption = Interruption(), _ body: () throws -> Result
    ) throws -> Result {
        let descriptor = try FileError.wrap("locked", path) {
            try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec, .noFollow], permissions: permissions)
        }
        return try descriptor.closeAfter {
            while flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else {
                    throw FileError("locked", path, Errno(rawValue: errno))
                }
                try interruption.check()
                usleep(pollMicroseconds)
            }
            return try body()
        }
    }
}
