// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Why a content library could not be read or written.
public struct ContentLibraryError: DiagnosticError {
    /// The kind of failure.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// The folder is not a content library.
        public static let notALibrary = Code("notALibrary")
        /// The library does not list the package.
        public static let packageMissing = Code("packageMissing")
        /// DataLib does not hold the content.
        public static let contentMissing = Code("contentMissing")
        /// FileLib does not hold the bytes of a file on any drive.
        public static let fileMissing = Code("fileMissing")
        /// Something in the library contradicts its format.
        public static let malformed = Code("malformed")
        /// The bytes of a file are not those its hash names.
        public static let corrupt = Code("corrupt")
        /// The tree of a content is not the one that was distributed.
        public static let incomplete = Code("incomplete")
        /// The library's access rights keep the content from us.
        public static let accessDenied = Code("accessDenied")
        /// A source holds something that content cannot hold.
        public static let unsuitableSource = Code("unsuitableSource")
        /// The content exists already.
        public static let alreadyExists = Code("alreadyExists")
        /// A system call failed.
        public static let file = Code("file")
        /// The user stopped the operation.
        public static let interrupted = Code("interrupted")
    }

    /// The kind of failure.
    public let code: Code
    /// The class that decides the exit code.
    public let failureClass: FailureClass
    /// The folder, file, package or content it is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?
    /// The error that caused this one.
    public let underlying: (any DiagnosticError)?

    init(
        _ code: Code, _ failureClass: FailureClass, _ object: DiagnosticText, _ problem: DiagnosticText,
        nextStep: DiagnosticText?,
        underlying: (any DiagnosticError)? = nil
    ) {
        self.code = code
        self.failureClass = failureClass
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
        self.underlying = underlying
    }

    /// The error that says what `cause` says.
    init(_ cause: any DiagnosticError) {
        if let known = cause as? ContentLibraryError ?? Self.reparsePoint(cause) {
            self = known
            return
        }
        let code: Code =
            switch cause.failureClass {
            case .refused: .accessDenied
            case .interrupted: .interrupted
            case .malformed: .malformed
            default: .file
            }
        self.init(
            code, cause.failureClass, cause.object, cause.problem, nextStep: cause.nextStep, underlying: cause)
    }

    /// Something in the library that contradicts its format.
    static func malformed(_ path: FilePath, _ problem: DiagnosticText, underlying: (any DiagnosticError)? = nil) -> Self
    {
        Self(
            .malformed, .malformed, "\(path)", problem, nextStep: "distribute the content again or restore the file",
            underlying: underlying)
    }

    /// Runs `body` and turns every error it throws into one of ours.
    static func wrap<Result>(_ body: () throws -> Result) throws(ContentLibraryError) -> Result {
        do {
            return try body()
        } catch let error as any DiagnosticError {
            throw ContentLibraryError(error)
        } catch {
            throw ContentLibraryError(
                .file, .io, "the content library", "could not be used: \(error)", nextStep: "try again")
        }
    }
}
