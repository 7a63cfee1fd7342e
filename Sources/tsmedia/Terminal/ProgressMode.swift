// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc

/// How progress is shown on standard error.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// A bar on a terminal, lines elsewhere.
    case auto
    /// A bar that is redrawn.
    case ansi
    /// Lines.
    case plain
    /// One JSON object per line.
    case json
    /// Nothing.
    case none

    /// The mode with `auto` decided by what standard error is.
    var resolved: ProgressMode {
        guard self == .auto else { return self }
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        return isatty(STDERR_FILENO) == 1 && !isDumb ? .ansi : .plain
    }
}
