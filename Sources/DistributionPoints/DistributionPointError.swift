// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a distribution point could not be used, or has not what was asked for.
public struct DistributionPointError: DiagnosticError {
    /// The kind of failure.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// None of the distribution points has the package.
        public static let packageMissing = Code("packageMissing")
        /// This version cannot use a distribution point of that kind.
        public static let unsupportedLocation = Code("unsupportedLocation")
        /// No distribution point was named.
        public static let noDistributionPoint = Code("noDistributionPoint")
        /// Nobody answers, or not as a distribution point does.
        public static let unreachable = Code("unreachable")
        /// A server does not let us.
        public static let refused = Code("refused")
        /// A server does not have the content, or not all of it.
        public static let contentMissing = Code("contentMissing")
        /// A server has no such share.
        public static let shareMissing = Code("shareMissing")
        /// What a server sends contradicts the format, or is hostile.
        public static let malformedAnswer = Code("malformedAnswer")
        /// A server does not list its folders.
        public static let listingRefused = Code("listingRefused")
        /// What was named as a store is none.
        public static let noStore = Code("noStore")
        /// A store that anybody may write to.
        public static let openStore = Code("openStore")
        /// A store would lie in a content library.
        public static let storeInLibrary = Code("storeInLibrary")
    }

    /// The kind of failure.
    public let code: Code
    /// The class that decides the exit code.
    public let failureClass: FailureClass
    /// The package, location or file it is about.
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

extension DistributionPointError {
    /// A list at `place` that contradicts the format, or is hostile.
    static func wrongList(_ place: String, _ problem: DiagnosticText) -> any DiagnosticError {
        DistributionPointError(.malformedAnswer, .malformed, place, problem)
    }
}

extension DiagnosticError {
    /// Whether something is not on a distribution point, rather than the distribution point not where it was named.
    public var saysContentIsMissing: Bool {
        failureClass == .notFound && (self as? DistributionPointError)?.code != .shareMissing
    }
}
