// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// Why an output cannot be created.
public struct OutputError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// Something has the name already, and replacing was not asked for.
        public static let exists = Code(name: "exists")
        /// The file system has too little room.
        public static let noSpace = Code(name: "noSpace")
        /// What has the name must not be replaced.
        public static let unsafe = Code(name: "unsafe")
        /// The folder to write to is not there.
        public static let noFolder = Code(name: "noFolder")
        /// The file system holds no name of that length.
        public static let longName = Code(name: "longName")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The output's path.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    /// Describes a failure.
    public init(_ code: Code, _ path: FilePath, _ problem: DiagnosticText, nextStep: DiagnosticText?) {
        self.code = code
        object = "output \(path)"
        self.problem = problem
        self.nextStep = nextStep
    }

    /// An unsafe output is refused; the others cannot be created.
    public var failureClass: FailureClass { code == .unsafe ? .refused : .cannotCreate }
}
