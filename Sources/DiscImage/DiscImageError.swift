// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a disc image could not be laid out or read.
public struct DiscImageError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// A name that ISO 9660 with Joliet cannot carry.
        public static let unsuitableName = Code(name: "unsuitableName")
        /// Two files whose names differ in nothing but case.
        public static let duplicateName = Code(name: "duplicateName")
        /// A boot entry whose image is not among the files.
        public static let bootImageMissing = Code(name: "bootImageMissing")
        /// libisofs refused or contradicted the layout.
        public static let layoutFailed = Code(name: "layoutFailed")
        /// The file is no ISO 9660 image.
        public static let notADisc = Code(name: "notADisc")
        /// The disk or the drive failed while the image was read.
        public static let unreadable = Code(name: "unreadable")
        /// A structure of the image is damaged.
        public static let damaged = Code(name: "damaged")
        /// The image is of a kind that is not read.
        public static let unsupported = Code(name: "unsupported")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The file, name or image concerned.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    /// Describes a failure.
    public init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText? = nil) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// A failed layout is our own failure to create the output; all but a failed read is malformed input.
    public var failureClass: FailureClass {
        switch code {
        case .layoutFailed: .cannotCreate
        case .unreadable: .io
        default: .malformed
        }
    }
}
