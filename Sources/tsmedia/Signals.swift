// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support

/// What signals mean to the program.
enum Signals {
    /// Set by the first Ctrl-C, by SIGTERM and by a lost terminal.
    static let interruption = Interruption.ofProcess

    /// Lets the running operation end in order on the first signal; the second one ends the program at once.
    static func install() {
        // Made now: a signal handler may not be the first to touch a lazy global.
        _ = interruption
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in Signals.interruption.request() }
            // SA_RESETHAND: the second signal has its default meaning again.
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
        // A closed pipe and a file that grows too large are errors of the call that meets them.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }
}
