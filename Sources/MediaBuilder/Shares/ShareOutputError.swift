// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why an output cannot be put on a share.
public struct ShareOutputError: DiagnosticError {
    /// The kinds of failure, each with its class.
    public struct Code: Sendable, Hashable {
        fileprivate let failureClass: FailureClass
        private let name: String

        /// What was named is no file or folder on a share.
        public static let badLocation = Code(failureClass: .usage, name: "badLocation")
        /// The server does not let us.
        public static let refused = Code(failureClass: .refused, name: "refused")
        /// The folder to write to is not there.
        public static let noFolder = Code(failureClass: .cannotCreate, name: "noFolder")
        /// Something has the name already.
        public static let exists = Code(failureClass: .cannotCreate, name: "exists")
        /// The share has too little room.
        public static let noSpace = Code(failureClass: .cannotCreate, name: "noSpace")
        /// What is on the share is not what was sent.
        public static let differs = Code(failureClass: .malformed, name: "differs")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The place on the share.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?
    /// Decided by the code.
    public var failureClass: FailureClass { code.failureClass }

    init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText?) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }
}
