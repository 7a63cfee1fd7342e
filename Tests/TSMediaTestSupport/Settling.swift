// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support

/// Files that have not changed for so long that the program believes what it read of them.
public enum Settling {
    /// A file must be older than this when it is hashed to be remembered (docs/decisions/verified-content.md).
    private static let seconds: Int64 = 2

    /// Waits until all files that are there now have settled, however fast they were made.
    public static func wait() {
        let now = FileIdentity.Instant.now.seconds
        while FileIdentity.Instant.now.seconds <= now + seconds { usleep(50_000) }
    }
}
