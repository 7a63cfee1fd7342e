// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a boot image cannot be made.
public struct OpenBootImageError: DiagnosticError {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// A package, or what is wanted of one, is not there.
        public static let missingPackage = Code("missingPackage")
        /// A package is not what its name, its list or its structure promises.
        public static let badPackage = Code("badPackage")
        /// Packages could not be fetched.
        public static let fetchFailed = Code("fetchFailed")
        /// A program of others that makes a part of the image failed.
        public static let toolFailed = Code("toolFailed")
        /// A file that was asked for cannot go into the image.
        public static let badFile = Code("badFile")
        /// The program that runs task sequences is not there, or no program for the environment.
        public static let noEngine = Code("noEngine")
        /// The computer that the program runs on cannot make the image.
        public static let unsupportedHost = Code("unsupportedHost")
    }

    /// The kind of failure.
    public let code: Code
    /// What it is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// Things that are missing are not found, a network that fails is one, and the rest is input that is not what it should
    /// be.
    public var failureClass: FailureClass {
        switch code {
        case .missingPackage, .noEngine: .notFound
        case .fetchFailed: .unreachable
        case .unsupportedHost: .refused
        default: .malformed
        }
    }
}
