// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization

/// The pauses after which one server is asked again, and how many there were: whoever waits for another try is counted.
package final class ServerRetries: Sendable {
    /// How often and how soon it is asked again.
    package let policy: RetryPolicy
    private let faults = Atomic<Int>(0)
    private let tell: @Sendable (DiagnosticText) -> Void
    private let lastTold = Mutex(ContinuousClock.Instant?.none)

    /// So many seconds at least are between two things that are told of one server.
    private static let silence = Duration.seconds(10)
    /// Pauses from this length on, in seconds, are told of; shorter ones pass before anyone reads of them.
    private static let toldPause = 1.0

    /// A server that is asked as `access` says and was not asked yet.
    package init(_ access: ServerAccess) {
        policy = access.retries
        tell = access.tell
    }

    /// How often something was asked again that did not work.
    package var faultCount: Int { faults.load(ordering: .relaxed) }

    /// Waits before try `number`, which is 2 for the second, of what did not work; what takes long is told.
    ///
    /// - Parameters:
    ///   - error: why it did not work.
    ///   - fault: what that means.
    ///   - asked: how long the server wants to be left alone, in seconds.
    ///   - count: how many things did not work that are asked again together.
    /// - Throws: `InterruptedError`.
    package func pause(
        before number: Int, after error: some DiagnosticError, _ fault: PassingFault, asked: Double? = nil,
        faults count: Int = 1, _ interruption: Interruption
    ) throws(InterruptedError) {
        faults.add(count, ordering: .relaxed)
        let pause = policy.pause(before: number, asked: asked)
        if fault == .stall || pause >= Self.toldPause, isTimeToTell() {
            let wait: DiagnosticText = pause >= Self.toldPause ? " in \(Int(pause.rounded())) s" : ""
            tell(
                "\(error.object) \(error.problem); it is asked again\(wait) (try \(number) of \(policy.tryCount(after: fault)))"
            )
        }
        try policy.wait(pause, interruption)
    }

    private func isTimeToTell() -> Bool {
        lastTold.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.silence { return false }
            last = now
            return true
        }
    }
}
