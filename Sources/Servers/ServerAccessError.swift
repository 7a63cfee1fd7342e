// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why servers cannot be asked as was wanted.
public struct ServerAccessError: DiagnosticError {
    /// The kind of failure.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// A field has a value that it cannot have.
        public static let badValue = Code("badValue")
        /// A file of credentials is not one.
        public static let badCredentials = Code("badCredentials")
    }

    /// The kind of failure.
    public let code: Code
    /// The class that decides the exit code.
    public let failureClass: FailureClass
    /// The field or the file it is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    init(
        _ code: Code, _ failureClass: FailureClass, _ object: DiagnosticText, _ problem: DiagnosticText,
        nextStep: DiagnosticText?
    ) {
        self.code = code
        self.failureClass = failureClass
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }
}
