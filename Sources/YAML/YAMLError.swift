// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a YAML document was not accepted.
public struct YAMLError: DiagnosticError, Equatable {
    /// The kind of defect.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// A stable identifier of the kind.
        public let rawValue: String
        /// Names a kind.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The bytes are not text, or the text is not YAML.
        public static let notWellFormed = Code(rawValue: "notWellFormed")
        /// The document exceeds a limit of ``YAMLReader``.
        public static let limit = Code(rawValue: "limit")
        /// The document is YAML but not what the reader of this kind of document expects.
        public static let unexpected = Code(rawValue: "unexpected")
    }

    /// The kind of defect.
    public let code: Code
    /// The file.
    public let source: String
    /// Where the defect is, when a place is known.
    public let location: YAMLLocation?
    /// What is wrong.
    public let problem: DiagnosticText
    /// What to do.
    public let nextStep: DiagnosticText?

    /// Describes a defect.
    public init(
        _ code: Code, source: String, location: YAMLLocation?, problem: DiagnosticText,
        nextStep: DiagnosticText? = "correct the file"
    ) {
        self.code = code
        self.source = source
        self.location = location
        self.problem = problem
        self.nextStep = nextStep
    }

    /// Malformed input.
    public var failureClass: FailureClass { .malformed }
    /// The file with line and column.
    public var object: DiagnosticText {
        location.map { "\(source):\($0.line):\($0.column):" } ?? DiagnosticText(source)
    }
}
