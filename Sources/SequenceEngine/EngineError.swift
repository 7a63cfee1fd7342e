// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What the engine cannot do, in a form that a person at the computer can act on.
package struct EngineError: DiagnosticError, Equatable {
    /// What kind of error it is.
    package struct Code: Sendable, Hashable {
        private let name: String
        package let failureClass: FailureClass

        init(_ name: String, _ failureClass: FailureClass) {
            self.name = name
            self.failureClass = failureClass
        }

        /// A condition that this engine cannot ask.
        package static let condition = Code("condition", .malformed)
        /// A step that this engine does not run, or whose values make no sense.
        package static let step = Code("step", .malformed)
        /// A variable that may not be set.
        package static let variable = Code("variable", .malformed)
        /// A command that ended with a code that does not mean success.
        package static let command = Code("command", .io)
        /// Media that is not found, not valid, or not for this engine.
        package static let media = Code("media", .notFound)
        /// A password that does not open the media.
        package static let password = Code("password", .refused)
        /// Content that the media does not hold, or holds damaged.
        package static let content = Code("content", .notFound)
        /// What an earlier run has left, or what a later one needs to go on.
        package static let state = Code("state", .refused)
        /// A server that does not answer, or does not let us.
        package static let server = Code("server", .unreachable)
        /// A disk or volume that is not there, too small, or refuses.
        package static let disk = Code("disk", .io)
    }

    /// What kind of error it is.
    package let code: Code
    package let object: DiagnosticText
    package let problem: DiagnosticText
    package let nextStep: DiagnosticText?

    /// An error about `object`.
    package init(
        _ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText
    ) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    package var failureClass: FailureClass { code.failureClass }
}
