// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc

/// How progress is shown on standard error.
enum ProgressMode: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// A bar on a terminal; elsewhere lines, or objects where messages are objects too.
    case auto
    /// A bar that is redrawn.
    case ansi
    /// Lines.
    case plain
    /// One JSON object per line.
    case json
    /// Nothing.
    case none

    /// The mode with `auto` decided by what standard error is, and by whether messages are told `inJSON`.
    func resolved(inJSON: Bool) -> ProgressMode {
        guard self == .auto else { return self }
        let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
        return isatty(STDERR_FILENO) == 1 && !isDumb ? .ansi : inJSON ? .json : .plain
    }
}
