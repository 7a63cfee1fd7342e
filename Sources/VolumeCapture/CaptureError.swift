// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a computer, or a volume of it, is not captured.
public struct CaptureError: DiagnosticError, Equatable {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// A volume that must not be captured as it is: hibernated, not finished, encrypted or damaged.
        public static let badVolume = Code("badVolume")
        /// There is nothing to capture.
        public static let nothing = Code("nothing")
        /// The destination has no room for the image, or takes no file as large.
        public static let noRoom = Code("noRoom")
        /// The destination, or the name of the file, cannot be used.
        public static let badDestination = Code("badDestination")
    }

    /// The kind of failure.
    public let code: Code
    /// The volume, the destination or the computer.
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

    /// What is refused, is not there, or does not fit.
    public var failureClass: FailureClass {
        switch code {
        case .noRoom: .cannotCreate
        case .nothing, .badDestination: .notFound
        default: .refused
        }
    }
}
