// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport

extension CommandSession {
    /// Names, inodes, times and bytes of everything in the session's folder: equal when nothing was touched.
    func fingerprint() throws -> String {
        let script = "find . -mindepth 1 -printf '%P %i %T@ %s\\n' | sort; find . -type f -exec sha256sum {} + | sort"
        return try Program.succeed("sh", ["-c", script], in: folder).output
    }
}
