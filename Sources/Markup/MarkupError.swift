// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why markup was not accepted.
public struct MarkupError: DiagnosticError, Equatable {
    /// The kind of defect.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// A stable identifier of the kind.
        public let rawValue: String
        /// Names a kind.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The text is not well-formed XML.
        public static let notWellFormed = Code(rawValue: "notWellFormed")
        /// The bytes are not text in their encoding.
        public static let encoding = Code(rawValue: "encoding")
        /// There is a document type declaration.
        public static let documentType = Code(rawValue: "documentType")
        /// The document exceeds a limit of ``XMLLimits``.
        public static let limit = Code(rawValue: "limit")
        /// The document is well-formed but not what the reader of this format expects.
        public static let unexpected = Code(rawValue: "unexpected")
    }

    /// The kind of defect.
    public let code: Code
    /// The file, or the part of a file, that holds the markup.
    public let source: String
    /// Where the defect is, when a place is known.
    public let location: XMLLocation?
    /// What is wrong.
    public let problem: DiagnosticText

    /// Describes a defect.
    public init(_ code: Code, source: String, location: XMLLocation?, problem: DiagnosticText) {
        self.code = code
        self.source = source
        self.location = location
        self.problem = problem
    }

    /// Malformed input.
    public var failureClass: FailureClass { .malformed }
    /// The file with line and column.
    public var object: DiagnosticText {
        location.map { "\(source):\($0.line):\($0.column):" } ?? DiagnosticText(source)
    }
    /// The source must be mended.
    public var nextStep: DiagnosticText? {
        switch code {
        case .documentType: "remove the declaration; entities and external files are never read"
        case .limit: "check where the file came from"
        default: "check the file, or export it again"
        }
    }
}
