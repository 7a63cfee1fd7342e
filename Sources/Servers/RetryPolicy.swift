// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support

/// How often and how soon something is tried again that may pass.
public struct RetryPolicy: Sendable {
    /// How often it is tried in all.
    public var tryCount: Int
    /// The pause before the second try, in seconds; each further one is twice as long.
    public var firstPause: Double
    /// No pause is longer, in seconds, whatever a server asks for.
    public var longestPause: Double

    /// Nothing is tried again.
    public static let once = RetryPolicy(tryCount: 1, firstPause: 0, longestPause: 0)
    /// For servers: some 8 seconds in all, and a minute where the server says how long.
    public static let ofServers = RetryPolicy(tryCount: 6, firstPause: 0.25, longestPause: 60)
    /// Where nobody listens: given up within 5 seconds.
    package static let refusedTryCount = 4

    package init(tryCount: Int, firstPause: Double, longestPause: Double) {
        (self.tryCount, self.firstPause, self.longestPause) = (tryCount, firstPause, longestPause)
    }

    /// Waits before try `number`, which is 2 for the second.
    ///
    /// - Parameter asked: how long the server wants to be left alone, in seconds.
    /// - Throws: `InterruptedError`.
    package func pause(before number: Int, asked: Double? = nil, _ interruption: Interruption) throws(InterruptedError)
    {
        let doubled = firstPause * Double(1 << min(max(0, number - 2), 10))
        // Many clients that failed together must not come back together.
        let pause = max(doubled * Double.random(in: 0.5...1), min(asked ?? 0, longestPause))
        var left = min(pause, longestPause)
        while left > 0 {
            try interruption.check()
            usleep(UInt32(min(left, 0.05) * 1e6))
            left -= 0.05
        }
        try interruption.check()
    }
}
