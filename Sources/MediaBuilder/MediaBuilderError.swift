// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why media could not be planned or built.
public struct MediaBuilderError: DiagnosticError {
    /// The kinds of failure, each with its class.
    public struct Code: Sendable, Hashable {
        fileprivate let failureClass: FailureClass
        private let name: String

        /// The request contradicts itself.
        public static let badRequest = Code(failureClass: .usage, name: "badRequest")
        /// Content is not what it must be: no boot image in a boot image package, two files of one name.
        public static let badContent = Code(failureClass: .malformed, name: "badContent")
        /// Something that the request names is not there.
        public static let missing = Code(failureClass: .notFound, name: "missing")
        /// The media is larger than it may be.
        public static let tooLarge = Code(failureClass: .cannotCreate, name: "tooLarge")
        /// Replacing the output would destroy something that is not media, or our own source.
        public static let unsafeOutput = Code(failureClass: .refused, name: "unsafeOutput")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What the error is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?
    /// Decided by the code.
    public var failureClass: FailureClass { code.failureClass }

    /// Describes a failure.
    public init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }
}
