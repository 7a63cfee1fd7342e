// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// Mounting and unmounting by the kernel.
package enum Mounts {
    /// Mounts `source` on the folder `point`.
    ///
    /// - Throws: `FileError` with what the kernel says.
    package static func mount(
        _ source: String, on point: FilePath, type: String, options: String = "", isReadOnly: Bool
    ) throws(FileError) {
        guard tsm_mount(source, point.string, type, isReadOnly, options) == 0 else {
            throw FileError("mounted", FilePath(source), Errno(rawValue: errno))
        }
    }

    /// Unmounts what is mounted on `point`.
    ///
    /// - Throws: `FileError`.
    package static func unmount(_ point: FilePath) throws(FileError) {
        guard tsm_unmount(point.string) == 0 else { throw FileError("unmounted", point, Errno(rawValue: errno)) }
    }
}
