// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why media could not be read, inspected or verified.
public struct MediaFormatError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// What was given is no task sequence media.
        public static let notMedia = Code(name: "notMedia")
        /// A key cannot be used.
        public static let badKey = Code(name: "badKey")
        /// Verification found a difference.
        public static let verificationFailed = Code(name: "verificationFailed")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What the error is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?
    /// Malformed input, whatever the kind.
    public var failureClass: FailureClass { .malformed }

    /// Describes a failure.
    public init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// The error that what is called `name` is not task sequence media.
    static func withoutBootstrap(_ name: String) -> MediaFormatError {
        MediaFormatError(
            .notMedia, "\(name)", "is not task sequence media: it holds no SMS\\data\\TsmBootstrap.ini",
            nextStep: "name an .iso, a .wim, a drive or a folder of task sequence media")
    }
}
