// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// The user stopped the program.
public struct InterruptedError: DiagnosticError {
    /// What is left, and what to do next; nil for the usual case, in which nothing is left.
    private let consequence: String?

    /// Creates the error; `consequence` says what was left and what to do next, when that is not nothing.
    public init(consequence: String? = nil) { self.consequence = consequence }
    /// Interrupted.
    public var failureClass: FailureClass { .interrupted }
    /// The running operation.
    public var object: DiagnosticText { "the operation" }
    /// It was stopped.
    public var problem: DiagnosticText { "was interrupted" }
    /// What is left, and what to do next.
    public var nextStep: DiagnosticText? {
        consequence.map { DiagnosticText($0) } ?? "no output was left; run it again"
    }
}

/// A flag that a signal handler sets and that every long loop looks at between two blocks.
public final class Interruption: Sendable {
    /// The flag that the program's signal handlers set.
    ///
    /// Whatever waits for something outside (a lock, a pipe, another program) looks at it unless it is given another:
    /// who forgets to say which must not get one that nobody sets.
    public static let ofProcess = Interruption()

    private let requested = Atomic<Bool>(false)

    /// Creates a flag that is not set.
    public init() {}

    /// Asks the running operation to stop.
    ///
    /// Safe to call from a signal handler.
    public func request() { requested.store(true, ordering: .relaxed) }

    /// True once ``request()`` was called.
    public var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Calls `body`, and says `consequence` when it is interrupted.
    public static func explaining<Result>(_ consequence: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch is InterruptedError { throw InterruptedError(consequence: consequence) }
    }

    /// Throws ``InterruptedError`` once ``request()`` was called.
    public func check() throws(InterruptedError) {
        if isRequested { throw InterruptedError() }
    }
}
