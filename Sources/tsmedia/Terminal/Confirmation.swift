// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A question whether something is really meant that cannot be taken back.
struct Confirmation {
    /// What it is about, for messages.
    let names: String
    /// The question, without its answers: "remove ABC00012.1, 78.4 KiB?".
    let question: String

    /// Asks somebody who sits at a terminal; whoever is not there has said by the command line that it is meant.
    ///
    /// - Throws: ``Declined`` when nobody said yes; `InterruptedError`; `FileError`.
    func ask() throws {
        guard Terminal.input.isSeen else { return }
        guard Terminal.error.isSeen else { throw declined("nobody sees the question") }
        let line = try TerminalQuestion.ask("\(question) [y/N] ")
        guard ["y", "yes"].contains(String(decoding: line, as: UTF8.self).lowercased()) else {
            throw declined("the answer was not yes")
        }
    }

    private func declined(_ reason: String) -> Declined { Declined(names: names, reason: reason) }

    /// Nobody said yes.
    struct Declined: DiagnosticError {
        fileprivate let names: String
        fileprivate let reason: String

        var failureClass: FailureClass { .refused }
        var object: DiagnosticText { DiagnosticText(names) }
        var problem: DiagnosticText { "stays as it is: \(reason)" }
        var nextStep: DiagnosticText? { "--force asks nothing" }
    }
}
