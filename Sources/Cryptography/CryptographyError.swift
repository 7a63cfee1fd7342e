// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a certificate or a private key was not accepted.
///
/// No error ever carries a password or a part of a key.
public struct CryptographyError: DiagnosticError {
    /// The kind of failure.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// A stable identifier of the kind.
        public let rawValue: String
        /// Names a kind.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The file does not hold what it must.
        public static let malformed = Code(rawValue: "malformed")
        /// The password does not open the file.
        public static let wrongPassword = Code(rawValue: "wrongPassword")
        /// There is no private key.
        public static let noPrivateKey = Code(rawValue: "noPrivateKey")
        /// There are several private keys, and nothing tells which is meant.
        public static let severalPrivateKeys = Code(rawValue: "severalPrivateKeys")
        /// There is no certificate for the private key.
        public static let noCertificate = Code(rawValue: "noCertificate")
        /// The file is encrypted in a way that libcrypto does not know.
        public static let unsupported = Code(rawValue: "unsupported")
    }

    /// The kind of failure.
    public let code: Code
    /// What the error is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do.
    public let nextStep: DiagnosticText?
    /// Files are what is wrong, always.
    public var failureClass: FailureClass { .malformed }

    init(_ code: Code, _ file: String, _ problem: DiagnosticText, nextStep: DiagnosticText) {
        self.code = code
        object = "file \(file)"
        self.problem = problem
        self.nextStep = nextStep
    }
}
