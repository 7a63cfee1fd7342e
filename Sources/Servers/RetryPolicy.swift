// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import NetworkTransfer
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

    /// How often it is tried in all.
    ///
    /// - Parameter fault: what is to pass.
    package func tryCount(after fault: PassingFault) -> Int {
        fault == .refusal ? min(tryCount, Self.refusedTryCount) : tryCount
    }

    /// How long to wait before try `number`, which is 2 for the second, in seconds.
    ///
    /// - Parameter asked: how long the server wants to be left alone, in seconds.
    package func pause(before number: Int, asked: Double? = nil) -> Double {
        let doubled = firstPause * Double(1 << min(max(0, number - 2), 10))
        // Many clients that failed together must not come back together.
        return min(max(doubled * Double.random(in: 0.5...1), asked ?? 0), longestPause)
    }

    /// Waits for `pause` seconds.
    ///
    /// - Throws: `InterruptedError`.
    package func wait(_ pause: Double, _ interruption: Interruption) throws(InterruptedError) {
        var left = pause
        while left > 0 {
            try interruption.check()
            usleep(UInt32(min(left, 0.05) * 1e6))
            left -= 0.05
        }
        try interruption.check()
    }
}

/// What may pass when it is tried again, by what it means for whoever waits.
package enum PassingFault: Sendable {
    /// Nobody listens there.
    case refusal
    /// Nothing came for as long as a server may be silent: the wait has been long already.
    case stall
    /// A connection that broke, an answer that asks for patience, or one that is none.
    case other
}

extension NetworkError {
    /// What it is when it may pass.
    package var fault: PassingFault {
        switch code {
        case .connectionRefused: .refusal
        case .stalled: .stall
        default: .other
        }
    }
}

/// How often a transfer was tried since it last went forward.
package struct TransferTries {
    /// So many bytes without a fault, and a connection counts as a good one again.
    private static let progressByteCount: Int64 = 1 << 20

    private var number = 1
    private var lastFault: Int64

    /// A transfer that begins at `offset`.
    package init(at offset: Int64 = 0) { lastFault = offset }

    /// The number of the try after a fault at `offset`; nil when there were enough.
    package mutating func next(after offset: Int64, _ fault: PassingFault, _ policy: RetryPolicy) -> Int? {
        if offset - lastFault >= Self.progressByteCount { number = 1 }
        lastFault = offset
        number += 1
        return number <= policy.tryCount(after: fault) ? number : nil
    }
}
