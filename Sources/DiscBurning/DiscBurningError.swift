// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a disc could not be burnt or read.
public struct DiscBurningError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// libburn does not start.
        public static let noLibrary = Code(name: "noLibrary")
        /// There is no such drive, or it does not open.
        public static let noDrive = Code(name: "noDrive")
        /// The drive holds no disc, or one that it does not write.
        public static let noMedium = Code(name: "noMedium")
        /// There is something on the disc.
        public static let notBlank = Code(name: "notBlank")
        /// The disc has less room than the image.
        public static let tooSmall = Code(name: "tooSmall")
        /// What was asked for is nothing that drive and disc do.
        public static let unsupported = Code(name: "unsupported")
        /// The drive failed while it blanked or burnt.
        public static let notBurnt = Code(name: "notBurnt")
        /// What was burnt cannot be read.
        public static let unreadable = Code(name: "unreadable")
        /// The disc does not hold what was burnt.
        public static let mismatch = Code(name: "mismatch")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The drive, or the disc in it.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    /// Describes a failure.
    public init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// A disc that is kept is refused, one that does not fit is an output that cannot be created, and a drive that fails
    /// fails to read or write.
    public var failureClass: FailureClass {
        switch code {
        case .noDrive: .notFound
        case .notBlank: .refused
        case .noMedium, .tooSmall, .unsupported: .cannotCreate
        case .mismatch: .malformed
        default: .io
        }
    }
}
