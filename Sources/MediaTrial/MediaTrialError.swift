// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why media could not be tried, or what became of it when it was.
public struct MediaTrialError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The emulator, or firmware for it, is not installed.
        public static let notInstalled = Code(name: "notInstalled")
        /// Such media starts no computer as it is.
        public static let unsuitableMedia = Code(name: "unsuitableMedia")
        /// A disk that was asked for cannot be one.
        public static let badDisk = Code(name: "badDisk")
        /// What was asked for contradicts itself.
        public static let badRequest = Code(name: "badRequest")
        /// The emulator failed.
        public static let machineFailed = Code(name: "machineFailed")
        /// A file that was to be copied out could not be had.
        public static let notCopied = Code(name: "notCopied")
        /// The task sequence failed, or did not begin.
        public static let sequenceFailed = Code(name: "sequenceFailed")
        /// The media did not get so far that anything reported.
        public static let noReport = Code(name: "noReport")
        /// The text that was waited for did not come.
        public static let textMissing = Code(name: "textMissing")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What it is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    /// Describes a failure.
    init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// Media that was tried and did not do its work failed a verification; the rest is as elsewhere.
    public var failureClass: FailureClass {
        switch code {
        case .notInstalled: .notFound
        case .badRequest: .usage
        case .machineFailed: .io
        default: .malformed
        }
    }
}
