// SPDX-License-Identifier: GPL-3.0-or-later

import Logging
import Support

/// Something that is told on standard error.
struct Message {
    /// How serious it is.
    enum Kind: String {
        case error
        case warning
        case note
        /// A line of the log.
        case detail

        /// The level in the log.
        var level: Logger.Level {
            switch self {
            case .error: .error
            case .warning: .warning
            case .note, .detail: .info
            }
        }

        /// The colour of its word.
        var colour: Colour? {
            switch self {
            case .error: .red
            case .warning: .yellow
            case .note, .detail: nil
            }
        }
    }

    /// What a program wants to know of an error without reading sentences.
    struct Failure {
        let object: String?
        let problem: String?
        let nextStep: String?
        let option: String?
        let exitCode: Int32
    }

    let kind: Kind
    /// The whole, on one line.
    let text: String
    /// Of errors.
    let failure: Failure?

    /// A message without parts; `exitCode` of an error.
    init(_ kind: Kind, _ text: String, exitCode: Int32? = nil) {
        (self.kind, self.text) = (kind, text)
        failure = exitCode.map { Failure(object: nil, problem: nil, nextStep: nil, option: nil, exitCode: $0) }
    }

    /// An error with its parts.
    init(_ error: any Error) {
        (kind, text) = (.error, ExitStatus.message(of: error))
        let diagnostic = error as? any DiagnosticError
        failure = Failure(
            object: diagnostic?.object.withOptions, problem: diagnostic?.problem.withOptions,
            nextStep: diagnostic?.nextStep?.withOptions, option: diagnostic?.field.map { OptionNames.option($0) },
            exitCode: ExitStatus.code(for: diagnostic?.failureClass ?? .io))
    }
}
