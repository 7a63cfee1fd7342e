// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import Glibc
import Support
import SystemPackage

/// Ends the computer's run.
package enum TargetPower {
    /// Restarts or powers off; returns only when that is refused.
    ///
    /// - Throws: `FileError`.
    package static func end(_ end: Engine.End) throws(FileError) {
        guard tsm_restart(end == .powerOff) == 0 else { throw FileError("restarted", "/", Errno(rawValue: errno)) }
    }
}
