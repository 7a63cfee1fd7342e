// SPDX-License-Identifier: GPL-3.0-or-later

/// The class of a failure; it alone decides the exit code (docs/create.md).
public enum FailureClass: String, Sendable, Hashable, CaseIterable {
    /// The request contradicts itself or an option's value is impossible.
    case usage
    /// Input is malformed, or verification found a difference.
    case malformed
    /// Input that was named does not exist.
    case notFound
    /// No distribution point answered.
    case unreachable
    /// The output does not fit or cannot be created.
    case cannotCreate
    /// Reading or writing failed half-way.
    case io
    /// The operation is unsafe or not permitted.
    case refused
    /// The user interrupted the program.
    case interrupted
}

/// An error that a person can act on: the object, what is wrong with it, and the next step.
///
/// Each library has one error struct that conforms; it renders to one line.
public protocol DiagnosticError: Error, Sendable, CustomStringConvertible {
    /// The class that decides the exit code.
    var failureClass: FailureClass { get }
    /// What the error is about: a file, a package, a field of the request.
    var object: DiagnosticText { get }
    /// What is wrong with it, as the predicate of a sentence: "is not a WIM".
    var problem: DiagnosticText { get }
    /// What to do next, in the imperative; nil only where nothing can be done.
    var nextStep: DiagnosticText? { get }
}

extension DiagnosticError {
    /// Object, problem, next step.
    public var text: DiagnosticText { nextStep.map { "\(object) \(problem); \($0)" } ?? "\(object) \(problem)" }

    /// The field of the request that the error is about; nil when it is about something else.
    public var field: RequestField? { object.firstField }

    /// One line: ``text`` in the words of `naming`.
    public func text(naming: DiagnosticText.Naming) -> String { text.text(naming: naming).onOneLine }

    /// One line: ``text`` with fields in plain words.
    public var description: String { text.description.onOneLine }
}
