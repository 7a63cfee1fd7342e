// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization

/// Changes a file when it is shown progress for the first time: in the middle of reading it.
public final class ChangingObserver: ProgressObserver {
    private let change: @Sendable () -> Void
    private let hasChanged = Atomic<Bool>(false)

    /// Calls `change` once.
    public init(_ change: @escaping @Sendable () -> Void) { self.change = change }

    /// Changes what is to be changed, once something was read.
    public func update(_ update: ProgressUpdate) {
        guard update.completedByteCount > 0,
            hasChanged.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
        else { return }
        change()
    }

    /// Does nothing.
    public func finish(phase: String) {}
}
