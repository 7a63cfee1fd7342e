// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

/// A boot image, or a loader in one, that media cannot be made from.
public struct BootMediaError: DiagnosticError {
    /// What kind of failure it is.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// The image could not be read; the underlying error says why.
        public static let unreadableImage = Code("unreadableImage")
        /// The WIM is of a format that no boot manager reads.
        public static let unreadableFormat = Code("unreadableFormat")
        /// The WIM has no image, or not the one that was asked for.
        public static let noImage = Code("noImage")
        /// Neither the image nor a loader in it says which architecture it is for.
        public static let unknownArchitecture = Code("unknownArchitecture")
        /// No firmware could start from what the image has.
        public static let noUsableLoader = Code("noUsableLoader")
        /// The image does not have all of the 2023 set of loaders.
        public static let incomplete2023Set = Code("incomplete2023Set")
        /// The image has no El Torito image that starts without a key press.
        public static let noPromptlessImage = Code("noPromptlessImage")
        /// A loader is not a portable executable.
        public static let notAnExecutable = Code("notAnExecutable")
        /// A loader is for another architecture than its boot image.
        public static let architectureMismatch = Code("architectureMismatch")
        /// A program has a certificate table that cannot be read.
        public static let damagedSignature = Code("damagedSignature")
        /// A file is no list of what firmware refuses.
        public static let damagedRevocationList = Code("damagedRevocationList")
        /// The list of an image's boot files is none.
        public static let damagedList = Code("damagedList")
        /// The image has more boot files than any boot image has.
        public static let tooManyFiles = Code("tooManyFiles")
    }

    /// The kind of failure.
    public let code: Code
    /// The boot image, or the file in it.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?
    /// The error below this one.
    public let underlying: WindowsImagingError?

    init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
        underlying = nil
    }

    /// Passes on what reading the image ran into.
    private init(_ error: WindowsImagingError) {
        code = .unreadableImage
        object = error.object
        problem = error.problem
        nextStep = error.nextStep
        underlying = error
    }

    /// Runs `body`, and passes on what reading the image ran into.
    static func reading<Result>(_ body: () throws(WindowsImagingError) -> Result) throws(BootMediaError) -> Result {
        do { return try body() } catch { throw BootMediaError(error) }
    }

    /// The class of the error below; everything else is a boot image that is not what it should be.
    public var failureClass: FailureClass {
        if let underlying { return underlying.failureClass }
        return code == .noImage ? .notFound : .malformed
    }
}
