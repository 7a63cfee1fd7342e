// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization

/// The pauses after which one server is asked again, and how many there were: whoever waits for another try is counted.
package final class ServerRetries: Sendable {
    /// How often and how soon it is asked again.
    package let policy: RetryPolicy
    private let faults = Atomic<Int>(0)

    /// A server that was not asked yet.
    package init(_ policy: RetryPolicy) { self.policy = policy }

    /// How often something was asked again that did not work.
    package var faultCount: Int { faults.load(ordering: .relaxed) }

    /// Waits before try `number`, which is 2 for the second, of what did not work.
    ///
    /// - Parameters:
    ///   - asked: how long the server wants to be left alone, in seconds.
    ///   - count: how many things did not work that are asked again together.
    /// - Throws: `InterruptedError`.
    package func pause(
        before number: Int, asked: Double? = nil, faults count: Int = 1, _ interruption: Interruption
    ) throws(InterruptedError) {
        faults.add(count, ordering: .relaxed)
        try policy.pause(before: number, asked: asked, interruption)
    }
}
