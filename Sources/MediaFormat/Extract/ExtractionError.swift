// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why files could not be extracted from media.
public struct ExtractionError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The media does not hold what was named.
        public static let notFound = Code(name: "notFound")
        /// A name that no file here may have.
        public static let unsuitableName = Code(name: "unsuitableName")
        /// A file or folder of the media that is damaged.
        public static let damaged = Code(name: "damaged")
        /// A name that the target cannot hold.
        public static let longName = Code(name: "longName")
        /// What is there holds more than what is extracted.
        public static let unsafeOutput = Code(name: "unsafeOutput")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The path or folder concerned.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// What is not there is "not found", what must not be replaced "refused".
    public var failureClass: FailureClass {
        switch code {
        case .notFound: .notFound
        case .longName: .cannotCreate
        case .unsafeOutput: .refused
        default: .malformed
        }
    }
}
