// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// The environment that a boot image of ours makes on the target.
package enum TargetEnvironment {
    /// What such an environment was made of: no other system has this file.
    private static let mark = "/etc/tsmedia/boot-image.json"

    /// Whether this program runs in it.
    ///
    /// The root has to be the kernel's own memory: no computer that is in use has that.
    package static var isHere: Bool {
        guard access(mark, F_OK) == 0, let mounts = try? SmallFile.read("/proc/mounts", limit: 1 << 20) else {
            return false
        }
        return String(decoding: mounts, as: UTF8.self).split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 2 && fields[1] == "/"
                && (fields[2] == "rootfs" || fields[2] == "tmpfs" || fields[2] == "ramfs")
        }
    }

    /// Restarts or powers off; returns only when that is refused.
    ///
    /// - Throws: `FileError`.
    package static func end(_ end: Engine.End) throws(FileError) {
        guard tsm_restart(end == .powerOff) == 0 else { throw FileError("restarted", "/", Errno(rawValue: errno)) }
    }
}
