// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Why content could not be copied as it was promised.
public struct TransferError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// The bytes do not have the SHA-256 that was promised.
        public static let wrongHash = Code(name: "wrongHash")
        /// The source has fewer or more bytes than was promised.
        public static let wrongSize = Code(name: "wrongSize")
        /// The source changed while it was copied.
        public static let changed = Code(name: "changed")
        /// The source can be read once only, which does not suffice.
        public static let readTwice = Code(name: "readTwice")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The content.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// Content must be distributed again, or built again when it changed meanwhile.
    public var nextStep: DiagnosticText? {
        switch code {
        case .changed: "build again when nothing writes to it"
        case .readTwice: "keep it in the store first"
        default: "distribute the content again, then build again"
        }
    }
    /// Malformed input, whatever the kind.
    public var failureClass: FailureClass { .malformed }

    static func wrongHash(_ content: TransferContent, _ place: String, found: SHA256Digest) -> TransferError {
        TransferError(
            code: .wrongHash, object: DiagnosticText(content.name),
            problem: "is damaged: \(place) has SHA-256 \(found), expected \(content.sha256)")
    }

    static func wrongSize(_ content: TransferContent, _ place: String, found: Int64) -> TransferError {
        TransferError(
            code: .wrongSize, object: DiagnosticText(content.name),
            problem: "is damaged: \(place) has \(found) bytes, expected \(content.byteCount)")
    }

    static func tooLong(_ content: TransferContent, _ place: String) -> TransferError {
        TransferError(
            code: .wrongSize, object: DiagnosticText(content.name),
            problem: "is damaged: \(place) has more than the \(content.byteCount) bytes that are expected")
    }

    static func readTwice(_ content: TransferContent, _ place: String) -> TransferError {
        TransferError(
            code: .readTwice, object: DiagnosticText(content.name),
            problem: "comes as a stream from \(place) and has to be read again")
    }

    static func changed(_ content: TransferContent, _ path: FilePath) -> TransferError {
        TransferError(
            code: .changed, object: DiagnosticText(content.name), problem: "changed while it was read from \(path)")
    }
}
