// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// Why a task sequence could not be read, chosen or resolved.
public struct TaskSequenceError: DiagnosticError {
    /// The kind of failure.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// A stable identifier of the kind.
        public let rawValue: String
        /// Names a kind.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The text is not XML, or not the XML of a task sequence.
        public static let malformed = Code(rawValue: "malformed")
        /// The archive is broken, hostile or too large.
        public static let archive = Code(rawValue: "archive")
        /// There is no task sequence in the file or folder, or not the one asked for.
        public static let noTaskSequence = Code(rawValue: "noTaskSequence")
        /// The file holds several task sequences and none of them is the obvious one.
        public static let ambiguous = Code(rawValue: "ambiguous")
        /// The file system failed.
        public static let file = Code(rawValue: "file")
        /// What a new task sequence is to be contradicts itself, or an input is out of its limits.
        public static let badRequest = Code(rawValue: "badRequest")
    }

    /// The kind of failure.
    public let code: Code
    /// The class that decides the exit code.
    public let failureClass: FailureClass
    /// The file, with line and column where there is one.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do.
    public let nextStep: DiagnosticText?
    /// Where in the file, when a place is known.
    public let location: XMLLocation?
    /// The error below, when there is one.
    public let underlying: (any DiagnosticError)?

    package init(
        _ code: Code, _ failureClass: FailureClass = .malformed, object: DiagnosticText, problem: DiagnosticText,
        nextStep: DiagnosticText?,
        location: XMLLocation? = nil, underlying: (any DiagnosticError)? = nil
    ) {
        self.code = code
        self.failureClass = failureClass
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
        self.location = location
        self.underlying = underlying
    }

    package static func markup(_ error: MarkupError) -> TaskSequenceError {
        TaskSequenceError(
            .malformed, object: error.object, problem: error.problem, nextStep: error.nextStep,
            location: error.location, underlying: error)
    }

    static func file(_ error: FileError) -> TaskSequenceError {
        if error.errno == .fileTooLarge {
            return TaskSequenceError(
                .file, object: error.object, problem: "is too large for a task sequence",
                nextStep: "check where the file came from", underlying: error)
        }
        return TaskSequenceError(
            .file, error.failureClass, object: error.object, problem: error.problem, nextStep: error.nextStep,
            underlying: error)
    }

    package static func malformed(_ source: String, _ location: XMLLocation?, _ problem: DiagnosticText)
        -> TaskSequenceError
    {
        markup(MarkupError(.unexpected, source: source, location: location, problem: problem))
    }

    /// What is wrong with the value of a field.
    package static func badRequest(
        _ field: RequestField, _ problem: DiagnosticText, _ nextStep: DiagnosticText
    ) -> TaskSequenceError {
        badRequest(DiagnosticText(field), problem, nextStep)
    }

    /// What is wrong with `object`, which is a part of what is asked for; without a next step where the problem says it.
    package static func badRequest(
        _ object: DiagnosticText, _ problem: DiagnosticText, _ nextStep: DiagnosticText? = nil
    ) -> TaskSequenceError {
        TaskSequenceError(.badRequest, .usage, object: object, problem: problem, nextStep: nextStep)
    }

    static func archive(_ object: DiagnosticText, _ problem: DiagnosticText) -> TaskSequenceError {
        TaskSequenceError(.archive, object: object, problem: problem, nextStep: "export the task sequence again")
    }
}

/// Reads XML and reports defects as this library's error.
package func readXML(
    _ bytes: [UInt8], source: String, origin: XMLLocation = .start
) throws(TaskSequenceError) -> XMLDocument {
    do throws(MarkupError) {
        return try XMLReader.read(bytes, source: source, origin: origin)
    } catch {
        throw .markup(error)
    }
}
