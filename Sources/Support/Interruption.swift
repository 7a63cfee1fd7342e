// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// The user stopped the program.
public struct InterruptedError: DiagnosticError {
    /// Creates the error.
    public init() {}
    /// Interrupted.
    public var failureClass: FailureClass { .interrupted }
    /// The running operation.
    public var object: String { "the operation" }
    /// It was stopped.
    public var problem: String { "was interrupted" }
    /// Nothing needs cleaning.
    public var nextStep: String? { "no output was left; run it again" }
}

/// A flag that a signal handler sets and that every long loop looks at between two blocks.
public final class Interruption: Sendable {
    private let requested = Atomic<Bool>(false)

    /// Creates a flag that is not set.
    public init() {}

    /// Asks the running operation to stop.
    ///
    /// Safe to call from a signal handler.
    public func request() { requested.store(true, ordering: .relaxed) }

    /// True once ``request()`` was called.
    public var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Throws ``InterruptedError`` once ``request()`` was called.
    public func check() throws(InterruptedError) {
        if isRequested { throw InterruptedError() }
    }
}
