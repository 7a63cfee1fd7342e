// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A registry hive that could not be read.
public struct RegistryError: DiagnosticError, Equatable {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// The file is not a hive, or some of it is not what was written.
        public static let damaged = Code("damaged")
        /// The file has more bytes than any hive of Windows PE.
        public static let tooLarge = Code("tooLarge")
        /// Reading failed.
        public static let io = Code("io")
    }

    /// The kind of failure.
    public let code: Code
    /// The hive.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    init(_ code: Code, _ name: String, _ problem: DiagnosticText) {
        self.code = code
        object = "registry hive \(name)"
        self.problem = problem
        nextStep = "get a fresh copy of the image"
    }

    /// Malformed input, or a read error.
    public var failureClass: FailureClass { code == .io ? .io : .malformed }
}
