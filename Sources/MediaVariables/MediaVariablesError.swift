// SPDX-License-Identifier: GPL-3.0-or-later

import Markup
import Support

/// Why an encrypted container or a list of media variables was not accepted.
///
/// No error ever carries a value or a password, only names.
public struct MediaVariablesError: DiagnosticError {
    /// The kind of failure.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// A stable identifier of the kind.
        public let rawValue: String
        /// Names a kind.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The container's structure is broken.
        public static let damaged = Code(rawValue: "damaged")
        /// The structure is sound but the password does not open it.
        public static let wrongPassword = Code(rawValue: "wrongPassword")
        /// The content is not a list of variables or a policy.
        public static let malformed = Code(rawValue: "malformed")
        /// A variable's name cannot be used.
        public static let name = Code(rawValue: "name")
        /// A variable's value cannot be written.
        public static let value = Code(rawValue: "value")
    }

    /// The kind of failure.
    public let code: Code
    /// What the error is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do.
    public let nextStep: DiagnosticText?
    /// The error below, when there is one.
    public let underlying: MarkupError?

    init(
        _ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?,
        underlying: MarkupError? = nil
    ) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
        self.underlying = underlying
    }

    /// A bad variable comes from the request; that a password does not open a file is a failed check of the file.
    public var failureClass: FailureClass {
        switch code {
        case .name, .value: .usage
        default: .malformed
        }
    }

    static func malformed(_ object: DiagnosticText, _ problem: DiagnosticText) -> MediaVariablesError {
        MediaVariablesError(.malformed, object, problem, nextStep: "make the media again")
    }

    static func malformed(_ error: MarkupError) -> MediaVariablesError {
        MediaVariablesError(
            .malformed, error.object, error.problem, nextStep: "make the media again", underlying: error)
    }
}
