// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Whether this user may write somewhere: asked while planning, so that a dry run ends as the real one would.
enum WriteAccess {
    /// Requires that names can be made in the folder of `output`.
    ///
    /// - Throws: `FileError`, which names the folder.
    static func requireFolder(of output: FilePath) throws(FileError) {
        try require(AtomicFile.parent(of: output), W_OK | X_OK)
    }

    /// Requires that the drive `node` can be read and written.
    ///
    /// - Throws: `FileError`.
    static func requireDrive(_ node: FilePath) throws(FileError) { try require(node, R_OK | W_OK) }

    private static func require(_ path: FilePath, _ modes: Int32) throws(FileError) {
        guard faccessat(AT_FDCWD, path.string, modes, AT_EACCESS) != 0 else { return }
        // What is not there is told by who looks for it.
        if errno != ENOENT { throw FileError("written", path, Errno(rawValue: errno)) }
    }
}
