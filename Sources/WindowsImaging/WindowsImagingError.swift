// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A WIM archive, or something in one, that could not be used.
public struct WindowsImagingError: DiagnosticError {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// The file is not a WIM.
        public static let notAnImage = Code("notAnImage")
        /// The WIM is truncated, or some of it is not what was written.
        public static let damaged = Code("damaged")
        /// The file is one part of a split WIM, or content lies in another file.
        public static let incomplete = Code("incomplete")
        /// The WIM is encrypted or of a kind that libwim does not read.
        public static let unsupported = Code("unsupported")
        /// The architecture is one that no media is made for.
        public static let unsupportedArchitecture = Code("unsupportedArchitecture")
        /// There is no image of this number.
        public static let imageNotFound = Code("imageNotFound")
        /// There is no such file or folder in the image.
        public static let pathNotFound = Code("pathNotFound")
        /// The path names a folder, a link or an encrypted file where a plain file is needed.
        public static let notAFile = Code("notAFile")
        /// A name in the image is not acceptable as a path.
        public static let hostileName = Code("hostileName")
        /// A file is larger than its limit.
        public static let tooLarge = Code("tooLarge")
        /// Reading or writing failed.
        public static let io = Code("io")
        /// There is no room for what is extracted.
        public static let noSpace = Code("noSpace")
        /// The user stopped the program.
        public static let interrupted = Code("interrupted")
    }

    /// The kind of failure.
    public let code: Code
    /// The WIM, the image in it, or the file in the image.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?
    /// The error below this one.
    public let underlying: (any Error)?

    init(
        _ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
        self.underlying = underlying
    }

    /// Says what `error`, about a file of ours, said.
    init(_ error: FileError) {
        self.init(.io, error.object, error.problem, nextStep: error.nextStep, underlying: error)
    }

    /// The class of the error below, or of the code.
    public var failureClass: FailureClass {
        if let file = underlying as? FileError { return file.failureClass }
        return switch code {
        case .imageNotFound, .pathNotFound: .notFound
        case .io: .io
        case .noSpace: .cannotCreate
        case .interrupted: .interrupted
        default: .malformed
        }
    }
}
